"""Charges: what loading an agreement owes, line by line, and that a line is never changed (D-1, D-2)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, transaction

from contracts.billing.actions.charges import charge_year
from contracts.billing.models.charges import Charge, FeeCode, StandardFee
from portal.models import JournalEntry
from tests.contracts.factories import LOADED_AT, MTI_FILE, load

pytestmark = pytest.mark.django_db


@pytest.mark.clause("ATSP 3.1", "ATSP page 1", "D-1")
def test_loading_mti_charges_its_cases_and_its_two_psams() -> None:
    mti = load(MTI_FILE)
    lines = [(line.text, line.amount, line.clause) for line in mti.charges.all()]
    assert lines == [
        ("ATSP Level II", Decimal("80000.00"), "ATSP page 1"),
        ("2 × PSAM Level II from 3 Sep 2002", Decimal("45000.00"), "ATSP page 1"),
    ]
    assert charge_year(mti, by=None, at=LOADED_AT) == []
    told = JournalEntry.objects.about(mti).filter(verb="agreement.charged")
    assert [entry.text for entry in told] == [
        "ATSP Level II: US$80,000.00",
        "2 × PSAM Level II from 3 Sep 2002: US$45,000.00",
    ]


def test_a_line_never_changes() -> None:
    line = load(MTI_FILE).charges.first()
    assert line is not None
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        Charge.objects.filter(pk=line.pk).update(amount=1)


def test_a_standing_fee_is_that_of_its_day(at: dt.datetime) -> None:
    common: dict[str, Any] = {"code": FeeCode.ADDITIONAL_CONTACT, "set_at": at}
    StandardFee.objects.create(amount=500, starts_on=dt.date(2002, 1, 1), **common)
    StandardFee.objects.create(amount=600, starts_on=dt.date(2003, 1, 1), **common)

    def amount(day: dt.date, currency: str = "USD") -> Decimal | None:
        found = StandardFee.objects.on(FeeCode.ADDITIONAL_CONTACT, currency, day)
        return found.amount if found else None

    assert amount(dt.date(2001, 12, 31)) is None
    assert amount(dt.date(2002, 12, 31)) == 500
    assert amount(dt.date(2003, 1, 1)) == 600
    assert amount(dt.date(2003, 1, 1), "EUR") is None
