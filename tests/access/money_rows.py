"""Rows of the access matrix about an agreement's money: invoices, options, fees (ATSP 1.1, 3.2)."""

from typing import Any

from tests.access.actors import Actor
from tests.access.rows import PRESENT, Row, of_the_provider, only, row

BOOKS = (Actor.CONTRACT_ADMINISTRATOR, Actor.ACCOUNT_MANAGER)
KEEPER = (Actor.CONTRACT_ADMINISTRATOR,)
PAYER = (Actor.ADMINISTRATIVE,)


def _to_the_payer(status: int) -> dict[Actor, int]:
    """The Administrative Contact's; refused to their colleagues, not there for who left and for other companies."""
    return {
        **only(PAYER, status, 403),
        Actor.LEFT: 404,
    }


def _read(url: str, about: str = "agreement", **more: object) -> Row:
    return row(
        url,
        reseller=_to_the_payer(200),
        provider=only(BOOKS, 200, 403),
        about=about,
        foreign=404,
        **more,  # type: ignore[arg-type]
    )


def _kept(url: str, about: str = "agreement", refused: int = 403, **more: object) -> Row:
    """An act of the contract administrator's. Readers of the money are refused with `refused`."""
    provider = {**only(BOOKS, refused, 403), Actor.CONTRACT_ADMINISTRATOR: 302}
    return row(
        url,
        "POST",
        reseller=_to_the_payer(refused),
        provider=provider,
        about=about,
        foreign=404,
        **more,  # type: ignore[arg-type]
    )


def _paid(world: Any, side: Any) -> dict[str, Any]:
    invoice = side.agreement.invoices.get(number=side.things["invoice"][1])
    return {"amount": "5.00", "dated_on": invoice.issued_on.isoformat(), "reference": "Wire"}


MONEY_ROWS: tuple[Row, ...] = (
    of_the_provider("invoices", provider=only(BOOKS, 200, 403)),
    of_the_provider("invoices_csv", provider=only(BOOKS, 200, 403)),
    _read("agreement_money"),
    _read("money_csv"),
    _read("agreement_options", note="what an option would cost"),
    _kept(
        "agreement_options",
        note="takes it",
        sends=lambda world, side: {
            "option": side.agreement.programme.options[1].code,
            "quantity": 1,
            "taken_on": "2004-03-01",
            "asked_by": "Ada Lindt",
        },
    ),
    _kept(
        "issue_invoices",
        note="each line once",
        sends=lambda world, side: {"charges": side.things["charge"]},
    ),
    _kept(
        "charge_tax",
        note="on top of the fees (ATSP 13.1)",
        sends=lambda world, side: {"text": "Sales tax", "amount": "5.00"},
    ),
    row(
        "take_back_charge",
        reseller=_to_the_payer(403),
        provider=only(KEEPER, 200, 403),
        about="line",
        foreign=404,
    ),
    _kept(
        "take_back_charge",
        "line",
        note="takes it back by one of the opposite amount",
        sends=lambda world, side: {"reason": "Charged twice."},
    ),
    _read("invoice", "invoice"),
    _read("invoice_pdf", "invoice"),
    _kept("invoice_act", "payment of an invoice", 409, sends=_paid, note="here: record a payment"),
    row(
        "dispute_invoice",
        "POST",
        reseller=_to_the_payer(302),
        provider=only(BOOKS, 409, 403),
        about="invoice",
        foreign=404,
        sends=lambda world, side: {"reason": "We took one, not two."},
        note="in good faith (ATSP 3.2)",
    ),
    row(
        "programme_fees",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="programme",
        foreign=404,
        note="what everything costs under one's own version",
    ),
    row(
        "programme_fees",
        "POST",
        reseller=only(PRESENT, 403, 404),
        provider=only(KEEPER, 302, 403),
        about="programme",
        foreign=404,
        sends=lambda world, side: {
            "code": "additional_contact",
            "amount": "500.00",
            "starts_on": "2099-01-01",
        },
        note="sets a standard fee (ATSP 2.1)",
    ),
)
