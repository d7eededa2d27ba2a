"""Rows of the access matrix: prepaid cases of an agreement, transfers and extensions."""

from tests.access.actors import Actor
from tests.access.rows import PRESENT, Row, only, row

DECIDERS = (Actor.ACCOUNT_MANAGER, Actor.CONTRACT_ADMINISTRATOR)

_TRANSFER = {
    "transfer-source": "emea",
    "transfer-target": "us",
    "transfer-cases": "2",
    "transfer-reason": "A new team.",
}
_ORDER = {
    "number": "PO-1",
    "dated_on": "2004-03-05",
    "amount": "90000.00",
    "given_by": "Ada Lindt",
}

CASES_ROWS: tuple[Row, ...] = (
    row(
        "agreement_cases",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
    ),
    row(
        "case_ledger_csv",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
    ),
    row(
        "transfer_cases",
        "POST",
        reseller=only(PRESENT, 403, 404),
        provider=only(DECIDERS, 302, 403),
        about="agreement",
        foreign=404,
        sends=lambda world, side: dict(_TRANSFER),
    ),
    row(
        "agreement_extension",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
    ),
    row(
        "agreement_extension",
        "POST",
        reseller={**only((Actor.ADMINISTRATIVE,), 302, 403), Actor.LEFT: 404},
        provider=only(DECIDERS, 302, 403),
        about="agreement",
        foreign=404,
        sends=lambda world, side: dict(_ORDER),
        note="here one awaits its decision already, and is shown",
    ),
    row(
        "decide_extension",
        "POST",
        reseller=only(PRESENT, 403, 404),
        provider=only(DECIDERS, 302, 403),
        about="extension",
        foreign=404,
        sends=lambda world, side: {"accept": "1"},
    ),
    row(
        "withdraw_extension",
        "POST",
        reseller={**only((Actor.ADMINISTRATIVE,), 302, 403), Actor.LEFT: 404},
        provider=403,
        about="extension",
        foreign=404,
        note="before it is decided",
    ),
)
