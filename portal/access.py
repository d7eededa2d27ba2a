"""Access: objects are reached through ``visible_to(user)``, so that a foreign object is a 404; acts check roles."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect

from portal.models.user import User
from portal.roles import Role
from portal.rules.refusal import Refusal

AnyUser = User | AnonymousUser
View = Callable[..., HttpResponseBase]


def get_visible_or_404(queryset: Any, user: AnyUser, **lookup: Any) -> Any:
    """The one object of the queryset's ``visible_to(user)`` that matches. Raises Http404 for none, foreign or not."""
    visible = queryset.visible_to(user)
    try:
        return visible.get(**lookup)
    except visible.model.DoesNotExist as error:
        raise Http404 from error


def reader(request: HttpRequest) -> User:
    """The signed-in user of a view that only signed-in users see."""
    if not isinstance(request.user, User):
        raise TypeError("the view lets nobody in who has not signed in")
    return request.user


def require_role(user: AnyUser, *roles: Role, act: str, clause: str = "") -> User:
    """The user, if they hold one of the roles. Raises Refusal naming the act and who may do it."""
    if isinstance(user, User) and user.has_role(*roles):
        return user
    if set(roles) == set(Role):
        way_out = "It is for the provider's people: ask your contact there."
    else:
        allowed = " or ".join(role.label for role in roles)
        way_out = f"Ask a person in this role: {allowed}."
    raise Refusal(f"You may not {act}.", clause=clause, way_out=way_out)


def signed_in_as(*roles: Role) -> Callable[[View], View]:
    """Let only signed-in users with one of the roles (any provider role when none is named) see the view: others 403.

    For pages that are a provider's own by nature (queue, board, scorecards). Objects inside still go by ``visible_to``.
    """

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            wanted = roles or tuple(Role)
            require_role(user, *wanted, act="open this page")
            return view(request, *args, **kwargs)

        guarded.roles = roles or tuple(Role)  # type: ignore[attr-defined]  # read by the access matrix
        return guarded

    return decorate


def sent_from(page: Callable[..., str]) -> Callable[[View], View]:
    """Let a view do what is posted; whoever asks for its address is led to the page with the form.

    So does a person who was signed out when they sent it, and has signed in. `page` takes what the view takes, and
    returns that page's address.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            return redirect(page(request, *args, **kwargs))

        return posted

    return decorate
