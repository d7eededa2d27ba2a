"""Ninety days' written notice before support for a Software ends (ATSP 9.3; D-8)."""

from datetime import date, timedelta

from contracts.programmes.rules.terms import Programme
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


def earliest_end(programme: Programme, given_on: date) -> tuple[date, str]:
    """The earliest first day without support after a notice given on a day, with the sum in words (ATSP 9.3).

    "At least ninety days prior to the termination": the day of the notice does not count, so notice on 1 January lets
    support end on 1 April of a common year. Raises Refusal under a programme that knows no such notice.
    """
    if programme.term is None or not programme.term.software_notice_clause:
        raise Refusal("This programme has no notice that ends support for a Software.")
    notice = programme.term.software_notice
    ends = given_on + timedelta(days=notice.amount)
    return ends, f"{notice} after {day_words(given_on)}: {day_words(ends)}."


def require_notice(programme: Programme, given_on: date, ends_on: date, today: date) -> None:
    """Raise Refusal for a notice not yet given, and for one that is shorter than the programme asks (ATSP 9.3)."""
    earliest, words = earliest_end(programme, given_on)
    clause = programme.term.software_notice_clause if programme.term else ""
    if given_on > today:
        raise Refusal(
            f"The notice cannot have been given on {day_words(given_on)}: that day is in the future.",
            clause=clause,
            way_out="Record it on the day on which it is given, or later.",
            field="given_on",
        )
    if ends_on < earliest:
        days = (ends_on - given_on).days
        raise Refusal(
            f"Support may not end on {day_words(ends_on)}: that is {days} days after the notice.",
            clause=clause,
            way_out=f"The earliest day is {day_words(earliest)} ({words})",
            field="ends_on",
        )
