"""What each reseller of the access world has of money: a line that waits, and an invoice."""

import datetime as dt
from decimal import Decimal
from typing import Any

from contracts.billing.actions.charges import add_charge
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.models.charges import ChargeKind


def write_money(world: Any, side: Any, now: dt.datetime) -> None:
    """Charge two lines, and invoice one of them."""
    lines = [
        add_charge(
            side.agreement,
            kind=ChargeKind.WORK,
            text=f"A day on site of {side.agreement.reseller.name}",
            words="1 day at US$2,500.00: US$2,500.00.",
            amount=Decimal(2500),
            clause="ATSP 17",
            by=None,
            at=now,
        )
        for _ in range(2)
    ]
    side.things["charge"] = (lines[0].pk,)
    (invoice,) = issue_invoices(side.agreement, charges=lines[1:], by=None, at=now)
    side.things["line"] = (side.agreement.reference, lines[0].pk)
    address = (side.agreement.reference, invoice.number)
    side.things["invoice"] = address
    side.things["payment of an invoice"] = (*address, "pay")
