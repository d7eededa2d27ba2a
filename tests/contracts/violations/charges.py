"""Charges, standing fees and authorizations."""

import datetime as dt
from decimal import Decimal
from typing import Any

from contracts.billing.models.charges import Authorisation, Charge, StandardFee
from tests.contracts.factories import LOADED_AT, make_agreement


def _charge(**fields: Any) -> Charge:
    values: dict[str, Any] = {
        "kind": "cases",
        "text": "Cases",
        "words": "40 cases.",
        "amount": Decimal(1),
        "currency": "USD",
        "clause": "ATSP page 1",
        "incurred_on": dt.date(2002, 9, 3),
        "at": LOADED_AT,
    }
    return Charge.objects.create(agreement=make_agreement(), **(values | fields))


def _authorisation(**fields: Any) -> Authorisation:
    values: dict[str, Any] = {
        "kind": "purchase_order",
        "number": "PO-1",
        "given_by": "Ada Lindt",
        "dated_on": dt.date(2002, 9, 3),
        "received_at": LOADED_AT,
    }
    return Authorisation.objects.create(agreement=make_agreement(), **(values | fields))


def _fee(**fields: Any) -> StandardFee:
    values: dict[str, Any] = {
        "code": "additional_contact",
        "amount": 500,
        "starts_on": dt.date(2002, 9, 3),
        "set_at": LOADED_AT,
    }
    return StandardFee.objects.create(**(values | fields))


def charge_sign_follows_its_kind() -> None:
    _charge(kind="credit")


def charge_names_its_clause() -> None:
    _charge(clause="")


def charge_takes_back_another() -> None:
    _charge(id=77, takes_back_id=77)


def charge_gives_back_as_a_credit() -> None:
    _charge(kind="work", gives_back=_charge())


def authorisation_is_a_number_or_a_text() -> None:
    _authorisation(number="")


def authorisation_covers_something() -> None:
    _authorisation(amount=0)


def standard_fee_once_a_day() -> None:
    _fee()
    _fee()


def standard_fee_not_negative() -> None:
    _fee(amount=-1)


VIOLATIONS = [
    charge_sign_follows_its_kind,
    charge_names_its_clause,
    charge_takes_back_another,
    charge_gives_back_as_a_credit,
    authorisation_is_a_number_or_a_text,
    authorisation_covers_something,
    standard_fee_once_a_day,
    standard_fee_not_negative,
]
