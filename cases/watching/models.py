"""Who watches a case."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.case.models import Case
from contracts.parties.models.parties import Contact
from contracts.scope import ScopedQuerySet

_SIGNER = signing.Signer(salt="cases.watching")


class WatchQuerySet(ScopedQuerySet):
    """Selects watches."""

    organisation = "case__reseller"

    def of(self, user: Any) -> Self:
        """A person's own, on whichever side they are."""
        return self.filter(Q(user=user) | Q(contact__user=user))


class Watch(models.Model):
    """Somebody watches a case: a person of the provider, or a contact of the case's reseller."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="watches",
        help_text="A person of the provider.",
    )
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="watches",
        help_text="A contact of the reseller, with an account or without.",
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField()

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, contact=None) | Q(user=None, contact__isnull=False),
                name="watch_is_of_one_side",
            ),
            models.UniqueConstraint(fields=["case", "user"], name="watch_once_a_user"),
            models.UniqueConstraint(fields=["case", "contact"], name="watch_once_a_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.name} watches case {self.case_id}"

    @property
    def name(self) -> str:
        """Who watches."""
        found = self.user or self.contact
        return found.name if found is not None else ""

    @property
    def leave_path(self) -> str:
        """The path of the page that ends it without signing in, as the mail links to it."""
        return reverse("leave_watch", args=[_SIGNER.sign(str(self.pk))])

    @classmethod
    def of_token(cls, token: str) -> "Watch | None":
        """The watch that a signed link names; None when it has ended, or the link is none of ours."""
        try:
            key = int(_SIGNER.unsign(token))
        except (signing.BadSignature, ValueError):
            return None
        return cls.objects.select_related("case", "user", "contact__user").filter(pk=key).first()
