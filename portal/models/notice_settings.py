"""What somebody wants to be told by which channel and when. Who never said has no row, and is told all at once."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.rules.delivering import Mail, QuietHours, Wish


class DigestEvery(models.TextChoices):
    """How often a digest goes out."""

    HOUR = "hour", "Every hour"
    DAY = "day", "Once a day"


class NoticeSettingsQuerySet(models.QuerySet["NoticeSettings"]):
    """Selects settings."""

    def visible_to(self, user: Any) -> Self:
        """One's own."""
        return self.filter(user=user if user.is_authenticated else None)


class NoticeSettings(models.Model):
    """One person's settings. Times of day are in their own zone; `kinds` has the wishes that differ from the usual."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="notice_settings",
    )
    kinds = models.JSONField(default=dict, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_every = models.CharField(
        max_length=4, choices=DigestEvery.choices, default=DigestEvery.DAY
    )
    digest_at = models.TimeField(default="08:00")
    summary_at = models.TimeField(null=True, blank=True)
    changed_at = models.DateTimeField(help_text="In domain time.")

    objects = NoticeSettingsQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notice_settings_quiet_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"notice settings of {self.user_id}"

    def wish(self, kind: str, usual: Wish) -> Wish:
        """What they want of a kind of notice."""
        said = self.kinds.get(kind)
        if said is None:
            return usual
        return Wish(Mail(said.get("mail", usual.mail)), bool(said.get("inbox", usual.inbox)))

    def quiet_hours(self, zone: str) -> QuietHours | None:
        """Their quiet hours in their zone, if they have some."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return QuietHours(self.quiet_from, self.quiet_until, zone)

    @property
    def has_digests(self) -> bool:
        """Whether any kind waits for a digest."""
        return any(said.get("mail") == Mail.DIGEST for said in self.kinds.values())
