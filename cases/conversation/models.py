"""The conversation on a case: messages, calls and notes; and the sub-cases that engage other teams."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from contracts.scope import ScopedQuerySet


class MessageKind(models.TextChoices):
    """What a message is."""

    REPORT = "report", "report"
    REPLY = "reply", "reply"
    CALL = "call", "telephone call"
    REQUEST = "request", "request for information"
    RELIEF = "relief", "relief"
    NOTE = "note", "internal note"


class MessageQuerySet(ScopedQuerySet):
    """Selects messages."""

    organisation = "case__reseller"

    def visible_to(self, user: Any) -> Self:
        """Messages on visible cases; internal notes for the provider only."""
        visible = super().visible_to(user)
        provider = user.is_authenticated and user.is_provider
        return visible if provider else visible.shown_to_reseller()

    def shown_to_reseller(self) -> Self:
        """Those that are no internal notes of the provider."""
        return self.exclude(kind=MessageKind.NOTE)


class Message(models.Model):
    """A message, call or note on a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    channel = models.CharField(
        max_length=10, choices=[(each.value, each.label) for each in Channel]
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_provider = models.BooleanField()
    at = models.DateTimeField(help_text="When it was said: for a call, when it took place.")
    body = models.TextField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [models.Index(fields=["case", "at", "id"], name="message_by_case")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(body=""), name="message_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.kind} on case {self.case_id} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def said_as(self) -> str:
        """The channel in words, for the head of the message: "by telephone"."""
        words = {
            MessageKind.REPORT: "reported the Problem",
            MessageKind.CALL: "called",
            MessageKind.REQUEST: "asked for information",
            MessageKind.RELIEF: "gave relief",
        }.get(MessageKind(self.kind), "")
        if self.kind == MessageKind.REPLY and self.channel != Channel.WEB:
            words = f"by {Channel(self.channel).label}"
        return words


class Team(models.TextChoices):
    """A team that a sub-case engages (ATSP Ex.C)."""

    PSE = "pse", "PSE team"
    ENGINEERING = "engineering", "Engineering"


class SubCase(models.Model):
    """Another team's part in a case. It belongs to the same Problem, so it is not charged (ATSP 1.3, Ex.C)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sub_cases")
    team = models.CharField(max_length=20, choices=Team.choices)
    request = models.TextField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["opened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_team_display()} for case {self.case_id}"
