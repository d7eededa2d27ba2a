"""Acting on many cases at once, each as if alone: by its own action, under its own lock, in its own transaction."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from cases.bulk.models import BulkAct, BulkItem, Kind
from cases.case.actions import changing, require_doer
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import State
from cases.events import CaseAssigned
from cases.handling import notices
from cases.handling.actions import assign, change_state, take
from cases.verbs import Verb
from cases.watching.actions import unwatch, watch
from cases.watching.models import Watch
from portal import subscriptions
from portal.models import JournalEntry, User
from portal.rules.refusal import Refusal

MOST = 200
"""As many cases are acted on at once: each costs what it costs alone."""
UNDONE_WITHIN = dt.timedelta(minutes=10)
CHANGED: dict[str, tuple[str, ...]] = {
    Kind.TAKE: ("owner_id", "state"),
    Kind.ASSIGN: ("owner_id", "state"),
    Kind.MOVE: ("state",),
    Kind.WATCH: (),
}
"""What each act changes of a case, and taking it back puts as it was."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do: `to` is who gets the cases, `move` how they move."""

    kind: Kind
    to: User | None = None
    move: Move | None = None


def do(wanted: Wanted, cases: Sequence[Case], *, key: str, by: User, at: dt.datetime) -> BulkAct:
    """Do it to each of the cases, and keep what came of each. Returns the act; the same form sent again is done once.

    A case is refused for itself and the others are done. Raises Refusal for no case at all, for more than MOST, and for
    an act without what it needs.
    """
    _require(wanted, cases)
    with transaction.atomic():
        act, is_new = BulkAct.objects.get_or_create(
            by=by,
            key=key,
            defaults={
                "at": at,
                "kind": wanted.kind,
                "to": wanted.to,
                "move": wanted.move or "",
                "until": at + UNDONE_WITHIN,
            },
        )
    if is_new:
        for case in cases:
            _do_one(act, wanted, case, by=by, at=at)
    return act


def _require(wanted: Wanted, cases: Sequence[Case]) -> None:
    if not cases:
        raise Refusal("No case is selected.", way_out="Tick the cases first.", field="case")
    if len(cases) > MOST:
        raise Refusal(
            f"{len(cases)} cases are selected; at most {MOST} can be changed at once.",
            way_out="Narrow the list by a filter, then select again.",
            field="case",
        )
    if wanted.kind == Kind.ASSIGN and wanted.to is None:
        raise Refusal("Nobody is chosen.", way_out="Choose an engineer.", field="to")
    if wanted.kind == Kind.MOVE and wanted.move is None:
        raise Refusal("No state is chosen.", way_out="Choose a state.", field="move")


def _do_one(act: BulkAct, wanted: Wanted, case: Case, *, by: User, at: dt.datetime) -> None:
    item = BulkItem(act=act, case=case, done=False)
    try:
        with transaction.atomic():
            before, last = _values(case.pk), _last_entry(case.pk)
            _perform(wanted, case, by=by, at=at)
            item.done, item.entry = True, _last_entry(case.pk)
            item.before = {name: before[name] for name in CHANGED[wanted.kind]}
            item.kept = _besides(wanted.kind, case.pk, last)
            item.save()
    except Refusal as refusal:
        item.done, item.before, item.entry = False, {}, None
        item.refused, item.way_out = refusal.sentence, refusal.way_out
        item.save()


def _perform(wanted: Wanted, case: Case, *, by: User, at: dt.datetime) -> None:
    if wanted.kind == Kind.TAKE:
        if case.owner_id == by.pk:
            raise Refusal("It is yours already.", way_out="Nothing is left to do.")
        if case.owner_id is not None:
            raise Refusal(
                f"{case.owner.name} has the case.",  # type: ignore[union-attr]  # the owner is there
                way_out="Assign it to yourself to take it over.",
            )
        take(case, by=by, at=at)
    elif wanted.kind == Kind.WATCH:
        if Watch.objects.of(by).filter(case=case).exists():
            raise Refusal("You watch it already.", way_out="Nothing is left to do.")
        watch(case, by=by, at=at)
    elif wanted.to is not None:
        if case.owner_id == wanted.to.pk:
            raise Refusal(
                f"{wanted.to.name} has the case already.", way_out="Nothing is left to do."
            )
        assign(case, to=wanted.to, by=by, at=at)
    elif wanted.move is not None:
        change_state(case, wanted.move, by=by, at=at)


def _values(pk: int) -> dict[str, object]:
    return Case.objects.values("owner_id", "state").get(pk=pk)


def _entries(pk: int, after: int) -> "list[JournalEntry]":
    entries = JournalEntry.objects.filter(subject_type=Case._meta.label_lower, subject_id=pk)
    return list(entries.filter(pk__gt=after).order_by("pk"))


def _last_entry(pk: int) -> int:
    entries = JournalEntry.objects.filter(subject_type=Case._meta.label_lower, subject_id=pk)
    return entries.order_by("-pk").values_list("pk", flat=True).first() or 0


def _besides(kind: str, pk: int, after: int) -> str:
    """Why the act cannot be taken back: it changed more than taking it back would put as it was; "" if it can."""
    columns = {name for entry in _entries(pk, after) for name in entry.changed or {}}
    if columns <= set(CHANGED[kind]):
        return ""
    return (
        "It ended what waited for an answer on the case, and that is not proposed again by itself."
    )


def undo(act: BulkAct, *, by: User, at: dt.datetime) -> BulkAct:
    """Take back what was done to each case, as an act of its own that the journal tells. Returns the act.

    A case that changed since stays as it is, and the act says so. Raises Refusal after the time, a second time, and for
    an act of somebody else.
    """
    if act.by_id != by.pk:
        raise Refusal("You may not take back what somebody else did.", way_out="Ask them to.")
    with transaction.atomic():
        held = BulkAct.objects.select_for_update().get(pk=act.pk)
        if held.undone_at is not None:
            raise Refusal("It is taken back already.", way_out="Nothing is left to do.")
        if at > held.until:
            raise Refusal(
                "The time to take it back is over: 10 minutes after it was done.",
                way_out="Change the cases again instead.",
            )
        held.undone_at = at
        held.save(update_fields=["undone_at"])
    for item in held.items.filter(done=True, kept="").select_related("case"):
        _undo_one(item, held, by=by, at=at)
    return held


_DEED = {Kind.TAKE: Deed.ASSIGN, Kind.ASSIGN: Deed.ASSIGN, Kind.MOVE: Deed.MOVE}


def _undo_one(item: BulkItem, act: BulkAct, *, by: User, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            if act.kind == Kind.WATCH:
                unwatch(item.case, by=by, at=at)
            else:
                _undo_change(item, act, by=by, at=at)
            item.undone = True
            item.save(update_fields=["undone"])
    except Refusal as refusal:
        item.kept = refusal.sentence
        item.save(update_fields=["kept"])


def _undo_change(item: BulkItem, act: BulkAct, *, by: User, at: dt.datetime) -> None:
    require_doer(item.case, _DEED[Kind(act.kind)], by=by, at=at)
    with changing(item.case) as fresh:
        if any(entry.changed for entry in _entries(fresh.pk, item.entry or 0)):
            raise Refusal("The case was changed since.", way_out="Look at it and change it there.")
        _put_back(fresh, item.before, act, by=by, at=at)


def _put_back(
    case: Case, before: dict[str, object], act: BulkAct, *, by: User, at: dt.datetime
) -> None:
    """Make the case as it was, journal it, and tell whoever loses or gets it."""
    was = {name: getattr(case, name) for name in before}
    lost = case.owner
    for name, value in before.items():
        setattr(case, name, value)
    owner = User.objects.filter(pk=case.owner_id).first() if case.owner_id else None
    record(
        case,
        Verb.CASE_ACT_UNDONE,
        by=by,
        at=at,
        public=True,
        text=_undone(case, act, owner),
        before=was,
        after=before,
    )
    if "owner_id" not in before or lost == owner:
        return
    if lost is not None and lost != by:
        notices.taken_off(case, lost, by=by, at=at)
    if owner is not None:
        case.owner = owner
        if owner != by:
            notices.assigned(case, to=owner, by=by, at=at)
        subscriptions.publish(CaseAssigned(case, owner, by, at))


def _undone(case: Case, act: BulkAct, owner: User | None) -> str:
    if act.kind == Kind.MOVE:
        return f"The change of its state is taken back: it is {State(case.state).label}."
    if owner is None:
        return "The assignment is taken back: nobody has the case."
    return f"The assignment is taken back: {owner.name} has the case."


def result(items: Iterable[BulkItem], act: BulkAct) -> str:
    """What came of it, in a sentence or two: "7 cases are assigned to Bo Lee. 2 are not." """
    rows = list(items)
    done = sum(row.done for row in rows)
    left = len(rows) - done
    if act.undone_at is not None:
        back = sum(row.undone for row in rows)
        stay = done - back
        said = f"Taken back on {_cases(back)}."
        return f"{said} {_cases(stay)} stay{'s' if stay == 1 else ''} as changed." if stay else said
    what = {
        Kind.TAKE: "yours now",
        Kind.ASSIGN: f"assigned to {act.to.name}" if act.to else "assigned",
        Kind.MOVE: "moved",
        Kind.WATCH: "watched by you now",
    }[Kind(act.kind)]
    said = f"{_cases(done)} {'is' if done == 1 else 'are'} {what}." if done else ""
    refused = f"{_cases(left)} {'was' if left == 1 else 'were'} not changed." if left else ""
    return f"{said} {refused}".strip()


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"
