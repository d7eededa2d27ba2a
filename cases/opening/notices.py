"""Acknowledging a report to its contact (ATSP 4.4, 4.5)."""

import datetime as dt
from typing import Any

from cases.case.models import Case
from cases.clocks import setting as clocks
from cases.handling.notices import assigned
from cases.notices import TO_RESELLER, owed_of, tell, the_contact
from portal.models import Deadline


def opened(case: Case, promise: Deadline, *, at: dt.datetime) -> None:
    """Acknowledge a report to its contact, with the promise that is due first, and the number to call when severity 1
    awaits the call (D-9).
    """
    awaits = case.awaits_call_for
    lacks: dict[str, Any] = {}
    if case.waits_for_information:
        clock = Deadline.objects.about(case).pending().filter(kind=clocks.INFORMATION).first()
        lacks = {"missing": case.information_missing}
        if clock is not None:
            lacks |= {"missing_by": clock.due_at, "consequence": clock.data["consequence"]}
    title = f"Case {case.number} opened: {case.title}"
    if awaits:
        title = f"Case {case.number}: severity {awaits} awaits your call"
    tell(
        case,
        "opened",
        the_contact(case, at),
        "case_opened",
        title,
        at,
        clause="ATSP 4.5" if awaits else "ATSP 4.4",
        awaits_call_for=awaits,
        **lacks,
        **owed_of(case, promise, TO_RESELLER),
    )
    if case.owner is not None:
        assigned(case, to=case.owner, by=None, at=at)
