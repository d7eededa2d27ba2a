"""Notice of a breach, when it counts as received, how long the other party may cure, when the agreement may end.

SCL 10.1: a party may terminate if the other "breaches … any material obligation … which … has not been cured within
thirty (30) days after receipt of written notice"; one that cannot be cured gives no time. SCL 10.2 names causes for
which one party may terminate upon written notice. SCL 18 says when a notice is deemed delivered.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.programmes.rules.renewal_terms import Delivery, Ending, TerminationGround
from contracts.programmes.rules.terms import Programme
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it stands. `cure_until` is the last day to cure, None where nothing is to be cured."""

    received_on: date
    cure_until: date | None
    cured_on: date | None
    clause: str


def ending_of(programme: Programme) -> Ending:
    """The programme's terms of ending by breach. Raises Refusal where it has none (SCL 10.1)."""
    if programme.ending is None or programme.ending.cure is None:
        raise Refusal("This programme knows no termination by breach.")
    return programme.ending


def delivery_of(programme: Programme, code: str) -> Delivery:
    """The way by which a notice went (SCL 18). Raises Refusal for one that the paper does not know."""
    found = next((one for one in programme.deliveries if one.code == code), None)
    if found is None:
        raise Refusal(
            "Say how the notice was delivered.",
            clause=programme.deliveries[0].clause if programme.deliveries else "",
            way_out=f"Choose: {'; '.join(one.name for one in programme.deliveries)}.",
            field="delivery",
        )
    return found


def ground_of(ending: Ending, code: str, by_side: str) -> TerminationGround | None:
    """The further cause of that code, None for a breach. Raises Refusal for a cause that is the other party's."""
    if not code:
        return None
    found = next((one for one in ending.grounds if one.code == code and one.side == by_side), None)
    if found is None:
        raise Refusal(
            "This party has no such cause to terminate.",
            clause=ending.grounds[0].clause if ending.grounds else ending.clause,
            way_out="Give notice of a breach, or choose a cause of this party.",
            field="ground",
        )
    return found


def received_on(delivery: Delivery, sent_on: date) -> date:
    """The day on which a notice is deemed delivered: four days after its deposit by registered mail (SCL 18)."""
    return sent_on + timedelta(days=delivery.deemed_after.amount)


def last_day_to_cure(ending: Ending, received: date) -> date:
    """The last day on which a breach can be cured: the day of receipt does not count (SCL 10.1; D-31)."""
    assert ending.cure is not None, "asked of a programme with a cure"  # noqa: S101
    return received + timedelta(days=ending.cure.amount)


def require_longer(notice: Notice, until: date | None) -> date:
    """The new last day to cure. Raises Refusal for one that is not later, or where nothing is to be cured."""
    if notice.cure_until is None or notice.cured_on is not None:
        raise Refusal(
            "There is nothing to cure under this notice.",
            clause=notice.clause,
            way_out="Look at how it stands.",
        )
    if until is None or until <= notice.cure_until:
        raise Refusal(
            f"The time to cure runs through {day_words(notice.cure_until)} already.",
            clause=notice.clause,
            way_out="Name a later day, as the party that gave notice authorized it in writing.",
            field="until",
        )
    return until


def require_terminable(notice: Notice, on: date) -> None:
    """Raise Refusal unless the agreement may end under a notice, with `on` as the first day without it (SCL 10.1)."""
    if notice.cured_on is not None:
        raise Refusal(
            f"The breach was cured on {day_words(notice.cured_on)}.",
            clause=notice.clause,
            way_out="Nothing is to be terminated; a new breach needs a new notice.",
        )
    first = notice.received_on if notice.cure_until is None else notice.cure_until
    if on <= first and notice.cure_until is not None:
        raise Refusal(
            f"The breach can be cured through {day_words(first)}.",
            clause=notice.clause,
            way_out=f"The first day without the agreement is {day_words(first + timedelta(days=1))}, or later.",
            field="on",
        )
    if on < first:
        raise Refusal(
            f"The notice counts as received on {day_words(first)}.",
            clause=notice.clause,
            way_out="Name that day or a later one.",
            field="on",
        )
