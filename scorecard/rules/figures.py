"""The figures of Exhibit B before they are scored: what is counted, and how it is rounded (ATSP Ex.B; D-12, D-16)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

from contracts.programmes.rules.terms import Measured
from scorecard.rules.window import Window

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What Exhibit B asks of one case. All instants are aware.

    `was_severity_1`: it was severity 1 at any time. `article_fix_published_at`: when the Fix of the linked article was
    published, None without an article or a Fix. `relieved_at` is the relief that stood when the case closed.
    """

    reference: str
    reported_at: datetime
    was_severity_1: bool = False
    article_fix_published_at: datetime | None = None
    replicated_by_provider: bool = False
    relieved_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def fix_was_published(self) -> bool:
        """Whether it was in the knowledge base with a Fix, published at or before the report (D-12)."""
        published = self.article_fix_published_at
        return published is not None and published <= self.reported_at


@dataclass(frozen=True, slots=True)
class Contacts:
    """The reseller's Technical Contacts and alternates at the review, and how many of them are certified or trained
    (ATSP 5.2.1).
    """

    authorised: int
    trained: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `numerator` of `denominator`, or the sum of days over so many cases.

    `counted` are the references behind the numerator, `among` those behind the denominator; both are empty when only
    counts were given, and for contacts.
    """

    numerator: Fraction
    denominator: int
    counted: tuple[str, ...] = ()
    among: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.numerator < 0 or self.denominator < 0:
            raise ValueError(f"a figure counts from 0: {self.numerator} of {self.denominator}")
        if not self.denominator and self.numerator:
            raise ValueError(f"{self.numerator} of nothing is no figure")

    @property
    def ratio(self) -> Fraction:
        """Numerator over denominator, exact; 0 without cases (D-17)."""
        return self.numerator / self.denominator if self.denominator else Fraction(0)


def figures(
    window: Window, cases: Iterable[CaseFacts], contacts: Contacts
) -> Mapping[Measured, Figure]:
    """The figures of all measures for a window: by the time a case was reported, days from relief by its closure.

    Cases outside the window may be among `cases`; they are left out. A case that closed without a relief has no time
    from relief to closure. Raises ValueError when a case was closed before its relief, or a case is given twice.
    """
    given = sorted(cases, key=lambda case: (case.reported_at, case.reference))
    if len({case.reference for case in given}) != len(given):
        raise ValueError("a case is given twice")
    reported = [case for case in given if window.holds(case.reported_at)]
    return MappingProxyType(
        {
            Measured.CRITICAL_IN_KNOWLEDGE_BASE: _share(
                [case for case in reported if case.was_severity_1],
                lambda case: case.fix_was_published,
            ),
            Measured.ALL_IN_KNOWLEDGE_BASE: _share(reported, lambda case: case.fix_was_published),
            Measured.REPLICATED_BY_PROVIDER: _share(
                reported, lambda case: case.replicated_by_provider
            ),
            Measured.DAYS_RELIEF_TO_CLOSURE: _days(
                [case for case in given if window.holds(case.closed_at)]
            ),
            Measured.CONTACTS_TRAINED: Figure(Fraction(contacts.trained), contacts.authorised),
        }
    )


def whole_number(measured: Measured, figure: Figure) -> int:
    """The whole number that the bands score: a percentage, or days, rounded half-up (D-16, D-17).

    Contacts trained are 100 only when all are: 99.6 % is 99 (D-16). Raises ValueError for a share above the whole.
    """
    if measured is Measured.DAYS_RELIEF_TO_CLOSURE:
        return round_half_up(figure.ratio)
    if figure.ratio > 1:
        raise ValueError(f"{figure.numerator} of {figure.denominator} is more than the whole")
    percentage = round_half_up(100 * figure.ratio)
    if measured is Measured.CONTACTS_TRAINED and figure.ratio < 1:
        return min(percentage, 99)
    return percentage


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up (D-16). Exact, for the value is."""
    return (value + Fraction(1, 2)).__floor__()


def _share(among: list[CaseFacts], counts: Callable[[CaseFacts], bool]) -> Figure:
    counted = tuple(case.reference for case in among if counts(case))
    return Figure(
        Fraction(len(counted)), len(among), counted, tuple(case.reference for case in among)
    )


def _days(closed: list[CaseFacts]) -> Figure:
    total = Fraction(0)
    measured = []
    for case in closed:
        if case.relieved_at is None or case.closed_at is None:
            continue
        between = case.closed_at - case.relieved_at
        if between < timedelta(0):
            raise ValueError(f"case {case.reference} was closed before its relief")
        total += Fraction(between // _MICROSECOND, _DAY // _MICROSECOND)
        measured.append(case.reference)
    references = tuple(measured)
    return Figure(total, len(references), references, references)
