"""Work on a case beyond the calls: work by the day, and the notice that it may not be the Software (ATSP 7.1, 16)."""

import datetime as dt
from decimal import Decimal

from cases.case.models import Case
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
) -> WorkOrder:
    """Notify the reseller that the Problem may not be in the Software (ATSP 5.2.6, 7.1). Returns the work order.

    Its contact and its Administrative Contact choose whether we proceed at their possible expense.
    """
    return asking.notify_not_software(
        case.agreement, _facts(case), grounds=grounds, hours=hours, by=by, at=at
    )


def _facts(case: Case) -> CaseFacts:
    return CaseFacts(case.pk, case.title, case.contact, case.owner)
