"""What bears on an agreement's end."""

import datetime as dt
from typing import Any

from contracts.ending.models import (
    BreachNotice,
    ResellerAgreementChange,
    SoftwareNotice,
    Succession,
)
from tests.contracts.factories import LOADED_AT, make_agreement, make_organisation

DAY = dt.date(2003, 3, 5)


def _notice(**fields: Any) -> SoftwareNotice:
    values: dict[str, Any] = {
        "agreement": make_agreement(),
        "software": "NetWorker",
        "ground": "no_longer_supported",
        "given_on": DAY,
        "ends_on": DAY + dt.timedelta(days=90),
        "text": "Support ends.",
        "recorded_at": LOADED_AT,
    }
    return SoftwareNotice.objects.create(**(values | fields))


def _succession(**fields: Any) -> Succession:
    values: dict[str, Any] = {
        "name": "EMC",
        "predecessor": "Legato",
        "since": DAY,
        "reason": "A merger.",
        "recorded_at": LOADED_AT,
    }
    values |= fields
    values.setdefault("organisation", make_organisation())
    return Succession.objects.create(**values)


def reseller_agreement_change_has_a_reason() -> None:
    ResellerAgreementChange.objects.create(
        agreement=make_agreement(), standing="lapsed", since=DAY, recorded_at=LOADED_AT
    )


def software_notice_ends_after_it_is_given() -> None:
    _notice(ends_on=DAY)


def software_notice_is_in_writing() -> None:
    _notice(text="")


def succession_once_a_day() -> None:
    first = _succession()
    _succession(organisation=first.organisation)


def customers_succession_once_a_day() -> None:
    first = _succession(under=make_organisation())
    _succession(organisation=first.organisation, under=first.under)


def succession_after_the_other_party_knew() -> None:
    _succession(other_party_on=DAY + dt.timedelta(days=1))


def succession_names_both() -> None:
    _succession(name="")


def _breach(**fields: Any) -> BreachNotice:
    values: dict[str, Any] = {
        "agreement": make_agreement(),
        "by_side": "reseller",
        "text": "No support in February.",
        "delivery": "by-hand",
        "sent_on": DAY,
        "received_on": DAY,
        "cure_until": DAY + dt.timedelta(days=30),
        "recorded_at": LOADED_AT,
    }
    return BreachNotice.objects.create(**(values | fields))


def breach_notice_is_in_writing() -> None:
    _breach(text="")


def breach_notice_received_after_it_went() -> None:
    _breach(received_on=DAY - dt.timedelta(days=1))


def breach_cure_ends_after_receipt() -> None:
    _breach(cure_until=DAY - dt.timedelta(days=1))


def breach_cured_on_a_day_and_how() -> None:
    _breach(cured_on=DAY)


VIOLATIONS = [
    reseller_agreement_change_has_a_reason,
    software_notice_ends_after_it_is_given,
    software_notice_is_in_writing,
    succession_once_a_day,
    customers_succession_once_a_day,
    succession_after_the_other_party_knew,
    succession_names_both,
    breach_notice_is_in_writing,
    breach_notice_received_after_it_went,
    breach_cure_ends_after_receipt,
    breach_cured_on_a_day_and_how,
]
