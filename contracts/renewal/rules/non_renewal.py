"""Whether the provider may decline to renew, since when, and by which facts (ATSP 9.2).

"Legato shall have the option to not renew this Agreement if, within the term of this Agreement, during any six month
rolling period, Reseller has been classified as Non-Compliant in the metrics and such classification has not improved
to Compliant."
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contracts.programmes.rules.terms import Programme
from portal.ui.words import day as day_words


@dataclass(frozen=True, slots=True)
class Classification:
    """What a review of the rolling months before `on` found.

    `measured` is the status of those months alone, `considered` what the reseller counts as after it (ATSP 4.2): once
    Non-Compliant it stays so until six consecutive months were compliant. Both are codes of the programme.
    """

    on: date
    measured: str
    considered: str


@dataclass(frozen=True, slots=True)
class NonRenewalRight:
    """Whether the right holds; `since` is the review that gave it; `facts` are the reviews it rests on."""

    holds: bool
    since: date | None
    words: str
    clause: str
    facts: tuple[Classification, ...]


def non_renewal_right(
    programme: Programme,
    classifications: Sequence[Classification],
    *,
    term_began_on: date,
    today: date,
) -> NonRenewalRight:
    """The right on a day, by the reviews up to it in their order; those before the Term began give none.

    A renewal extends the Term, so the right carries on across an anniversary with its day (D-26). A classification that
    the reseller brought into the Term counts from the Term's first review that still has it.
    """
    term, scorecard = programme.term, programme.scorecard
    clause = term.non_renewal_clause if term else ""
    if term is None or scorecard is None or not clause:
        return NonRenewalRight(False, None, "The programme knows no such right.", clause, ())
    failing, better = scorecard.statuses[-1], scorecard.statuses[-2]
    held = [one for one in classifications if term_began_on < one.on <= today]
    facts: list[Classification] = []
    for one in held:
        if one.considered == failing.code:
            facts.append(one)
        else:
            facts.clear()
    window = f"{term.non_renewal_window.amount}-{term.non_renewal_window.unit.value}"
    if not held:
        words = f"No review of a rolling {window} period lies within the term so far."
        return NonRenewalRight(False, None, words, clause, ())
    if facts:
        since = facts[0].on
        words = (
            f"The right holds since {day_words(since)}: on the {window} period before that day the reseller was "
            f"{failing.name}, and has not come back to {better.name} since."
        )
        return NonRenewalRight(True, since, words, clause, tuple(facts))
    failed = [one for one in held if one.considered == failing.code]
    if failed:
        back = next(one.on for one in held if one.on > failed[-1].on)
        words = (
            f"The reseller was {failing.name} on {day_words(failed[0].on)} and came back to {better.name} on "
            f"{day_words(back)}: the right does not hold."
        )
        return NonRenewalRight(False, None, words, clause, tuple(failed))
    words = f"In no rolling {window} period of the term was the reseller {failing.name}."
    return NonRenewalRight(False, None, words, clause, ())
