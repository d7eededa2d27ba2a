"""What the escalation of Exhibit C would bring, before a severity is saved (`cases.severity.preview`)."""

import datetime as dt

from cases.case.models import Case
from cases.severity.preview import Foretold, register_source
from escalation import clocks
from escalation.actions.timelines import plan_of
from escalation.rules.exhibit_c import StepKind


def register_marks() -> None:
    """Let a severity's preview tell the marks of Exhibit C."""
    register_source(foretold, clocks.KINDS)


def foretold(case: Case, at: dt.datetime) -> list[Foretold]:
    """The marks of a case, were it as it is given from `at`; its timeline takes them from the same plan."""
    return [
        Foretold(
            kind=clocks.DUTY if step.kind is StepKind.DUTY else clocks.NOTICE,
            title="The engineer updates you" if step.commitment else step.title,
            due_at=step.due_at,
            clause=step.clause,
            words=step.words,
            promised=step.commitment,
        )
        for step in plan_of(case, at)
    ]
