"""Terms of a contract year: its tier and options, the roster, how long it runs, and what is paid (ATSP page 1, 2)."""

from dataclasses import dataclass

from contracts.programmes.rules.choices import OptionKind
from contracts.programmes.rules.values import ClauseId, Code, Money, Span


@dataclass(frozen=True, slots=True)
class QuotaPool:
    """Prepaid cases and contact slots shared by some regions (ATSP page 1)."""

    code: Code
    name: str
    regions: tuple[str, ...]
    cases: int
    contacts: int


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of the programme with its fee for the year and its pools (ATSP page 1)."""

    code: Code
    name: str
    fee: Money
    pools: tuple[QuotaPool, ...]
    clause: ClauseId

    @property
    def cases(self) -> int:
        """All prepaid cases of the tier."""
        return sum(pool.cases for pool in self.pools)

    def pool_of(self, region: str) -> QuotaPool | None:
        """The pool that serves a region's sites, if the tier has one."""
        return next((pool for pool in self.pools if region in pool.regions), None)


@dataclass(frozen=True, slots=True)
class Option:
    """An option of one tier's column, priced for a year (ATSP page 1, 14, 15).

    `most` is how many of it an agreement may have, None for any number, and `most_clause` says why.
    """

    code: Code
    kind: OptionKind
    name: str
    tier: str
    fee: Money
    clause: ClauseId
    most: int | None = None
    most_clause: ClauseId | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The terms of Exhibit A (ATSP 5.2.1).

    `maximum_technical` bounds the contacts of a programme whose tiers have no pools. `keeper_clause` makes somebody
    responsible for the roster, `additions_clause` lets contacts be added beyond the slots at the then-current fee.
    """

    due_within: Span
    usable_after: Span
    minimum_technical: int
    minimum_alternate: int
    clause: ClauseId
    maximum_technical: int | None = None
    keeper_clause: ClauseId | None = None
    additions_clause: ClauseId | None = None
    due_clause: ClauseId | None = None  # of the form's own day, where another clause sets it
    minimum_administrative: int = 0  # Administrative Contacts that a complete form names
    training_clause: ClauseId | None = (
        None  # of the contacts' training, where another clause asks for it
    )
    maximum_clause: ClauseId | None = None

    @property
    def completeness_clause(self) -> str:
        """The clause by which the form is complete, and of its day."""
        return self.due_clause or self.clause


@dataclass(frozen=True, slots=True)
class Term:
    """How long an agreement runs, and what bears on its end (ATSP page 1, 2; 9.2, 9.3, 9.4)."""

    length: Span
    clause: ClauseId
    option_clause: ClauseId
    non_renewal_window: Span
    non_renewal_clause: ClauseId
    software_notice: Span
    software_notice_clause: ClauseId
    termination_clause: ClauseId = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """When invoices fall due, and the shares of the year by which an extension is charged (ATSP 3.2, 9.1).

    `expenses_on_receipt` tells whether travel and living expenses are invoiced separately and due upon receipt
    (ATSP Ex.D); otherwise they fall due like all else. `remind_before` is how long before the due day the reseller is
    reminded. `tax_clause` says that taxes come on top (ATSP 13.1).
    """

    due_within: Span
    clause: ClauseId
    extension_months: int
    extension_clause: ClauseId
    expenses_on_receipt: bool = False
    expenses_clause: ClauseId | None = None
    remind_before: Span | None = None
    tax_clause: ClauseId | None = None


@dataclass(frozen=True, slots=True)
class CaseWarnings:
    """The used shares of a pool, in percent, at which those who look after the agreement are notified."""

    shares: tuple[int, ...]
    clause: ClauseId


@dataclass(frozen=True, slots=True)
class AccountManagement:
    """The conference calls that an option brings, and when their minutes are due (ATSP 14.1.1).

    The agreement says that calls are monthly; by when their minutes are published is the provider's own promise.
    """

    option: OptionKind
    call_every: Span
    clause: ClauseId
    minutes_within: Span
    minutes_clause: ClauseId
