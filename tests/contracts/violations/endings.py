"""What bears on an agreement's end."""

import datetime as dt
from typing import Any

from contracts.ending.models import ResellerAgreementChange, SoftwareNotice, Succession
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


def succession_names_both() -> None:
    _succession(name="")


VIOLATIONS = [
    reseller_agreement_change_has_a_reason,
    software_notice_ends_after_it_is_given,
    software_notice_is_in_writing,
    succession_once_a_day,
    succession_names_both,
]
