"""The conversation on a case: messages, calls and notes; and the sub-cases that engage other teams."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from contracts.parties.models.parties import Contact
from contracts.scope import ScopedQuerySet


class MessageKind(models.TextChoices):
    """What a message is."""

    REPORT = "report", "report"
    REPLY = "reply", "reply"
    CALL = "call", "telephone call"
    REQUEST = "request", "request for information"
    RELIEF = "relief", "relief"
    NOTE = "note", "internal note"


TYPED_HERE = (Channel.WEB, Channel.TELEPHONE)
"""What comes by these was typed on a page, where the text is Markdown; by mail and API it is plain text."""


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
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose words they are, where they have an account.",
    )
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The contact whose words they are, with an account or without.",
    )
    author = models.CharField(
        max_length=200,
        default="",
        help_text="The author's name as it was then: a caller's, a sender's.",
    )
    address = models.EmailField(blank=True, help_text="The address from which it came by mail.")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Who wrote it down, where that is not the author: dispatch for a caller.",
    )
    message_id = models.CharField(
        max_length=998, blank=True, help_text="Of a mail: its Message-ID (RFC 5322), once only."
    )
    in_reply_to = models.CharField(
        max_length=998, blank=True, help_text="Of a mail: the Message-ID that it answers."
    )
    from_provider = models.BooleanField()
    at = models.DateTimeField(help_text="When it was said: for a call, when it took place.")
    body = models.TextField(blank=True)
    file_count = models.PositiveSmallIntegerField(
        default=0, help_text="How many files came with it (portal.Attachment), removed ones too."
    )
    formatted = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether its text is Markdown; else it reads as it was typed.",
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["case", "at", "id"], name="message_by_case"),
            models.Index(
                fields=["case"], name="message_with_files", condition=models.Q(file_count__gt=0)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(body="") | models.Q(file_count__gt=0),
                name="message_says_something",
            ),
            models.CheckConstraint(condition=~models.Q(author=""), name="message_has_its_author"),
            models.UniqueConstraint(
                fields=["message_id"],
                condition=~models.Q(message_id=""),
                name="message_of_a_mail_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on case {self.case_id} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def by_name(self) -> str:
        """The author's name, as it was then."""
        return self.author

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


class Look(models.Model):
    """When a person looked at a case last, and the time before that: what came since is new to them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(help_text="When they looked last.")
    before = models.DateTimeField(
        null=True, help_text="When they had looked before that; what came since is new."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "case"], name="look_once_a_case")
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} at case {self.case_id}"
