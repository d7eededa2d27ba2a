"""The terms of a support programme as frozen, typed values: the agreement as data.

A programme file (TOML) is read by ``contracts.rules.programme_file`` into a `Programme`; rules take it,
or a part of it, as an argument. Nothing here knows Django, a database or the present moment. Every part
carries the id of the clause it comes from ("ATSP 4.6", "D-10").
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar


class Unit(StrEnum):
    """A unit of time as the agreement uses it. Business units run in the Business Day (ATSP 1.2, D-7)."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"  # 24 elapsed hours (D-8)
    WEEK = "week"  # the same wall-clock time seven days on (D-8)
    MONTH = "month"  # a calendar month, clipped to the month's last day (D-8)
    BUSINESS_MINUTE = "business minute"
    BUSINESS_HOUR = "business hour"
    BUSINESS_DAY = "business day"  # the length of the Business Day in business hours (D-7)

    @property
    def is_business(self) -> bool:
        """Whether the unit is counted in business time."""
        return self.value.startswith("business ")


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of time as a term states it: ``Span(1, Unit.BUSINESS_DAY)``."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        """The span in words: "1 business day", "30 minutes"."""
        return f"{self.amount} {self.unit.value}{'' if self.amount == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, exhibit or decision with its heading and its text as a reader wants it."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A defined term (ATSP 1)."""

    term: str
    meaning: str
    clause: str


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """The programme's Business Day (ATSP 1.2): weekdays 0 (Monday) to 6, opening and closing "HH:MM" local time."""

    weekdays: tuple[int, ...]
    opens: str
    closes: str
    clause: str


@dataclass(frozen=True, slots=True)
class Region:
    """A region whose sites draw on a pool of cases (ATSP page 1)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class QuotaPool:
    """Prepaid cases and contact slots shared by some regions (ATSP page 1)."""

    code: str
    name: str
    regions: tuple[str, ...]
    cases: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of the programme with its fee for the year and its pools (ATSP page 1)."""

    code: str
    name: str
    fee: Decimal
    pools: tuple[QuotaPool, ...]
    clause: str

    @property
    def cases(self) -> int:
        """All prepaid cases of the tier."""
        return sum(pool.cases for pool in self.pools)

    def pool_of(self, region: str) -> QuotaPool | None:
        """The pool that serves a region's sites, if the tier has one."""
        return next((pool for pool in self.pools if region in pool.regions), None)


class OptionKind(StrEnum):
    """What an option buys."""

    PSAM = "psam"
    ESS = "ess"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of one tier's column, priced for a year (ATSP page 1, 14, 15)."""

    code: str
    kind: OptionKind
    name: str
    tier: str
    fee: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity in the agreement's own meaning, with its objectives (ATSP 4.3, 4.5, 4.6; D-10)."""

    level: int
    name: str
    meaning: str
    clause: str
    by_telephone_only: bool
    first_response: Span
    status_every: Span
    status_in_business_time: bool
    resolution: str
    objective_clause: str

    @property
    def round_the_clock(self) -> bool:
        """Whether its first response runs 24x365 rather than in business time (ATSP 4.5)."""
        return not self.first_response.unit.is_business


class InformationOutcome(StrEnum):
    """What happens when the information asked for is not received in time (ATSP 4.9.1, 4.10.8)."""

    DOWNGRADE = "downgrade"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class InformationClock:
    """The time within which the information of 5.2.3 must arrive, counted from reporting."""

    severity: int
    within: Span
    warn_before: Span
    outcome: InformationOutcome
    to_severity: int | None
    closure_reason: str | None
    clause: str


@dataclass(frozen=True, slots=True)
class ClosureReason:
    """One of the conditions under which a case closes (ATSP 4.10)."""

    code: str
    name: str
    clause: str
    by_agreement: bool  # a Workaround must be mutually agreed (4.10.3)
    is_relief: bool  # a solution, Fix or Workaround was given, so relief precedes it (Ex.B)
    by_clock: bool  # only the information clock uses it (4.10.8)


@dataclass(frozen=True, slots=True)
class Determination:
    """What a case turned out to be, and whether it is charged (ATSP 2.3, D-3)."""

    code: str
    name: str
    charged: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The terms of Exhibit A (ATSP 5.2.1)."""

    due_within: Span
    usable_after: Span
    minimum_technical: int
    minimum_alternate: int
    clause: str


@dataclass(frozen=True, slots=True)
class Payment:
    """When invoices fall due, and the shares of the year by which an extension is charged (ATSP 3.2, 9.1)."""

    due_within: Span
    clause: str
    extension_months: int
    extension_clause: str


@dataclass(frozen=True, slots=True)
class WorkRate:
    """A kind of work charged by the day (ATSP 16-18, Ex.D)."""

    code: str
    name: str
    per_day: Decimal
    plus_expenses: bool
    clause: str


class Role(StrEnum):
    """Who bears a duty or hears a notice of the escalation (ATSP Ex.C). The values are the portal's roles."""

    CSE = "cse"
    TECHNICAL_CONTACT = "technical_contact"
    PSAM = "psam"
    SUPPORT_MANAGEMENT = "support_management"
    SENIOR_MANAGER = "senior_manager"
    CPE_MANAGEMENT = "cpe_management"
    VP_TECHNICAL_SUPPORT = "vp_technical_support"
    DIRECTOR_PREMIUM_SUPPORT = "director_premium_support"
    EXECUTIVE = "executive"
    SALES = "sales"
    PSE = "pse"
    ENGINEERING = "engineering"


class Act(StrEnum):
    """An act of the portal that does a duty of the escalation (ATSP Ex.C: duties are done by doing them)."""

    CONTACT_UPDATE = "contact_update"  # a reply or a logged call to the Technical Contact
    READ_NOTES = "read_notes"
    STATUS_FROM_CSE = "status_from_cse"
    CALL_RESELLER_MANAGEMENT = "call_reseller_management"
    UPDATE_PSAM = "update_psam"
    INFORM_SALES = "inform_sales"
    STATUS_FROM_MANAGEMENT = "status_from_management"
    INFORM_RESELLER_MANAGEMENT = "inform_reseller_management"
    ENGAGE_PSE = "engage_pse"  # opens the sub-case
    INFORM_DIRECTOR = "inform_director"
    ENGAGE_ENGINEERING = "engage_engineering"


@dataclass(frozen=True, slots=True)
class EscalationDuty:
    """Something a person must do by a mark of Exhibit C, and the portal tracks."""

    code: str
    title: str
    at: Span
    or_next_business_opening: bool  # "6 hours or next business day" (D-14)
    role: Role
    act: Act
    if_necessary: bool  # may be waived with a note (D-14)
    clause: str


@dataclass(frozen=True, slots=True)
class EscalationNotice:
    """Something the portal sends at a mark of Exhibit C, once to each recipient."""

    code: str
    title: str
    at: Span
    audience: tuple[Role, ...]
    hotshot: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """The update that is owed again and again until relief, closure or downgrade (ATSP Ex.C; D-13, D-15)."""

    every: Span
    served_by_update_within: Span
    role: Role
    act: Act
    title: str
    clause: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """The time-based escalation of one severity for agreements with an option (ATSP Ex.C)."""

    severity: int
    option: OptionKind
    commitment: Commitment
    duties: tuple[EscalationDuty, ...]
    notices: tuple[EscalationNotice, ...]
    clause: str


class Measured(StrEnum):
    """What an Exhibit B measure counts; each is computed by ``scorecard.rules``."""

    CRITICAL_IN_KNOWLEDGE_BASE = "critical_in_knowledge_base"
    ALL_IN_KNOWLEDGE_BASE = "all_in_knowledge_base"
    REPLICATED_BY_PROVIDER = "replicated_by_provider"
    DAYS_RELIEF_TO_CLOSURE = "days_relief_to_closure"
    CONTACTS_TRAINED = "contacts_trained"


@dataclass(frozen=True, slots=True)
class Band:
    """Points for a whole number from `least` up to and including `most`; no `most` means and above (D-16)."""

    least: int
    most: int | None
    points: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of Exhibit B."""

    code: str
    name: str
    measured: Measured
    unit: str  # "%" or "days"
    bands: tuple[Band, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class StatusRule:
    """A status of Exhibit B. It holds when the total reaches `least_total` and/or the measure is at most `at_most`."""

    code: str
    name: str
    least_total: Decimal
    measure: str | None
    at_most: int | None
    both: bool  # AND (EXCEPTIONAL) or OR (COMPLIANT)
    clause: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Exhibit B: measures, statuses in order of merit (the last holds when none above does), and the reviews (4.2)."""

    window: Span
    review_every: Span
    review_every_when_failing: Span
    months_to_recover: int
    measures: tuple[Measure, ...]
    statuses: tuple[StatusRule, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Programme:
    """All terms of one version of a support programme."""

    code: str
    title: str
    form: str
    provider: str
    currency: str
    prefix: str  # of its clause ids, "ATSP"
    business_day: BusinessDay
    regions: tuple[Region, ...]
    tiers: tuple[Tier, ...]
    options: tuple[Option, ...]
    severities: tuple[Severity, ...]
    information_clocks: tuple[InformationClock, ...]
    closure_reasons: tuple[ClosureReason, ...]
    determinations: tuple[Determination, ...]
    roster: Roster
    payment: Payment
    work_rates: tuple[WorkRate, ...]
    escalation: Escalation | None
    scorecard: Scorecard | None
    glossary: tuple[GlossaryTerm, ...]
    clauses: tuple[Clause, ...]

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
    kind = type(entries[0]).__name__.lower() if entries else "entry"
    known = ", ".join(entry.code for entry in entries) or "none"
    raise KeyError(f"programme {programme} has no {kind} {code!r}; it has {known}")
