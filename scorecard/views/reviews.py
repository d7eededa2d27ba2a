"""The review that a page shows: the agreement, the days that can be reviewed, and the chosen one."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest

from contracts.agreements.models.agreements import Agreement
from portal import clock
from portal.access import get_visible_or_404
from portal.rules.refusal import Refusal
from portal.rules.written_days import day_of, written
from scorecard.measuring import Readings, Reviewed

CHIPS = 4


@dataclass(frozen=True, slots=True)
class Chip:
    """A day of review to choose with one click; `label` says what kind of day it is."""

    on: dt.date
    label: str
    icon: str
    active: bool


@dataclass(frozen=True, slots=True)
class ReviewDays:
    """The days of review of an agreement, dates in its zone.

    `today` is the last day up to which it can roll: at the latest the anniversary. `next_on` is None when the contract
    year has no further review. `chosen` is the day that the page shows; `typed` and `refused` tell of a day that was
    asked for and cannot be shown.
    """

    first_possible: dt.date
    reviewed: Reviewed
    today: dt.date
    next_on: dt.date | None
    chosen: dt.date
    typed: str
    refused: Refusal | None

    @property
    def is_review(self) -> bool:
        """Whether the day shown is a day of review that has come."""
        return any(card.review_on == self.chosen for card in self.reviewed.cards)

    @property
    def is_ahead(self) -> bool:
        """Whether the day shown lies ahead, so that its months are not over."""
        return self.chosen > self.today

    @property
    def last_possible(self) -> dt.date:
        """The last day that can be shown."""
        return max(self.today, self.next_on or self.today)

    @property
    def chips(self) -> list[Chip]:
        """The latest reviews, oldest first, then today, then the next review."""
        kinds = [(card.review_on, "Review", "calendar-event") for card in self.reviewed.cards]
        kinds = kinds[-CHIPS:]
        if self.today >= self.first_possible and self.today not in (on for on, *_ in kinds):
            kinds.append((self.today, "Rolling to", "refresh"))
        if self.next_on is not None:
            kinds.append((self.next_on, "Next review", "hourglass"))
        return [Chip(on, label, icon, on == self.chosen) for on, label, icon in kinds]


def agreement_of(request: HttpRequest, reference: str) -> Agreement:
    """The agreement, if the reader may see it; else 404. Raises Refusal when its programme has no scorecard."""
    agreement: Agreement = get_visible_or_404(
        Agreement.objects.select_related("reseller"),
        request.user,
        reference=reference,
    )
    if agreement.programme.scorecard is None:
        raise Refusal(
            f"The programme of {agreement.reference} has no scorecard.",
            way_out="Scorecards belong to programmes with performance measures (ATSP Exhibit B).",
        )
    return agreement


def days_of(request: HttpRequest, agreement: Agreement, readings: Readings) -> ReviewDays:
    """The days of review, with the one that `?on=` asks for; without one the latest review, or today before any."""
    first_possible = readings.effective_on(agreement) + dt.timedelta(days=1)
    today = min(agreement.date_at(clock.now()), agreement.anniversary)
    reviewed = readings.reviewed(agreement, today)
    next_on: dt.date | None = reviewed.standing.next_review_on
    if next_on is not None and next_on > agreement.anniversary:
        next_on = None
    if reviewed.cards:
        chosen = reviewed.cards[-1].review_on
    elif today >= first_possible or next_on is None:
        chosen = today
    else:
        chosen = next_on
    typed = request.GET.get("on", "").strip()
    refused = None
    if typed:
        try:
            chosen = _asked(typed, first_possible, max(today, next_on or today))
        except Refusal as refusal:
            refused = refusal
    return ReviewDays(first_possible, reviewed, today, next_on, chosen, typed, refused)


def _asked(typed: str, first: dt.date, last: dt.date) -> dt.date:
    """The day that was typed. Raises Refusal when it is no date, or no day that can be reviewed."""
    span = f"Choose a day from {written(first)} to {written(last)}."
    try:
        asked = day_of(typed)
    except ValueError as error:
        raise _refused(f"“{typed[:40]}” is not taken. {error}", span) from None
    if asked < first:
        raise _refused(f"On {written(asked)} the agreement had no day behind it to review.", span)
    if asked > last:
        raise _refused(f"{written(asked)} lies after the next review.", span)
    return asked


def _refused(sentence: str, way_out: str) -> Refusal:
    return Refusal(sentence, clause="ATSP 4.2", way_out=way_out, field="on")
