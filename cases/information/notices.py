"""Notices of the information that a case waits for, and of its clock (ATSP 5.2.3, 4.9.1, 4.10.8)."""

import datetime as dt
from typing import Any

from cases.case.models import Case
from cases.clocks import setting as clocks
from cases.notices import case_context, tell, the_contact, the_engineers
from portal.deadlines import Due
from portal.models import Deadline
from portal.notices.outbox import NoticeDraft


def wanted(case: Case) -> dict[str, Any]:
    """The information asked for, for a message: what, by whom, by when, and the consequence."""
    clock = Deadline.objects.about(case).unfinished().filter(kind=clocks.INFORMATION).first()
    facts = {
        "due": f"Send {', '.join(case.information_missing)}",
        "by_whom": case.contact.name,
        "action": "Send it on the case",
    }
    if clock is None:
        return facts
    return {**facts, "due_at": clock.due_at, "consequence": clock.data["consequence"]}


def information_warning(
    case: Case, deadline: Due, *, due_at: dt.datetime, at: dt.datetime
) -> NoticeDraft:
    """The notice that information is still missing, by when, and what follows without it (ATSP 4.9.1, 4.10.8)."""
    return NoticeDraft(
        subject=case,
        step=f"information-warning:{deadline.pk}",
        to=the_contact(case, at),
        template="information_warning",
        title=f"Case {case.number}: information still missing",
        context=case_context(
            case,
            missing=case.information_missing,
            due="The information of 5.2.3",
            by_whom=case.contact.name,
            action="Send it on the case",
            due_at=due_at,
            consequence=deadline.data.get("consequence", ""),
        ),
        url=case.get_absolute_url(),
        clause=deadline.clause,
        late=deadline.late,
    )


def clock_taken_back(case: Case, words: str, *, clause: str, at: dt.datetime) -> None:
    """Tell the contact and the engineer that what the information clock did is undone (D-23)."""
    for recipients in (the_contact(case, at), the_engineers(case, at)):
        tell(
            case,
            f"clock-taken-back:{at.isoformat()}",
            recipients,
            "case_severity",
            f"Case {case.number} is severity {case.severity} again",
            at,
            clause=clause,
            words=words,
        )
