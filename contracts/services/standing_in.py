"""Whoever takes over is told at once what they now owe: when somebody is away, left, is back, or serves anew (D-29).

Each room that knows of duties registers a `Source`. From what the sources find, `tell` writes one message to each
person who takes over, and an alarm where nobody holds the post and dispatch stands in.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import models

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import Directory
from contracts.services.models.assignments import Assignment, Duty
from portal import alarms, journal
from portal.models import User, key_of
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft
from portal.verbs import Verb

LISTED = 20
"""So many things owed are named in a message; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody acts in their posts no longer (`gone`), or does so from now on.

    `key` names it among the person's notices, `why` says it in a sentence without a full stop. With an `assignment`
    only that one begins or has ended.
    """

    person: User
    gone: bool
    key: str
    why: str
    assignment: Assignment | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that `to` owes from now on; `vacant` when they stand in because nobody holds the post."""

    to: User
    what: str
    url: str
    due: str = ""
    due_at: dt.datetime | None = None
    vacant: bool = False


Source = Callable[[Sequence[Change], dt.datetime], Iterable[tuple[Change, Owed]]]
"""Finds what passes to whom by the changes; its number of statements does not grow with them."""

_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Let a room say what passes from one person to another."""
    if source not in _sources:
        _sources.append(source)


def tell(changes: Sequence[Change], *, at: dt.datetime) -> None:
    """Tell everybody who takes over by the changes what they now owe.

    For acts and sweeps that hold the lock of the person, or of the agreement. The number of statements does not grow
    with the changes.
    """
    found: dict[tuple[str, int], list[Owed]] = defaultdict(list)
    by_key = {change.key: change for change in changes}
    for source in _sources:
        for change, owed in source(changes, at):
            found[change.key, owed.to.pk].append(owed)
    drafts, entries, alarmed = [], [], set()
    for (key, _), passed in found.items():
        drafts.append(_taken_over(by_key[key], passed, at))
        if any(one.vacant for one in passed) and key not in alarmed:
            alarmed.add(key)
            text = _alarm_text(by_key[key], passed)
            drafts.append(_alarm(by_key[key], text, at))
            entries.append(
                journal.entry(
                    by_key[key].person, Verb.ALARM_RAISED, by=None, at=at, text=text, key=key
                )
            )
    outbox.post_many(drafts, at=at)
    journal.record_many(entries)


def account_takers(
    change: Change, agreement: Agreement, directory: Directory
) -> tuple[list[User], bool]:
    """Who serves an agreement as PSAM by a change and did not before (ATSP 14.2), and whether nobody does.

    `directory` tells who is there after the change.
    """
    psams, alternates = (
        directory.presence.those_of(directory.assigned(agreement, duty))
        for duty in (Duty.PSAM, Duty.ALTERNATE_PSAM)
    )
    after = psams or alternates
    if not change.gone:
        return [user for user in after if user == change.person], False
    before: dict[Duty, list[User]] = {Duty.PSAM: psams, Duty.ALTERNATE_PSAM: alternates}
    for duty, there in before.items():
        held = change.person in directory.assigned(agreement, duty)
        ended = change.assignment is not None and change.assignment.duty == duty
        if held or ended:
            before[duty] = [*there, change.person]
    served = before[Duty.PSAM] or before[Duty.ALTERNATE_PSAM]
    return [user for user in after if user not in served], not after and change.person in served


def _taken_over(change: Change, owed: Sequence[Owed], at: dt.datetime) -> NoticeDraft:
    stands_in = owed[0].to != change.person
    return message(change.person, change.key, change.why, owed, stands_in=stands_in, at=at)


def message(
    subject: models.Model,
    key: str,
    why: str,
    owed: Sequence[Owed],
    *,
    stands_in: bool,
    at: dt.datetime,
) -> NoticeDraft:
    """What somebody owes from now on, to them (all of `owed` is of one person), and why."""
    taker = owed[0].to
    posts = [one for one in owed if one.due_at is None]
    dated = sorted((one for one in owed if one.due_at), key=lambda one: one.due_at or at)
    first, listed = next(iter(dated), None), [*posts, *dated][:LISTED]
    facts = {}
    if first is not None:
        facts = {"due": f"{first.due}: {first.what}", "by_whom": taker.name, "due_at": first.due_at}
    return NoticeDraft(
        subject=subject,
        step=f"takes-over:{key}",
        to=[taker],
        template="takes_over",
        title=f"{why}: you take over" if stands_in else f"{why}: what you now owe",
        context={
            "why": why,
            "stands_in": stands_in,
            "owed": [{"what": one.what, "due": one.due, "due_at": one.due_at} for one in listed],
            "more": len(owed) - len(listed),
            **facts,
        },
        url=(first or listed[0]).url,
        clause="D-29",
    )


def _alarm_text(change: Change, owed: Sequence[Owed]) -> str:
    vacant = [one for one in owed if one.vacant]
    names = ", ".join(dict.fromkeys(one.to.name for one in vacant))
    more = f" and {len(vacant) - 1} more" if len(vacant) > 1 else ""
    return f"{change.why}, and nobody holds the post: {names} stands in. {vacant[0].what}{more}."


def _alarm(change: Change, text: str, at: dt.datetime) -> NoticeDraft:
    return NoticeDraft(
        subject=change.person,
        step=f"alarm:{change.key}",
        to=alarms.audience(key_of(change.person), at),
        template="alarm",
        title=text[:250],
        context={"text": text},
        clause="D-29",
    )
