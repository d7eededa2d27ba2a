"""The timeline of an agreement's life, from its signature to its renewal: what was, and what is to come.

The journal entries and the deadlines of all its sides stand in it by themselves.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Q

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules.life import begins_at
from contracts.billing.models.invoices import administered_by
from contracts.billing.permissions import may_read_money
from contracts.verbs import Verb
from portal.deadlines.kinds import kind_of
from portal.models import Deadline, DeadlineState, JournalEntry
from portal.ui import verbs

MOST_PAST = 40
MONEY = (Verb.AGREEMENT_CHARGED, Verb.AGREEMENT_CREDITED)
"""Verbs whose entries show amounts, which not every contact may read (ADR 23)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the timeline: an aware instant, words, the clause it comes from; `by` is who did it.

    `tone` is a tone of the components; `note` says more, such as how the time was computed.
    """

    at: dt.datetime
    title: str
    clause: str = ""
    note: str = ""
    icon: str = "point"
    tone: str = ""
    by: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The life of an agreement at an instant: the past from its beginning, and what is to come, in order."""

    past: tuple[Moment, ...]
    to_come: tuple[Moment, ...]
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.past or self.to_come)


def timeline_of(agreement: Agreement, user: Any, at: dt.datetime) -> Timeline:
    """The timeline as a user may read it, in three queries."""
    moments = [
        *_written(agreement, user),
        *_due(agreement),
        *_landmarks(agreement),
    ]
    moments.sort(key=lambda moment: moment.at)
    past = [moment for moment in moments if moment.at <= at]
    return Timeline(
        past=tuple(past[-MOST_PAST:]),
        to_come=tuple(moment for moment in moments if moment.at > at),
        hidden=max(len(past) - MOST_PAST, 0),
    )


def _written(agreement: Agreement, user: Any) -> Iterable[Moment]:
    """The agreement's journal; the reseller's people see their part, and money only those who may read it."""
    entries = JournalEntry.objects.about(agreement).order_by("at", "pk")
    if not user.is_provider:
        reads_money = Exists(
            administered_by(user).filter(agreement__reseller=agreement.reseller_id)
        )
        entries = entries.filter(~Q(verb__in=MONEY) | Q(reads_money), public=True)
    elif not may_read_money(user, agreement):
        entries = entries.exclude(verb__in=MONEY)
    for entry in entries:
        verb = verbs.look(entry.verb)
        yield Moment(
            entry.at,
            verb.words,
            clause=entry.clause,
            note=entry.text,
            icon=verb.icon,
            tone=verb.tone,
            by=entry.by_name,
        )


def _due(agreement: Agreement) -> Iterable[Moment]:
    """The agreement's deadlines that are due, or missed and still open."""
    rows = Deadline.objects.about(agreement).filter(
        state__in=[DeadlineState.PENDING, DeadlineState.MISSED]
    )
    for row in rows.soonest_first():
        missed = row.state == DeadlineState.MISSED
        yield Moment(
            row.due_at,
            f"{kind_of(row.kind).title}{': missed' if missed else ''}",
            clause=row.clause,
            note=row.words,
            icon="clock-x" if missed else "clock",
            tone="danger" if missed else "",
        )


def _landmarks(agreement: Agreement) -> Iterable[Moment]:
    """The days on the paper: each signature, the Effective Date, and the year planned by a draft."""
    clause = agreement.programme.term_clause
    draft = agreement.state == AgreementState.DRAFT
    note = "Once it is signed." if draft else ""
    if draft or agreement.state == AgreementState.IN_FORCE:
        yield Moment(agreement.starts_at, "The Effective Date", clause, note, "calendar-event")
    if draft:
        yield Moment(
            agreement.expires_at,
            agreement.programme.over.capitalize(),
            clause,
            note,
            "calendar-event",
        )
    tier = agreement.tier_terms
    for one in agreement.signatures.all():
        if one.signed_on is not None:
            yield Moment(
                begins_at(one.signed_on, agreement.zone),
                f"signed for the {one.side}, {one.place}",
                tier.clause if tier else clause,
                icon="signature",
                by=one.name,
            )
