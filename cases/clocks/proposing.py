"""One side proposes how often the contact is updated on a case, and the other answers (ATSP 4.7)."""

import datetime as dt
from typing import Any

from cases import notices
from cases.case.actions import doing, side_of
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.clocks import setting as clocks
from cases.clocks.rules.wording import frequency
from cases.verbs import Verb
from contracts.programmes.rules.terms import Span
from portal.models import User
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 4.7"
MOST = 99


def propose_frequency(case: Case, *, by: User, at: dt.datetime, every: str) -> Case:
    """Either side proposes how often updates come on this case, "2 days"; the other side answers (ATSP 4.7).

    A later proposal of the same side takes the place of its own. Returns the case. Raises Refusal for what is no span
    of time, and for the frequency that the case has.
    """
    span = _span(every, case)
    with doing(case, Deed.PROPOSE_FREQUENCY, by=by, at=at) as fresh:
        if str(span) == str(present_frequency(fresh)):
            raise Refusal(
                f"Updates come {frequency(span)} already.",
                clause=fresh.programme.paper.cite(CLAUSE),
                way_out="Propose another frequency, or leave it.",
                field="amount",
            )
        side = side_of(by)
        fresh.proposed_status_every = str(span)
        fresh.status_every_proposed_by = side
        words = f"The {side} proposes an update {frequency(span)}; it holds once the {side.other} agrees."
        title = f"an update {frequency(span)} is proposed"
        _tell(
            fresh,
            Verb.CASE_FREQUENCY_PROPOSED,
            title,
            words,
            by=by,
            at=at,
            after={"every": str(span)},
        )
    return fresh


def answer_frequency(case: Case, *, by: User, at: dt.datetime, agree: bool) -> Case:
    """The other side agrees to the proposed frequency, or declines it (ATSP 4.7). Returns the case.

    Agreed, the next status update is computed anew.
    """
    with doing(case, Deed.ANSWER_FREQUENCY, by=by, at=at) as fresh:
        span, before = Span.parse(fresh.proposed_status_every), fresh.status_every
        fresh.proposed_status_every = fresh.status_every_proposed_by = ""
        if agree:
            fresh.status_every = str(span)
            words = f"Agreed: an update {frequency(span)}."
            clocks.replace_status(fresh, cause=words, at=at)
        else:
            words = f"The {side_of(by)} declined an update {frequency(span)}; they come as before."
        title = f"an update {frequency(span)} is {'agreed' if agree else 'declined'}"
        _tell(
            fresh,
            Verb.CASE_FREQUENCY_ANSWERED,
            title,
            words,
            by=by,
            at=at,
            before={"every": before},
            after={"every": fresh.status_every},
        )
    return fresh


def withdraw_frequency(case: Case, *, by: User, at: dt.datetime) -> Case:
    """The side that proposed another frequency takes it back; updates come as before (ATSP 4.7). Returns the case."""
    with doing(case, Deed.WITHDRAW_FREQUENCY, by=by, at=at) as fresh:
        span = Span.parse(fresh.proposed_status_every)
        fresh.proposed_status_every = fresh.status_every_proposed_by = ""
        words = f"The {side_of(by)} withdrew an update {frequency(span)}; they come as before."
        title = f"an update {frequency(span)} is not proposed any more"
        _tell(
            fresh,
            Verb.CASE_FREQUENCY_WITHDRAWN,
            title,
            words,
            by=by,
            at=at,
            before={"every": str(span)},
        )
    return fresh


def _tell(
    case: Case, verb: Verb, title: str, words: str, *, by: User, at: dt.datetime, **more: Any
) -> None:
    """Record what came of a proposal, and tell the other side."""
    record(case, verb, by=by, at=at, public=True, clause=CLAUSE, text=words, **more)
    notices.word(
        case,
        verb.value,
        title=f"Case {case.number}: {title}",
        words=words,
        by=by,
        at=at,
        clause=CLAUSE,
    )


def proposed_frequency(case: Case) -> str:
    """The proposed frequency in words, "every 2 hours"; "" for none."""
    return frequency(Span.parse(case.proposed_status_every)) if case.proposed_status_every else ""


def present_frequency(case: Case) -> Span:
    """How often updates come now: as agreed for the case, else as its severity says (ATSP 4.6, 4.7)."""
    return Span.parse(case.status_every) if case.status_every else case.severity_terms.status_every


def _span(every: str, case: Case) -> Span:
    try:
        span = Span.parse(every.strip())
    except ValueError:
        span = None
    if span is None or not 1 <= span.amount <= MOST:
        raise Refusal(
            f"{every!r} is no frequency.",
            clause=case.programme.paper.cite(CLAUSE),
            way_out=f"Give a whole number from 1 to {MOST}, and hours, days, business days, weeks or months.",
            field="amount",
        )
    return span
