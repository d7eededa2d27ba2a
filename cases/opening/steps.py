"""The steps of a report: which questions stand together, in which order, and how a page lays them out (ATSP 5.2.3)."""

from dataclasses import dataclass, field

from django.forms.boundfield import BoundField

from cases.severity.preview import Preview
from contracts.programmes.rules.terms import Severity


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the form: its questions, in rows of one or two.

    The lead leaves places for clauses, `{p.cited[ATSP 4.3]}`, which the paper of the agreement fills.
    """

    code: str
    title: str
    lead: str
    rows: tuple[tuple[str, ...], ...]
    folded: bool = False
    asks_of_product: bool = False  # it asks first what the chosen product asks (ATSP 5.2.3)
    required: bool = False  # its question must be answered, and has no label of its own to say so
    terms: tuple[str, ...] = ()  # of the agreement's glossary that the questions use (ATSP 1)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A step with its fields, as the page lays it out: before its rows what the chosen product asks there."""

    step: Step
    rows: list[list[BoundField]]
    asked: list[BoundField] = field(default_factory=list)

    @property
    def fields(self) -> list[BoundField]:
        """All its fields, in order."""
        return [*self.asked, *(each for row in self.rows for each in row)]

    @property
    def is_open(self) -> bool:
        """Whether a folded step shows its questions: when one of them is answered, or needs another look."""
        return not self.step.folded or any(each.errors or each.value() for each in self.fields)


@dataclass(frozen=True, slots=True)
class SeverityChoice:
    """A severity as the form offers it: the agreement's terms, and whether it is the chosen one."""

    term: Severity
    chosen: bool
    preview: Preview | None = None


BY_CONTACT: tuple[Step, ...] = (
    Step(
        "where",
        "What, where and for whom",
        "The current and the prior unmodified minor Release are supported{p.cited[ATSP 4.3, 4.8]}.",
        (
            ("product", "release"),
            ("end_user", "updates_paid"),
            ("platform", "operating_system"),
            ("hardware", "other_software"),
            ("modified_software",),
        ),
        terms=("Release", "End-User"),
    ),
    Step(
        "problem",
        "What happens",
        "One distinct Problem a case{p.cited[ATSP 1.3]}.",
        (("title",), ("description",), ("business_impact",), ("attached",)),
        terms=("Problem", "Case"),
    ),
    Step(
        "follow",
        "How we can follow it",
        "What you found out, and how to see it{p.cited[ATSP 1.15, 1.19, 5.2.3]}.",
        (
            ("replication_steps",),
            ("replication",),
            ("replication_evidence",),
            ("level_1_work", "level_2_work"),
        ),
        asks_of_product=True,
        terms=("Replication", "Level 1 Support", "Level 2 Support"),
    ),
    Step(
        "severity",
        "How severe it is",
        "You assign it reasonably; we confirm it, or propose another one{p.cited[ATSP 4.3]}.",
        (("severity",), ("answer_in_writing",)),
        required=True,
        terms=("Severity", "Workaround"),
    ),
)
"""What a Technical Contact is asked, in the order in which they know it."""

BY_TELEPHONE: tuple[Step, ...] = (
    Step(
        "problem",
        "What the caller reports",
        "",
        (
            ("title",),
            ("description",),
            ("product", "release"),
            ("end_user", "updates_paid"),
            ("over_quota_reason",),
        ),
    ),
    Step(
        "severity",
        "How severe it is",
        "Severity 1 runs from this call{p.cited[ATSP 4.5]}.",
        (("severity",),),
        required=True,
    ),
    Step(
        "more",
        "As far as the caller knows it",
        "What is left out is asked for on the case; its clock counts from the call{p.cited[ATSP 4.9.1, 5.2.3]}.",
        (
            ("called_at", "answer_in_writing"),
            ("attached",),
            ("business_impact",),
            ("platform", "operating_system"),
            ("hardware", "other_software"),
            ("modified_software",),
            ("replication_steps",),
            ("replication",),
            ("replication_evidence",),
            ("level_1_work",),
            ("level_2_work",),
        ),
        folded=True,
        asks_of_product=True,
    ),
)
"""What dispatch takes down while the caller talks: the Problem first."""
