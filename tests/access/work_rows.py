"""Rows of the access matrix about work orders."""

from typing import Any

from tests.access.actors import Actor
from tests.access.rows import PRESENT, Row, of_the_provider, only, row

AUTHORISATION = {
    "authorise-kind": "purchase_order",
    "authorise-number": "PO-7731",
    "authorise-given_by": "Ada Lindt",
    "authorise-dated_on": "2003-03-05",
    "authorise-amount": "7000",
}


def _authorisation(world: Any, side: Any) -> dict[str, Any]:
    return AUTHORISATION


WORK_ROWS: tuple[Row, ...] = (
    row(
        "agreement_work",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
    ),
    of_the_provider("work_orders", provider=200),
    row(
        "work_order",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="work order",
        foreign=404,
    ),
    row(
        "work_order_exhibit",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="work order",
        foreign=404,
        note="Exhibit D, filled in",
    ),
    row(
        "work_order_act",
        "POST",
        reseller={**only((Actor.ADMINISTRATIVE,), 302, 403), Actor.LEFT: 404},
        provider=only((Actor.CONTRACT_ADMINISTRATOR,), 302, 403),
        about="work act",
        foreign=404,
        note="here: authorize the fee; every act in tests.contracts.work_orders.test_pages",
        sends=_authorisation,
    ),
)
