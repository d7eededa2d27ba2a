"""Sign-ins, sign-outs and failed attempts. The database refuses to change or delete one."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

AGENT_LENGTH = 200
TYPED_LENGTH = 254
Narrowing = Callable[[Any], "Q | None"]
_narrowings: list[Narrowing] = []


def others_read_by(select: Narrowing) -> None:
    """Let the room that knows who belongs to whom say which sign-ins of others a user may read; None for none."""
    _narrowings[:] = [select]


class SignInKind(models.TextChoices):
    """What happened."""

    SIGNED_IN = "signed_in", "signed in"
    FAILED = "failed", "wrong address or password"
    SIGNED_OUT = "signed_out", "signed out"
    PASSWORD_RESET = "password_reset", "set a new password by a link"


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Selects sign-ins."""

    def visible_to(self, user: Any) -> Self:
        """A user's own, and those of others that their room lets them read."""
        if not user.is_authenticated:
            return self.none()
        readable = Q(user=user)
        for select in _narrowings:
            others = select(user)
            if others is not None:
                readable |= others
        return self.filter(readable)


class SignIn(models.Model):
    """One sign-in, sign-out or failed attempt. `user` is empty where no account has the address that was `typed`."""

    what = models.CharField(max_length=20, choices=SignInKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    typed = models.CharField(max_length=TYPED_LENGTH, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=AGENT_LENGTH, blank=True, help_text="The browser's name.")
    at = models.DateTimeField(help_text="When it happened, in domain time.")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="sign_in_by_user"),
            models.Index(
                fields=["user", "address"],
                name="sign_in_familiar",
                condition=Q(what="signed_in"),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.typed or self.user_id} {self.what} at {self.at:%Y-%m-%d %H:%M:%S}"
