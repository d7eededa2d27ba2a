"""A message that reports another Problem becomes a case of its own (ATSP 1.3, 2.3, 5.2.3)."""

import datetime as dt
import uuid

from django.db import transaction

from cases.case.actions import doing, require_text
from cases.case.contacts import refusal_of_caller
from cases.case.models import Case
from cases.case.record import record
from cases.case.reported import REPORTED
from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Channel
from cases.conversation.files import files_of
from cases.conversation.models import Message, MessageKind
from cases.events import DraftOpened
from cases.opening import drafts
from cases.opening.actions import open_case
from cases.opening.report import Report
from cases.relations.actions import tie
from cases.relations.models import Kind, Split
from cases.verbs import Verb
from contracts.parties.models.parties import Contact
from portal.models import User
from portal.rules.refusal import Refusal
from portal.subscriptions import subscribe

CLAUSE = "ATSP 1.3, 2.3"
_CARRIED = (
    "release",
    "platform",
    "operating_system",
    "hardware",
    "other_software",
    "modified_software",
    "end_user",
    "updates_paid",
)
"""What a distinct Problem of the same installation has in common with the first (ATSP 5.2.3)."""
_NAMED = 5
_KEYS = uuid.UUID("6b0f8a39-33b5-4b6e-9d5c-0f3b1a7f5d52")
"""Drafts of messages have keys of a version of their own, so that opening any other case looks for none."""


def register_splitting() -> None:
    """Listen for drafts that become cases."""
    subscribe(DraftOpened, draft_opened)


def splittable(case: Case) -> "list[Message]":
    """The messages of a case that may be split out, the newest first: of its contacts, not the report itself."""
    found = Message.objects.filter(case=case, from_provider=False)
    return list(found.exclude(kind=MessageKind.REPORT).order_by("-at", "-pk")[:50])


@transaction.atomic
def split(
    message: Message,
    *,
    by: User,
    at: dt.datetime,
    contact: Contact,
    title: str,
    severity: int,
) -> Case:
    """An engineer opens a case of a message whose contact agreed in a call. Returns the new case.

    A distinct Problem is a new case (ATSP 1.3), and takes a prepaid one (ATSP 2.3): that is the reseller's to spend. So
    it is reported by a Technical Contact past the waiting time, by telephone, and what 5.2.3 asks and the first case
    does not tell is asked for like of any such report (D-20). Raises Refusal as `open_case` does.
    """
    with doing(message.case, Deed.SPLIT, by=by, at=at) as fresh:
        _require_splittable(message, fresh)
        refusal = refusal_of_caller(fresh, contact, at)
        if refusal is not None:
            raise refusal
        report = Report(
            title=require_text(title, field="title", what="title"),
            product=fresh.product,
            description=message.body,
            severity=severity,
            business_impact="",
            level_1_work="",
            level_2_work="",
            replication_steps="",
            replication="",
            **{name: getattr(fresh, name) for name in _CARRIED},
        )
        new = open_case(report, by=by, contact=contact, channel=Channel.TELEPHONE, at=at)
        row = Split.objects.create(message=message, draft=uuid.uuid4(), by=by, at=at, became=new)
        _tie(fresh, new, row, by=by, at=at)
    return new


@transaction.atomic
def begin_split(message: Message, *, by: User, at: dt.datetime) -> str:
    """A Technical Contact begins a report of a message of their company's; returns the key of its draft.

    Nothing is opened yet: they send it as any report, and both cases then name each other.
    """
    with doing(message.case, Deed.SPLIT, by=by, at=at) as fresh:
        _require_splittable(message, fresh)
        key = _key(message, by, at)
        typed = {name: getattr(fresh, name) for name in _CARRIED if name not in REPORTED}
        typed |= {
            "title": message.body.strip().splitlines()[0][:200],
            "product": fresh.product_id,
            "hardware": fresh.hardware,
            "other_software": fresh.other_software,
            "severity": fresh.severity,
            "description": message.body,
        }
        told = {
            name: ("on" if value else "") if isinstance(value, bool) else str(value)
            for name, value in typed.items()
        }
        drafts.keep(by, told, key, at)
        Split.objects.create(message=message, draft=key, by=by, at=at)
        record(
            fresh,
            Verb.CASE_SPLIT,
            by=by,
            at=at,
            public=True,
            clause=CLAUSE,
            text=f"A report of its own is begun from what {message.author} wrote.",
            message=message.pk,
        )
    return key


def draft_opened(event: DraftOpened) -> None:
    """The report of a message was sent: both cases name each other."""
    if uuid.UUID(event.key).version != _NAMED:
        return
    rows = Split.objects.select_related("message__case")
    found = rows.filter(draft=event.key, by=event.by, became=None).first()
    if found is None:
        return
    found.became = event.case
    found.save(update_fields=["became"])
    _tie(found.message.case, event.case, found, by=event.by, at=event.case.reported_at)


def _key(message: Message, by: User, at: dt.datetime) -> str:
    return str(uuid.uuid5(_KEYS, f"{message.pk} {by.pk} {at.isoformat()} {uuid.uuid4()}"))


def _require_splittable(message: Message, fresh: Case) -> None:
    if message.case_id != fresh.pk or message.from_provider or message.kind == MessageKind.REPORT:
        raise Refusal(
            "What is split out is a message of the reseller's people, and not the report.",
            clause=CLAUSE,
            way_out="Choose another message, or open a new case.",
            field="message",
        )


def _tie(old: Case, new: Case, row: Split, *, by: User, at: dt.datetime) -> None:
    said = row.message
    names = ", ".join(file.name for file in files_of([said]).get(said.pk, ()))
    tie(new, old, kind=Kind.SPLIT, reason="", by=by, at=at)
    record(
        old,
        Verb.CASE_SPLIT,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE,
        text=f"What {said.author} wrote is case {new.number} now, “{new.title}”. The message stays here.",
        message=said.pk,
        became=new.pk,
    )
    record(
        new,
        Verb.CASE_SPLIT_OUT,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE,
        text=f"From a message of {said.author} on case {old.number}."
        + (f" Its files stay there: {names}." if names else ""),
        message=said.pk,
        origin=old.pk,
    )
