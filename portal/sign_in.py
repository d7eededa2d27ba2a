"""The forms of signing in, in the portal's words."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms

ADDRESS = "E-mail address"


def _ask_for_address(field: forms.Field) -> None:
    field.label = field.widget.attrs["placeholder"] = ADDRESS


class SignInForm(LoginForm):
    """Asks for address and password, and whether the browser stays signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_address(self.fields["login"])
        self.fields["remember"].label = "Keep me signed in"


class ResetForm(ResetPasswordForm):
    """Asks for the address to which the link for a new password goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_address(self.fields["email"])
