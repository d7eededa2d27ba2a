"""A work order of each reseller of the access world: on-site replication with its estimate."""

import datetime as dt
from decimal import Decimal
from typing import Any

from cases.work_orders import actions
from contracts.work_orders.actions import asking


def write_work(world: Any, side: Any, now: dt.datetime) -> None:
    """The case's contact asks for it, and the engineer estimates it."""
    order = actions.ask_for_work(
        side.cases["new"],
        rate="on-site-replication",
        problem=f"The scan stops at {side.agreement.reseller}.",
        site=side.contact.site,
        by=side.contact.user,
        at=now,
    )
    asking.estimate(order, days=Decimal(2), expenses=Decimal(900), by=world.base.cse, at=now)
    side.things["work order"] = (order.pk,)
    side.things["work act"] = (order.pk, "authorise")
