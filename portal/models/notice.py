"""Notices: the outbox of what the portal tells people, and their inbox in the portal."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now

from portal.instants import InstantDecoder, InstantEncoder
from portal.models.subject import About, AboutQuerySet


class Channel(models.TextChoices):
    """How a notice reaches its recipient."""

    EMAIL = "email", "e-mail"
    INBOX = "inbox", "in the portal"


class NoticeState(models.TextChoices):
    """The state of a notice. One for the inbox counts as sent when it is written."""

    WAITING = "waiting", "waiting"
    SENT = "sent", "sent"
    PARKED = "parked", "could not be sent"
    GIVEN_UP = "given_up", "given up"  # parked, and somebody decided that it is not sent any more
    HELD = "held", "held back"  # for the next digest, or until quiet hours end
    DIGESTED = "digested", "in a digest"
    DROPPED = "dropped", "not sent"  # when its turn came, nothing was left to say to its recipient


class Held(models.TextChoices):
    """What a notice by e-mail is held back for."""

    DIGEST = "digest", "the next digest"
    QUIET = "quiet", "the end of quiet hours"


SETTLED = [state for state in NoticeState if state != NoticeState.WAITING]


_UNREAD = """
    SELECT count(*)
      FROM (SELECT FROM portal_notice
             WHERE recipient_id = %s AND channel = 'inbox' AND read_at IS NULL
             LIMIT %s) AS unread
"""
"""Every page asks it: made by the ORM it would take three times as long as in the database."""


def count_unread(user: Any, most: int) -> int:
    """How many unread notices a signed-in user's inbox has; none counts beyond `most`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [user.pk, most])
        return int(cursor.fetchone()[0])


class NoticeQuerySet(AboutQuerySet):
    """Selects notices."""

    def visible_to(self, user: Any) -> Self:
        """The inbox of one user."""
        return self.filter(recipient=user if user.is_authenticated else None, channel=Channel.INBOX)

    def newest_first(self) -> Self:
        """By the time at which each was told: what is written down later of an earlier hour stands at its hour."""
        return self.order_by("-created_at", "-id")

    def still_waiting(self, ids: Iterable[int]) -> Self:
        """Those of a few notices that still wait.

        Said by what they are not: asked for "waiting", PostgreSQL takes the index of all that wait, which its
        statistics nearly always call empty, and reads a long queue through for each few.
        """
        return self.filter(pk__in=list(ids)).exclude(state__in=SETTLED)

    def held_for(self, what: Held, user_ids: Iterable[int]) -> Self:
        """E-mail to people that is held back for their digests, or until their quiet hours end."""
        return self.filter(state=NoticeState.HELD, held=what, recipient__in=list(user_ids))

    def refused_for_good(self) -> Self:
        """E-mail to people who sign in that the mail server refused as undeliverable (550, 551, 553), until retried."""
        return self.filter(
            state=NoticeState.PARKED, recipient__isnull=False, last_error__regex="^55[013]"
        )

    def ready(self) -> Self:
        """Waiting notices that are due for a try now and that nobody has leased, the oldest first."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=Now()),
            state=NoticeState.WAITING,
            next_try_at__lte=Now(),
        ).order_by("next_try_at", "id")


class Notice(About):
    """One thing told to one recipient by one channel: once in the record, whatever crashes or runs twice.

    `created_at`, `sent_at` and `read_at` are domain times; the rest (`written_at`, tries, leases) are real times by the
    database's clock.
    """

    step = models.CharField(max_length=120, help_text="What it tells, once per subject.")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
        db_index=False,  # read by the inbox's own indexes; each index is a good part of what a notice costs
    )
    address = models.EmailField(blank=True)
    recipient_key = models.CharField(max_length=270, editable=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    template = models.CharField(max_length=80)
    context = models.JSONField(
        default=dict, blank=True, encoder=InstantEncoder, decoder=InstantDecoder
    )
    title = models.CharField(max_length=250)
    url = models.CharField(max_length=250, blank=True)
    clause = models.CharField(max_length=60, blank=True)
    late = models.BooleanField(default=False)
    state = models.CharField(
        max_length=10, choices=NoticeState.choices, default=NoticeState.WAITING
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(
        null=True, blank=True, help_text="When its reader put it away; it is read then, too."
    )
    held = models.CharField(max_length=10, blank=True, db_default="", choices=Held.choices)
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at", "id"], name="notice_waiting", condition=Q(state="waiting")
            ),
            # Only e-mail waits. Said here, it keeps this index from the lease, which would sort all that waits.
            models.Index(
                fields=["written_at"],
                name="notice_oldest_waiting",
                condition=Q(channel="email", state="waiting"),
            ),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                name="notice_inbox",
                condition=Q(channel="inbox", done_at=None),
            ),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                name="notice_done",
                condition=Q(channel="inbox", done_at__isnull=False),
            ),
            models.Index(fields=["recipient", "id"], name="notice_held", condition=Q(state="held")),
            models.Index(
                fields=["recipient", "-id"],
                name="notice_unread",
                condition=Q(channel="inbox", read_at=None),
            ),
            models.Index(fields=["id"], name="notice_parked", condition=Q(state="parked")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "step", "recipient_key", "channel"],
                name="notice_once",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at=None),
                name="notice_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(channel="email") | ~Q(address=""), name="notice_email_has_address"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(read_at__isnull=False), name="notice_done_is_read"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | ~Q(held=""), name="notice_held_for_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} to {self.recipient_key} by {self.channel}"

    @property
    def message_id(self) -> str:
        """The Message-ID of its e-mail: the same at every try, so a receiver can drop a repeated one."""
        return f"<{self.token}@{settings.MESSAGE_ID_DOMAIN}>"
