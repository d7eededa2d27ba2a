"""Who reads a page."""

from django.http import HttpRequest

from portal.models import User


def reader(request: HttpRequest) -> User:
    """The signed-in user of a view that only signed-in users see."""
    if not isinstance(request.user, User):
        raise TypeError("the view lets nobody in who has not signed in")
    return request.user
