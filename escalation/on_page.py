"""The escalation that runs on a case, as the case's page needs it: one statement, once for each case object."""

from typing import Any

from django.db.models import OuterRef, Subquery

from cases.case.models import Case
from contracts.programmes.rules.terms import Act
from escalation.clocks import DUTY
from escalation.models import Step, Timeline
from portal.models import Deadline, SubjectKey
from portal.nested import nested, rows_in
from portal.prepared import Rows, given

READ = 60
_NAME = "_escalation"


def _running() -> Any:
    case: Any = OuterRef("case")
    duties = Deadline.objects.about(SubjectKey(Case._meta.label_lower, case))
    reading = Step.objects.open_duties().filter(timeline=OuterRef("pk"), act=Act.READ_NOTES)
    return (
        Timeline.objects.running()
        .filter(case=given("case"))
        .annotate(
            owed=nested(duties.unfinished().filter(kind=DUTY).soonest_first()[:READ]),
            notes_open_at=Subquery(reading.order_by("opens_at").values("opens_at")[:1]),
        )
    )


_RUNNING = Rows(_running)


def escalation_on(case: Case) -> Any:
    """The timeline that runs on a case; None, and no statement, where none can.

    With `duties`, the open ones, the soonest first, `READ` at the most, and `notes_open_at`: since when the reading of
    the notes is open to be done, None where it is not awaited.
    """
    if case.severity != 1 or not case.is_open:
        return None
    if _NAME not in case.__dict__:
        found: list[Any] = _RUNNING.read(case=case.pk)
        for timeline in found:
            timeline.duties = rows_in(Deadline, timeline.owed)
        case.__dict__[_NAME] = found[0] if found else None
    return case.__dict__[_NAME]


def forget(case: Case) -> None:
    """Read the escalation anew when it is asked for next: an act has changed it."""
    case.__dict__.pop(_NAME, None)
