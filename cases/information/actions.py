"""Asking for the information of 5.2.3, and the clocks that downgrade or close without it (ATSP 4.9.1, 4.10.8)."""

import datetime as dt
from collections.abc import Sequence

from cases.case.actions import doing, require_text
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move, allowed_moves
from cases.case.rules.vocabulary import Channel, Side, State
from cases.clocks import setting as clocks
from cases.conversation.actions import write_to_contact
from cases.conversation.models import MessageKind
from cases.information.rules import missing_words
from cases.verbs import Verb
from portal import deadlines
from portal.models import User
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 5.2.3"


def request_information(
    case: Case, *, by: User, at: dt.datetime, missing: Sequence[str], body: str = ""
) -> Case:
    """An engineer asks for what is missing of 5.2.3; the information clock of its severity runs. Returns the case.

    The clock counts from reporting (ATSP 4.9.1): one that has passed already takes effect at the next sweep. Raises
    Refusal when nothing is named as missing.
    """
    wanted = [item.strip() for item in missing if item.strip()]
    if not wanted:
        raise Refusal(
            "No missing information is named.",
            clause=CLAUSE,
            way_out="Name each thing that the contact should send, one per line.",
            field="missing",
        )

    def start_clock(fresh: Case) -> None:
        fresh.information_asked_at = at
        fresh.information_missing = wanted
        fresh.information_received_at = None
        deadlines.supersede(fresh, at=at, cause="asked for anew", kinds=clocks.INFORMATION_CLOCKS)
        clocks.start_information(fresh, at=at)

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
        clause=CLAUSE,
        then=Move.WAIT_FOR_RESELLER if waits else None,
        changes=start_clock,
    )


def accept_information(case: Case, *, by: User, at: dt.datetime, received_at: dt.datetime) -> Case:
    """An engineer confirms that what was asked for was received at `received_at`; its clock stops. Returns the case.

    Received at the very instant of the deadline is in time (D-8). Raises Refusal when nothing was asked for.
    """
    with doing(case, Deed.ACCEPT, by=by, at=at) as fresh:
        missing = fresh.information_missing
        fresh.information_asked_at = None
        fresh.information_missing = []
        fresh.information_received_at = None
        record(
            fresh,
            Verb.CASE_INFORMATION_RECEIVED,
            by=by,
            at=at,
            public=True,
            clause=CLAUSE,
            text="What was asked for has been received.",
            before={"missing": missing},
            after={"received_at": received_at},
        )
        clocks.stop_information(fresh, at=received_at)
    return fresh
