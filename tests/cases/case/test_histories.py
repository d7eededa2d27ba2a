"""Random acts by random people on three cases at once never break what always holds.

A few histories run with the tests. With HISTORIES=1000 and another SEED in its environment and `--log-cli-level=INFO`
it runs as many, and says how often each act was done.
"""

import datetime as dt
import logging
import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import transaction

from cases.case.models import Case
from cases.case.rebuilding import differences_of
from cases.conversation.actions import add_information
from cases.handling.actions import close_sub_case, hand_over, open_sub_case
from cases.handling.passing_on import Way, open_cases_of, pass_on, plan
from cases.relations.actions import relate, unrelate
from cases.relations.merging import merge, undo_merge
from cases.relations.models import Kind, Relation
from cases.relations.splitting import split, splittable
from cases.severity.actions import confirm_call
from cases.sub_cases import actions as sub
from cases.sub_cases.models import SubCase, SubState, Team
from cases.time_spent.actions import note_time, take_back_time
from cases.time_spent.models import TimeSpent
from cases.watching.actions import let_follow, unwatch, watch
from cases.watching.models import Watch
from contracts.prepaid.audit import audit
from contracts.prepaid.models.ledger import CaseEntry, EntryKind
from portal.models import Deadline, Notice, User
from portal.rules.refusal import Refusal
from tests.cases.case.test_rebuilding import ACTS as ON_ONE_CASE
from tests.cases.case.test_rebuilding import GAPS
from tests.cases.world import NOW, World, again

pytestmark = pytest.mark.django_db
log = logging.getLogger(__name__)
COUNT = int(os.environ.get("HISTORIES", "15"))
SEED = os.environ.get("SEED", "1")
WHO = (
    *("engineer", "technical") * 4,
    *("pse", "dispatch", "alternate") * 2,
    *("manager", "psam", "waiting", "administrative", "foreign"),
)
Act = Callable[[World, Case, Case, User, dt.datetime], object]


def _of(rows: object) -> object:
    """The first of some rows; without one the act is none."""
    found = rows.first()  # type: ignore[attr-defined]
    if found is None:
        raise Refusal("There is none.")
    return found


def _merge(w: World, case: Case, other: Case, by: User, at: dt.datetime) -> object:
    agreed = "Tess Ward" if by.is_provider else ""
    return merge(case, other, by=by, at=at, agreed_by=agreed)


def _split(w: World, case: Case, other: Case, by: User, at: dt.datetime) -> object:
    said = splittable(case)
    if not said:
        raise Refusal("There is none.")
    return split(said[0], by=by, at=at, contact=w.technical, title="Another one", severity=3)


def _pass_on(w: World, case: Case, other: Case, by: User, at: dt.datetime) -> object:
    cases = open_cases_of(w.engineer, by)
    return pass_on(w.engineer, plan(cases, [w.colleague, w.pse], Way.SKILL), by=by, at=at)


def _open(of: Case) -> object:
    return _of(SubCase.objects.select_related("case").filter(case=of))


TOGETHER: dict[str, Act] = {
    "watch": lambda w, c, o, by, at: watch(c, by=by, at=at),
    "unwatch": lambda w, c, o, by, at: unwatch(c, by=by, at=at),
    "follow": lambda w, c, o, by, at: let_follow(c, w.london, by=by, at=at),
    "relate": lambda w, c, o, by, at: relate(c, o, kind=Kind.SAME_SITE, reason="", by=by, at=at),
    "unrelate": lambda w, c, o, by, at: unrelate(
        c,
        _of(Relation.objects.on(c.pk)),  # type: ignore[arg-type]
        by=by,
        at=at,
    ),
    "merge": _merge,
    "undo": lambda w, c, o, by, at: undo_merge(c, by=by, at=at),
    "write": lambda w, c, o, by, at: add_information(c, by=by, at=at, body="The door jams."),
    "split": _split,
    "call": lambda w, c, o, by, at: confirm_call(c, by=by, at=at, logged_at=at),
    "engage": lambda w, c, o, by, at: open_sub_case(
        c, by=by, at=at, team=Team.PSE, request="Look.", due_at=at + dt.timedelta(hours=6)
    ),
    "take on": lambda w, c, o, by, at: sub.take_on(_open(c), by=by, at=at),  # type: ignore[arg-type]
    "answer": lambda w, c, o, by, at: sub.answer(_open(c), by=by, at=at, body="So."),  # type: ignore[arg-type]
    "again": lambda w, c, o, by, at: sub.ask_again(_open(c), by=by, at=at, words="Why?"),  # type: ignore[arg-type]
    "done": lambda w, c, o, by, at: close_sub_case(
        c,
        _open(c),  # type: ignore[arg-type]
        by=by,
        at=at,
        outcome="So.",
    ),
    "time": lambda w, c, o, by, at: note_time(c, by=by, at=at, minutes=5, what="Reading"),
    "no time": lambda w, c, o, by, at: take_back_time(
        _of(TimeSpent.objects.filter(case=c)),  # type: ignore[arg-type]
        by=by,
        at=at,
    ),
    "hand over": lambda w, c, o, by, at: hand_over(c, to=w.alternate, by=by, at=at),
    "pass on": _pass_on,
}
LEADS_ON = {
    "merge": ["undo"],
    "undo": ["merge"],
    "engage": ["take on", "answer"],
    "take on": ["answer", "done"],
    "answer": ["again", "done"],
    "again": ["answer"],
    "write": ["split"],
    "watch": ["unwatch"],
    "relate": ["unrelate"],
    "time": ["no time"],
}
"""What is tried after an act on the same case, half of the time: by chance alone it would hardly ever fit."""
ALL = [
    *((name, act) for name, act in TOGETHER.items() for _ in range(2)),
    *(
        (f"alone {number}", lambda w, c, o, by, at, act=act: act(w, c, at))
        for number, act in enumerate(ON_ONE_CASE)
    ),
]
CHARGED_AS = {
    EntryKind.RESERVE: "provisional",
    EntryKind.ADMIT_OVER: "provisional",
    EntryKind.RETAKE: "provisional",
    EntryKind.CHARGE: "charged",
    EntryKind.GIVE_BACK: "given_back",
}


def broken(cases: list[Case]) -> list[str]:
    """What does not hold of the cases as they are now, each as a sentence."""
    found = [str(each) for each in differences_of(cases)]
    found += [str(each) for each in audit().findings]
    for case in cases:
        rows = Deadline.objects.about(case)
        if not case.is_open and (rows.to_come().exists() or rows.unfinished().exists()):
            found.append(f"{case.pk} is closed, and something is to come")
        awaited = rows.filter(kind="cases.status_update").to_come().count()
        if case.is_open and awaited != 1:
            found.append(f"{case.pk} awaits {awaited} updates")
        answers = rows.filter(kind="cases.first_response").unfinished().count()
        if answers != (1 if case.is_open and case.responded_at is None else 0):
            found.append(f"{case.pk} awaits {answers} first responses")
        entry = CaseEntry.objects.filter(reference=case.number).order_by("pk").last()
        if entry is not None and CHARGED_AS[EntryKind(entry.kind)] != case.charge:
            found.append(f"{case.pk} is {case.charge}, and its ledger says {entry.kind}")
        if case.watchers != Watch.objects.filter(case=case).count():
            found.append(f"{case.pk} counts {case.watchers} watchers")
        others = SubCase.objects.filter(case=case).exclude(state=SubState.CLOSED).count()
        if case.open_sub_cases != others:
            found.append(f"{case.pk} counts {case.open_sub_cases} open sub-cases of {others}")
    return found


def tried(world: World, draw: random.Random, done: Counter[str]) -> tuple[list[str], list[str]]:
    """One history: what was done, and what was broken by the last of it."""
    cases = [world.open(severity=draw.choice([2, 3])) for _ in range(2)]
    cases.append(world.open(contact=world.foreign))
    at = NOW
    acts: list[str] = []
    next_up: list[tuple[str, Case]] = []
    for _ in range(draw.randint(8, 22)):
        at += draw.choice(GAPS if draw.random() < 0.2 else GAPS[:4])
        ours = cases[:2] if draw.random() < 0.9 else cases
        (name, act), this, that = draw.choice(ALL), draw.choice(ours), draw.choice(cases)
        if next_up and draw.random() < 0.5:
            name, this = next_up.pop()
            act = TOGETHER[name]
        this, that, who = again(this), again(that), draw.choice(WHO)
        try:
            act(world, this, that, world.user(who), at)
        except Refusal:
            continue
        done[name] += 1
        next_up += [(then, this) for then in LEADS_ON.get(name, ())]
        acts.append(f"{at:%d %H:%M} {name} by {who} on {this.pk}, {that.pk}")
        found = broken([again(one) for one in Case.objects.all()])
        if found:
            return acts, found
    ours_told = Notice.objects.about_any("cases.case", [one.pk for one in cases[:2]])
    if ours_told.filter(address=world.foreign.email).exists():
        return acts, ["the other reseller was told"]
    return acts, []


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3", "ATSP 4.10", "D-27")
def test_no_history_breaks_what_always_holds(world: World) -> None:
    done: Counter[str] = Counter()
    for number in range(COUNT):
        with transaction.atomic():
            acts, found = tried(world, random.Random(f"{SEED}:{number}"), done)
            assert not found, "\n".join([*found, *acts, f"SEED={SEED}, history {number}"])
            transaction.set_rollback(True)
    told = ", ".join(f"{name} {count}" for name, count in sorted(done.items()))
    log.info("%s histories, %s acts done: %s", COUNT, done.total(), told)
    assert done.total() > 2 * COUNT
