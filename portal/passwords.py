"""A check of new passwords beside Django's own."""

import re

from django.core.exceptions import ValidationError

from portal.models import User

ELSE_LEAST = 5
"""So many letters of a password must be neither of the person's name nor of their address."""


class OwnNameValidator:
    """Refuses a password that is made of the person's own name or address, with a few letters or digits around it."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password in which little is left without the words of name and address."""
        if user is None:
            return
        said = password.lower()
        words = {word for word in _words(f"{user.name} {user.email}") if len(word) > 2}
        left = said
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, "")
        if left != said and len(re.sub(r"[\W\d_]", "", left)) < ELSE_LEAST:
            raise ValidationError(
                "The password is made of your own name or address.", code="password_own_name"
            )

    def get_help_text(self) -> str:
        """What a page says beforehand."""
        return "Your password can’t be made of your own name or e-mail address."


def _words(text: str) -> list[str]:
    return re.split(r"[\W_]+", text.lower())
