"""Measuring a reseller's performance by Exhibit B, for any day of review (ATSP 2.3, 4.2, Ex.B)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from cases.models import Case
from cases.rules.charging import Charge
from contracts.models import TECHNICAL_STANDINGS, Agreement, RosterEntry
from contracts.rules.terms import Programme
from contracts.rules.terms import Scorecard as Terms
from scorecard.history import facts_of
from scorecard.rules.exhibit_b import Result, score
from scorecard.rules.figures import Contacts
from scorecard.rules.status_history import Review, Standing, review_days, standing
from scorecard.rules.window import Window, window_before


@dataclass(frozen=True, slots=True)
class Card:
    """A reseller's scorecard for the months before a day of review, not published: what the journal tells now.

    `opened` and `charged` count the window's cases (ATSP 2.3); `provisional` those not determined yet.
    """

    agreement: Agreement
    review_on: dt.date
    window: Window
    result: Result
    opened: int
    charged: int
    provisional: int


def terms_of(programme: Programme) -> Terms:
    """The programme's Exhibit B. Raises LookupError when it has none."""
    if programme.scorecard is None:
        raise LookupError(f"programme {programme.code} has no scorecard")
    return programme.scorecard


def card_of(agreement: Agreement, review_on: dt.date) -> Card:
    """The scorecard of one agreement for a review on that day. A constant number of statements."""
    return cards_of([agreement], review_on)[0]


def cards_of(agreements: Iterable[Agreement], review_on: dt.date) -> list[Card]:
    """The scorecards of several agreements for a review on that day, in a constant number of statements."""
    chosen = list(agreements)
    windows = {
        one.pk: window_before(review_on, terms_of(one.programme).window, one.zone) for one in chosen
    }
    if not chosen:
        return []
    first = min(window.starts_at for window in windows.values())
    last = max(window.ends_at for window in windows.values())
    resellers = {one.reseller_id for one in chosen}
    rows = list(
        Case.objects.filter(
            Q(reported_at__gte=first, reported_at__lt=last)
            | Q(closed_at__gte=first, closed_at__lt=last),
            reseller__in=resellers,
        ).values_list("pk", "reseller_id", "reported_at", "charge")
    )
    facts = {int(each.reference): each for each in facts_of([row[0] for row in rows])}
    contacts = _contacts(chosen, windows)
    cards = []
    for agreement in chosen:
        window = windows[agreement.pk]
        own = [row for row in rows if row[1] == agreement.reseller_id]
        within = [row for row in own if window.holds(row[2])]
        cards.append(
            Card(
                agreement=agreement,
                review_on=review_on,
                window=window,
                result=score(
                    terms_of(agreement.programme),
                    window,
                    [facts[row[0]] for row in own if row[0] in facts],
                    contacts[agreement.pk],
                ),
                opened=len(within),
                charged=sum(row[3] == Charge.CHARGED for row in within),
                provisional=sum(row[3] == Charge.PROVISIONAL for row in within),
            )
        )
    return cards


def latest_review_on(agreement: Agreement, today: dt.date) -> dt.date:
    """The latest day of review by the agreement's calendar up to today; the first one to come before there is any."""
    latest = None
    for day in review_days(
        agreement.effective_on,
        terms_of(agreement.programme).review_every,
        after=agreement.effective_on,
    ):
        if latest is not None and day > today:
            return latest
        latest = day
        if day > today:
            return day
    raise AssertionError("days of review never end")


def standing_on(agreement: Agreement, today: dt.date) -> Standing:
    """How the reseller stands by the reviews due so far: their status, since when, and the next review (ATSP 4.2).

    Each review due is measured from the journal; once Non-Compliant the reviews are monthly.
    """
    terms = terms_of(agreement.programme)
    reviews: list[Review] = []
    stands = standing(terms, agreement.effective_on, reviews)
    while stands.next_review_on <= today:
        card = card_of(agreement, stands.next_review_on)
        reviews.append(Review(stands.next_review_on, card.result.status))
        stands = standing(terms, agreement.effective_on, reviews)
    return stands


def _contacts(agreements: list[Agreement], windows: dict[int, Window]) -> dict[int, Contacts]:
    """Technical Contacts and alternates on the roster at the end of each window, and those trained by then."""
    entries = list(
        RosterEntry.objects.filter(
            agreement__in=agreements, standing__in=TECHNICAL_STANDINGS
        ).values_list("agreement_id", "submitted_at", "removed_at", "trained_on", "certified_on")
    )
    counted: dict[int, Contacts] = {}
    for agreement in agreements:
        end = windows[agreement.pk].ends_at
        by = agreement.date_at(end)
        present = [
            (trained_on, certified_on)
            for owner, submitted_at, removed_at, trained_on, certified_on in entries
            if owner == agreement.pk
            and submitted_at < end
            and (removed_at is None or removed_at >= end)
        ]
        trained = sum(any(day is not None and day <= by for day in days) for days in present)
        counted[agreement.pk] = Contacts(authorised=len(present), trained=trained)
    return counted
