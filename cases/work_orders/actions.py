"""Work on a case beyond the calls: work by the day, and the notice that it may not be the Software (ATSP 7.1, 16)."""

import datetime as dt
from decimal import Decimal

from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import require_text, write_to_contact
from cases.conversation.models import MessageKind
from cases.verbs import Verb
from contracts.parties.models.parties import Site
from contracts.work_orders.actions import asking
from contracts.work_orders.actions.asking import CaseFacts
from contracts.work_orders.models import WorkOrder
from portal.models import User


def ask_for_work(
    case: Case,
    *,
    rate: str,
    problem: str,
    by: User,
    at: dt.datetime,
    site: Site | None = None,
    end_user_site: str = "",
) -> WorkOrder:
    """Ask for replication or on-site support on a case, or propose it (ATSP 16, 17, 18). Returns the work order."""
    return asking.request_work(
        case.agreement,
        _facts(case),
        rate=rate,
        problem=problem,
        site=site,
        end_user_site=end_user_site,
        by=by,
        at=at,
    )


def may_not_be_software(
    case: Case, *, grounds: str, by: User, at: dt.datetime, hours: Decimal | None = None
) -> WorkOrder | None:
    """Notify the reseller that the Problem may not be in the Software (ATSP 5.2.6, 7.1; BL 3.1.6).

    Its contact and its Administrative Contact choose whether we proceed at their possible expense; returns the work
    order. Where the programme knows no such work the contact is notified in writing, and there is none.
    """
    if case.programme.other_errors is None:
        _so_notify(case, grounds, by=by, at=at)
        return None
    return asking.notify_not_software(
        case.agreement, _facts(case), grounds=grounds, hours=hours, by=by, at=at
    )


def _so_notify(case: Case, grounds: str, *, by: User, at: dt.datetime) -> None:
    said = require_text(grounds)

    def noted(fresh: Case) -> None:
        record(
            fresh,
            Verb.CASE_OTHER_CAUSE,
            by=by,
            at=at,
            public=True,
            clause="ATSP 7.1",
            text=said,
        )

    write_to_contact(
        case,
        Deed.NOT_SOFTWARE,
        kind=MessageKind.REPLY,
        verb=Verb.CASE_REPLIED,
        by=by,
        at=at,
        body=f"This may not be a Problem in the Software. {said}",
        channel=Channel.WEB,
        also=noted,
    )


def _facts(case: Case) -> CaseFacts:
    return CaseFacts(case.pk, case.title, case.contact, case.owner)
