"""Sign-in by django-allauth: there is no open sign-up, people are added by those who may."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from portal.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: the roster and the people directory make accounts."""
        return False


def display_name(user: User) -> Any:
    """The name by which pages and mails call the person."""
    return user.name
