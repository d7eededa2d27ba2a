"""The terms of a support programme as frozen, typed values: the agreement as data.

A programme file (TOML) is read by ``contracts.programmes.rules.programme_file`` into a `Programme`; rules take it,
or a part of it, as an argument. Nothing here knows Django, a database or the present moment. Every part
carries the id of the clause it comes from ("ATSP 4.6", "D-10").
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from contracts.programmes.rules.case_terms import (
    Closing,
    ClosureReason,
    Determination,
    InformationClock,
    Limitation,
    Severity,
)
from contracts.programmes.rules.choices import Act, InformationOutcome, Measured, OptionKind, Role
from contracts.programmes.rules.escalation_terms import (
    Commitment,
    Escalation,
    EscalationDuty,
    EscalationNotice,
)
from contracts.programmes.rules.paper import Paper, paper_of
from contracts.programmes.rules.paper_terms import (
    Counterpart,
    Coverage,
    CoverageLevel,
    Names,
    Releases,
    Reporting,
    SupportedSoftware,
    WithoutCost,
)
from contracts.programmes.rules.renewal_terms import (
    Delivery,
    Ending,
    Renewal,
    RenewalPercentage,
    Transfer,
)
from contracts.programmes.rules.scorecard_terms import Band, Measure, Scorecard, StatusRule
from contracts.programmes.rules.values import (
    ClauseId,
    Code,
    Prose,
    Span,
    TimeOfDay,
    Unit,
    Weekday,
)
from contracts.programmes.rules.work_terms import OtherCause, OtherErrors, WorkRate
from contracts.programmes.rules.year_terms import (
    AccountManagement,
    CaseWarnings,
    Option,
    Payment,
    QuotaPool,
    Roster,
    Term,
    Tier,
)

__all__ = [
    "AccountManagement",
    "Act",
    "Band",
    "BusinessDay",
    "CaseWarnings",
    "Clause",
    "Closing",
    "ClosureReason",
    "Commitment",
    "Counterpart",
    "Coverage",
    "CoverageLevel",
    "Determination",
    "Ending",
    "Escalation",
    "EscalationDuty",
    "EscalationNotice",
    "GlossaryTerm",
    "InformationClock",
    "InformationOutcome",
    "Limitation",
    "Measure",
    "Measured",
    "Names",
    "Option",
    "OptionKind",
    "OtherErrors",
    "Payment",
    "Programme",
    "QuotaPool",
    "Region",
    "Releases",
    "Renewal",
    "RenewalPercentage",
    "Reporting",
    "Role",
    "Roster",
    "Scorecard",
    "Severity",
    "Span",
    "StatusRule",
    "Term",
    "Tier",
    "Unit",
    "WithoutCost",
    "WorkRate",
]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, exhibit or decision with its heading and its text as a reader wants it."""

    id: str
    heading: str
    text: Prose


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A defined term (ATSP 1)."""

    term: str
    meaning: Prose
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """The programme's Business Day (ATSP 1.2): weekdays 0 (Monday) to 6, opening and closing "HH:MM" local time."""

    weekdays: tuple[Weekday, ...]
    opens: TimeOfDay
    closes: TimeOfDay
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class Region:
    """A region whose sites draw on a pool of cases (ATSP page 1)."""

    code: str
    name: str


TECHNICAL_SUPPORT = "technical-support"
"""The kind of support of a programme that names no other."""


@dataclass(frozen=True, kw_only=True)  # no slots: it keeps its paper
class Programme:
    """All terms of one version of a support programme.

    Sections with a default are those a programme may do without: the back-line schedule (SCL Exhibit B)
    sells no tiers and knows no information clocks, no escalation and no scorecard.
    """

    code: Code
    title: str
    form: str
    provider: str
    currency: str
    prefix: str  # of its clause ids, "ATSP"
    based_on: Code | None = None  # the programme whose terms it changes, by code
    amended_by: str | None = None  # the id of the paper that changes them, "REN"
    part_of: str | None = None  # the prefix of the paper of which it is a schedule, "SCL"
    support: Code | None = None  # the kind of support, where it is not Technical Support
    business_day: BusinessDay
    term: Term | None = None
    regions: tuple[Region, ...]
    tiers: tuple[Tier, ...] = ()
    options: tuple[Option, ...] = ()
    payment: Payment | None = None
    renewal: Renewal | None = None
    ending: Ending | None = None
    deliveries: tuple[Delivery, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    case_warnings: CaseWarnings | None = None
    work_rates: tuple[WorkRate, ...] = ()
    other_errors: OtherErrors | None = None
    other_cause: OtherCause | None = None
    roster: Roster
    names: Names | None = None
    reporting: Reporting | None = None
    software: SupportedSoftware | None = None
    releases: Releases | None = None
    without_cost: WithoutCost | None = None
    coverage: Coverage | None = None
    severities: tuple[Severity, ...]
    information_clocks: tuple[InformationClock, ...] = ()
    limitations: tuple[Limitation, ...] = ()
    closure_reasons: tuple[ClosureReason, ...]
    closing: Closing | None = None
    determinations: tuple[Determination, ...] = ()
    account_management: AccountManagement | None = None
    escalation: Escalation | None = None
    scorecard: Scorecard | None = None
    counterparts: tuple[Counterpart, ...] = ()
    glossary: tuple[GlossaryTerm, ...] = ()
    clauses: tuple[Clause, ...]

    @property
    def customer(self) -> str:
        """Who is supported, as a label: a reseller where tiers are sold, a customer otherwise."""
        return "Reseller" if self.tiers else "Customer"

    @property
    def term_clause(self) -> str:
        """The clause by which it runs, and ends on its last day: its term's, else that of support without cost."""
        if self.term is not None:
            return self.term.clause
        return self.without_cost.clause if self.without_cost else ""

    @property
    def over(self) -> str:
        """What is said when its last day is over."""
        if self.term is None and self.without_cost is not None:
            return self.without_cost.over
        return "the contract year is over"

    @property
    def needs_reseller_agreement(self) -> bool:
        """Whether a reseller agreement is a condition of support, with which the agreement ends (ATSP 5.1, 9.4)."""
        return self.ending is None or self.ending.cure is None

    def transfer_by(self, side: str) -> Transfer | None:
        """How a party may transfer the agreement; None when it may not (ATSP 19.3, SCL 19.1)."""
        return next((one for one in self.transfers if one.side == side), None)

    @property
    def notifies_other_cause(self) -> bool:
        """Whether the provider notifies where a Problem may not be in the Software (ATSP 7.1; BL 3.1.6)."""
        return self.other_errors is not None or self.other_cause is not None

    def limitation(self, code: str) -> Limitation | None:
        """The limitation of support of that code, if the programme has it."""
        return next((one for one in self.limitations if one.code == code), None)

    @property
    def kind_of_support(self) -> str:
        """What is supported: two agreements of the same parties about the same kind never overlap (ATSP page 1, 2)."""
        return self.support or TECHNICAL_SUPPORT

    def tier(self, code: str) -> Tier:
        """The tier of that code. Raises KeyError naming the programme when there is none."""
        return _one(self.tiers, code, self.code)

    def option(self, code: str) -> Option:
        """The option of that code. Raises KeyError naming the programme when there is none."""
        return _one(self.options, code, self.code)

    def severity(self, level: int) -> Severity:
        """The severity of that level. Raises KeyError naming the programme when there is none."""
        for severity in self.severities:
            if severity.level == level:
                return severity
        raise KeyError(f"programme {self.code} has no severity {level}")

    def closure_reason(self, code: str) -> ClosureReason:
        """The closure reason of that code. Raises KeyError naming the programme when there is none."""
        return _one(self.closure_reasons, code, self.code)

    def determination(self, code: str) -> Determination:
        """The determination of that code. Raises KeyError naming the programme when there is none."""
        return _one(self.determinations, code, self.code)

    def clause(self, clause_id: str) -> Clause:
        """The clause, exhibit or decision of that id. Raises KeyError naming the programme when there is none."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(f"programme {self.code} has no clause {clause_id!r}")

    @cached_property
    def paper(self) -> Paper:
        """What it calls the contacts and their form, and how it cites: for who makes a sentence."""
        known = frozenset(clause.id for clause in self.clauses)
        return paper_of(self.names, known, {one.of: one.clause for one in self.counterparts})

    def work_rate(self, code: str) -> WorkRate:
        """The work rate of that code. Raises KeyError naming the programme when there is none."""
        return _one(self.work_rates, code, self.code)

    def information_clock(self, severity: int) -> InformationClock | None:
        """The information clock that runs at that severity, if the programme has one."""
        return next((c for c in self.information_clocks if c.severity == severity), None)


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_C = TypeVar("_C", bound=_Coded)


def _one(entries: tuple[_C, ...], code: str, programme: str) -> _C:
    for entry in entries:
        if entry.code == code:
            return entry
    name = type(entries[0]).__name__ if entries else "Entry"
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    known = ", ".join(entry.code for entry in entries) or "none"
    raise KeyError(f"programme {programme} has no {kind} {code!r}; it has {known}")
