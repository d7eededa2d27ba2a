"""Measuring a reseller's performance by Exhibit B, for any day of review (ATSP 2.3, 4.2, Ex.B).

Everything is read once, in a constant number of statements; reviews, months and resellers are then measured without
asking the database again. Nothing here is published: a card tells what the journal tells now.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from cases.case.models import Case
from cases.resolution.rules import Charge
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.programmes.rules.terms import Programme
from contracts.programmes.rules.terms import Scorecard as Terms
from contracts.roster.models.entries import TECHNICAL_ROLES, RosterEntry
from scorecard.history import CaseHistory, histories_of
from scorecard.rules.exhibit_b import Result, score
from scorecard.rules.figures import Contacts
from scorecard.rules.status_history import Review, StatusInForce, standing
from scorecard.rules.window import Window, months_after, window_before


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """The cases of a window by what they take from the quota (ATSP 2.3; D-3), each by its case id.

    `provisional` are those not determined yet; `given_back` those determined and not charged.
    """

    opened: tuple[int, ...] = ()
    charged: tuple[int, ...] = ()
    provisional: tuple[int, ...] = ()
    given_back: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedContact:
    """A Technical Contact or alternate on the roster at a review, and the first day they were certified or trained."""

    name: str
    standing: str
    trained_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Card:
    """A reseller's scorecard for the months before a day of review, not published.

    `partial` tells that the agreement is younger than the window.
    """

    agreement: Agreement
    review_on: dt.date
    window: Window
    result: Result
    counts: CaseCounts
    contacts: tuple[ReviewedContact, ...]
    partial: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The reviews due so far (ATSP 4.2), oldest first, and how the reseller stands by them."""

    standing: StatusInForce
    cards: tuple[Card, ...]


@dataclass(slots=True)
class _Account:
    """One agreement with the unbroken contract years before it, and what belongs to them."""

    years: list[Agreement]
    histories: list[CaseHistory] = field(default_factory=list)
    charges: dict[int, str] = field(default_factory=dict)
    roster: list[RosterEntry] = field(default_factory=list)

    @property
    def effective_on(self) -> dt.date:
        """The Effective Date from which reviews count."""
        return self.years[0].effective_on

    def year_of(self, day: dt.date) -> Agreement:
        """The agreement for the year of the day; the first or the last one for a day outside."""
        held = [year for year in self.years if year.effective_on <= day]
        return held[-1] if held else self.years[0]


class Readings:
    """What the scorecards of some agreements need, read once; measuring then asks the database nothing."""

    def __init__(self, accounts: dict[int, _Account]) -> None:
        self._accounts = accounts

    @classmethod
    def of(cls, agreements: Iterable[Agreement]) -> "Readings":
        """Read the cases, journal and rosters of the agreements and of the years before them, in 4 statements."""
        chosen = list(agreements)
        accounts = {one.pk: _Account(years) for one, years in _with_earlier_years(chosen)}
        owners: dict[int, list[_Account]] = {}
        for account in accounts.values():
            for year in account.years:
                owners.setdefault(year.pk, []).append(account)
        cases = Case.objects.filter(agreement__in=list(owners)).order_by("reported_at", "pk")
        histories = histories_of(cases)
        for case_id, agreement_id, charge in cases.values_list("pk", "agreement_id", "charge"):
            if case_id in histories:
                for account in owners[agreement_id]:
                    account.histories.append(histories[case_id])
                    account.charges[case_id] = charge
        roster = RosterEntry.objects.filter(
            agreement__in=list(owners), standing__in=TECHNICAL_ROLES
        ).select_related("contact")
        for entry in roster.order_by("contact__name", "pk"):
            for account in owners[entry.agreement_id]:
                account.roster.append(entry)
        return cls(accounts)

    def effective_on(self, agreement: Agreement) -> dt.date:
        """The Effective Date of the first of the agreement's unbroken contract years."""
        return self._accounts[agreement.pk].effective_on

    def histories(self, agreement: Agreement) -> dict[int, CaseHistory]:
        """The journal's facts about the agreement's cases, by case id."""
        return {each.case_id: each for each in self._accounts[agreement.pk].histories}

    def card(self, agreement: Agreement, review_on: dt.date) -> Card:
        """The scorecard for a review on that day, a date in the agreement's zone (ATSP Ex.B).

        Cases count by when they were reported, M4 by closure, within the window that ends as the day of review begins;
        contacts are those on the roster then, trained when they were by the day of review.
        """
        account = self._accounts[agreement.pk]
        terms = terms_of(agreement.programme)
        window = window_before(review_on, terms.window, agreement.zone)
        contacts = _contacts(account, window, review_on)
        return Card(
            agreement=agreement,
            review_on=review_on,
            window=window,
            result=score(
                terms,
                window,
                [history.facts(window.ends_at) for history in account.histories],
                Contacts(len(contacts), sum(each.trained_on is not None for each in contacts)),
            ),
            counts=_counts(account, window),
            contacts=contacts,
            partial=months_after(review_on, -terms.window.amount) < account.effective_on,
        )

    def reviewed(self, agreement: Agreement, today: dt.date) -> Reviewed:
        """The reviews due up to today, at the latest the anniversary, and the standing by them (ATSP 4.2).

        Every six months after the Effective Date; once Non-Compliant every month. A status carries over into the
        next contract year.
        """
        terms = terms_of(agreement.programme)
        effective_on = self.effective_on(agreement)
        last = min(today, agreement.anniversary)
        cards: list[Card] = []
        reviews: list[Review] = []
        stands = standing(terms, effective_on, reviews)
        while stands.next_review_on <= last:
            card = self.card(agreement, stands.next_review_on)
            cards.append(card)
            reviews.append(Review(card.review_on, card.result.status))
            stands = standing(terms, effective_on, reviews)
        return Reviewed(stands, tuple(cards))

    def monthly(self, agreement: Agreement, until: dt.date, months: int) -> list[Card]:
        """The rolling scorecards of the last months, oldest first, the last one for a review on `until`.

        It begins a month after the Effective Date at the earliest: before that there is nothing to roll.
        """
        first = months_after(self.effective_on(agreement), 1)
        days = [months_after(until, -back) for back in range(months - 1, 0, -1)]
        return [self.card(agreement, day) for day in [*(d for d in days if d >= first), until]]


def terms_of(programme: Programme) -> Terms:
    """The programme's Exhibit B. Raises LookupError when it has none."""
    if programme.scorecard is None:
        raise LookupError(f"programme {programme.code} has no scorecard")
    return programme.scorecard


def _with_earlier_years(agreements: list[Agreement]) -> list[tuple[Agreement, list[Agreement]]]:
    """Each agreement with the years before it that it continues without a gap, oldest first; one statement.

    It continues the year that it renews, under whatever terms (REN), else one of the same programme that ends as it
    begins.
    """
    signed = Agreement.objects.exclude(state=AgreementState.DRAFT).filter(
        reseller__in={one.reseller_id for one in agreements}
    )
    years_by_pk = {year.pk: year for year in signed}
    ending = {
        (year.reseller_id, year.programme.code, year.anniversary): year
        for year in years_by_pk.values()
    }
    found = []
    for one in agreements:
        years = [one]
        while earlier := years_by_pk.get(years[0].renews_id) or ending.get(
            (one.reseller_id, years[0].programme.code, years[0].effective_on)
        ):
            years.insert(0, earlier)
        found.append((one, years))
    return found


def _counts(account: _Account, window: Window) -> CaseCounts:
    opened = [each.case_id for each in account.histories if window.holds(each.reported_at)]

    def charged(*charges: Charge) -> tuple[int, ...]:
        return tuple(case_id for case_id in opened if account.charges[case_id] in charges)

    return CaseCounts(
        opened=tuple(opened),
        charged=charged(Charge.CHARGED),
        provisional=charged(Charge.PROVISIONAL),
        given_back=charged(Charge.GIVEN_BACK, Charge.NEVER),
    )


def _contacts(account: _Account, window: Window, review_on: dt.date) -> tuple[ReviewedContact, ...]:
    """The Technical Contacts and alternates on the roster as the day of review begins (ATSP 5.2.1)."""
    end = window.ends_at
    year = account.year_of(review_on - dt.timedelta(days=1))
    return tuple(
        ReviewedContact(
            entry.contact.name, entry.get_standing_display(), _trained_by(entry, review_on)
        )
        for entry in account.roster
        if entry.agreement_id == year.pk
        and entry.submitted_at < end
        and all(gone is None or gone >= end for gone in (entry.removed_at, entry.contact.left_at))
    )


def _trained_by(entry: RosterEntry, review_on: dt.date) -> dt.date | None:
    """The first day, up to the day of review, on which they were certified or trained."""
    days = [day for day in (entry.trained_on, entry.certified_on) if day and day <= review_on]
    return min(days, default=None)
