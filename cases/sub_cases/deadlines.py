"""When another team's answer is wanted: a timer on the case, and one before it. Nothing is owed by them (ATSP Ex.C)."""

import datetime as dt
from collections.abc import Sequence

from cases.case.models import Case
from cases.sub_cases import notices
from cases.sub_cases.models import SubCase, SubState
from contracts.parties.people import Responsible
from portal import deadlines
from portal.deadlines import DeadlineKind, Due, Setting, register
from portal.notices import outbox

WANTED = "cases.sub_case_wanted"
_AWAITED = (SubState.OPEN, SubState.IN_WORK)


def register_wanted() -> None:
    """Make the kind known to the engine."""
    register(DeadlineKind(WANTED, "Answer of another team wanted", False, wanted))


def set_wanted(case: Case, sub_case: SubCase, *, at: dt.datetime) -> None:
    """Set the timers of a sub-case with a time: when it is wanted, and at three quarters of the way."""
    stop_wanted(case, sub_case, at=at, cause="another time is wanted")
    if sub_case.due_at is None or sub_case.due_at <= at:
        return
    near = at + (sub_case.due_at - at) * 3 / 4
    data = {"sub_case": sub_case.pk}
    deadlines.set_deadlines(
        [
            Setting(case, WANTED, when, "ATSP Ex.C", step=f"{sub_case.pk}:{step}", data=data)
            for step, when in (("near", near), ("due", sub_case.due_at))
        ],
        at=at,
    )


def stop_wanted(case: Case, sub_case: SubCase, *, at: dt.datetime, cause: str) -> None:
    """Put the timers of a sub-case away."""
    steps = [f"{sub_case.pk}:near", f"{sub_case.pk}:due"]
    deadlines.cancel(case, at=at, cause=cause, kinds=[WANTED], steps=steps)


def wanted(rows: Sequence[Due], now: dt.datetime) -> None:
    """Remind whose the sub-case is, and the case's engineer once its time has come."""
    found = SubCase.objects.select_related("case__owner", "owner").in_bulk(
        [row.data["sub_case"] for row in rows]
    )
    cases = Case.objects.with_parties({one.case_id for one in found.values()})
    responsible = Responsible(now)
    drafts = []
    for row in rows:
        sub_case = found.get(row.data["sub_case"])
        if sub_case is not None and sub_case.state in _AWAITED:
            case = cases[sub_case.case_id]
            drafts.append(notices.wanted(case, sub_case, row, responsible, at=now))
    outbox.post_many(drafts, at=now)
