"""Extensions."""

import datetime as dt
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Authorisation
from contracts.prepaid.models.extensions import Extension
from portal.models import User
from tests.contracts.factories import LOADED_AT, make_agreement, make_contact


def an_extension(agreement: Agreement, **fields: Any) -> Extension:
    number = Authorisation.objects.count()
    order = Authorisation.objects.create(
        agreement=agreement,
        kind="purchase_order",
        number=f"PO-{number}",
        given_by="Ada Lindt",
        dated_on=dt.date(2003, 5, 10),
        received_at=LOADED_AT,
    )
    asker = User.objects.first() or make_contact(agreement.reseller).user
    values: dict[str, Any] = {
        "months": 4,
        "per_month": "2000.00",
        "total": "8000.00",
        "words": "4 months.",
        "asked_at": LOADED_AT,
        "asked_by": asker,
    }
    return Extension.objects.create(agreement=agreement, authorisation=order, **(values | fields))


def extension_asked_for_once_at_a_time() -> None:
    agreement = make_agreement()
    an_extension(agreement)
    an_extension(agreement)


def extension_has_months_and_a_price() -> None:
    an_extension(make_agreement(), months=0)


def extension_is_charged_or_declined_with_a_reason() -> None:
    agreement = make_agreement()
    an_extension(agreement, decided_at=LOADED_AT, decided_by=make_contact(agreement.reseller).user)


VIOLATIONS = [
    extension_asked_for_once_at_a_time,
    extension_has_months_and_a_price,
    extension_is_charged_or_declined_with_a_reason,
]
