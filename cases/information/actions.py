"""Asking for the information of 5.2.3, and the clocks that downgrade or close without it (ATSP 4.9.1, 4.10.8)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cases.case.actions import doing, require_happened, require_text
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move, allowed_moves
from cases.case.rules.vocabulary import Channel, Side, State
from cases.clocks import setting as clocks
from cases.conversation.actions import resume_unless_awaited, write_to_contact
from cases.conversation.models import MessageKind
from cases.conversation.rules import Way
from cases.information.rules import missing_words
from cases.information.taking_back import take_back
from cases.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 5.2.3"


def request_information(
    case: Case,
    *,
    by: User,
    at: dt.datetime,
    missing: Sequence[str],
    body: str = "",
    of_report: bool = True,
) -> Case:
    """An engineer asks for information. Returns the case.

    What the report lacks of 5.2.3 (`of_report`) has a clock, counted from reporting (ATSP 4.9.1), where enough of it is
    left to tell the contact of it. Anything else, and anything asked for later, is an ordinary request, without a
    consequence of its own: the engineer may downgrade under 4.9, with a reason (D-20). While a clock of the report
    runs, such a request leaves its list as it is. Once too little of that clock is left, its list can only be made
    shorter: it goes on for what has not come. Raises Refusal when nothing is named as missing, and for a longer list.
    """
    wanted = [item.strip() for item in missing if item.strip()]
    if not wanted:
        raise Refusal(
            "No missing information is named.",
            clause=CLAUSE,
            way_out="Name each thing that the contact should send, one per line.",
            field="missing",
        )

    def note_it(fresh: Case) -> dict[str, Any]:
        runs = clocks.information_runs(fresh)
        if runs and not of_report:
            return {"timed": False}
        if runs and clocks.information_clock(fresh, fresh.calendar, at=at) is None:
            _require_shorter(fresh, wanted)
            fresh.information_missing = wanted
            return {"timed": False}  # that of before goes on
        fresh.information_asked_at = at
        fresh.information_missing = wanted
        fresh.information_received_at = None
        return {"timed": of_report and clocks.start_information(fresh, at=at)}

    waits = Move.WAIT_FOR_RESELLER in allowed_moves(State(case.state), Side.PROVIDER)
    return write_to_contact(
        case,
        Deed.ASK,
        kind=MessageKind.REQUEST,
        verb=Verb.CASE_INFORMATION_REQUESTED,
        by=by,
        at=at,
        body=require_text(f"{body.strip()}\n\n{missing_words(wanted)}"),
        channel=Channel.WEB,
        way=Way.REQUEST,
        clause=CLAUSE,
        then=Move.WAIT_FOR_RESELLER if waits else None,
        changes=note_it,
    )


def _require_shorter(case: Case, wanted: Sequence[str]) -> None:
    """Raise Refusal for what was not on the list of the clock that runs (D-20)."""
    new = [item for item in wanted if item not in case.information_missing]
    if new:
        raise Refusal(
            f"It is too late to let the clock run for {', '.join(new)}.",
            clause=case.programme.paper.cite("ATSP 4.9.1, D-20"),
            way_out="Leave only what was asked for before, or untick “The report lacks it” for a question beside.",
            field="missing",
        )


def ask_what_the_report_lacks(case: Case, *, at: dt.datetime) -> None:
    """Start the clock of what a report by telephone or mail left blank, where enough of it is left (D-20).

    The case is being opened, and says what is missing already.
    """
    timed = clocks.start_information(case, at=at)
    untimed = "" if timed else " No clock runs: too little of its time was left (D-20)."
    record(
        case,
        Verb.CASE_INFORMATION_REQUESTED,
        by=None,
        at=at,
        public=True,
        clause=CLAUSE,
        text=f"{missing_words(case.information_missing)}{untimed}",
        timed=timed,
    )


def accept_information(
    case: Case, *, by: User, at: dt.datetime, received_at: dt.datetime | None = None
) -> Case:
    """An engineer confirms that what was asked for was received at `received_at`, by default now. Returns the case.

    Its clock stops. Received at the very instant of the deadline is in time (D-8); and where it was in time, what the
    clock did since is taken back (D-23). A case that waited for it is worked on again, unless an answer on its closing
    is awaited too. Raises Refusal when nothing was asked for, or the time cannot be.
    """
    received_at = received_at or at
    require_happened(case, received_at, at, what="information")
    with doing(case, Deed.ACCEPT, by=by, at=at) as fresh:
        missing = fresh.information_missing
        fresh.information_asked_at = None
        fresh.information_missing = []
        fresh.information_received_at = None
        record(
            fresh,
            Verb.CASE_INFORMATION_RECEIVED,
            by=by,
            at=received_at,
            logged_at=at,
            public=True,
            clause=CLAUSE,
            text="What was asked for has been received.",
            before={"missing": missing},
            after={"received_at": received_at},
        )
        clocks.stop_information(fresh, at=received_at)
        take_back(fresh, received_at, by=by, at=at)
        resume_unless_awaited(fresh, by=by, at=at)
    return fresh
