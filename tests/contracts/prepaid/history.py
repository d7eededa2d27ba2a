"""A year's half of cases for pages: taken, charged, given back, transferred, admitted over quota."""

import datetime as dt
import random

from contracts.agreements.models.agreements import Agreement
from contracts.prepaid.actions.ledger import settle
from contracts.prepaid.actions.transfer import transfer_cases
from portal.models import User
from portal.roles import Role
from tests.contracts.factories import reserve

DAY = dt.timedelta(days=1)


def a_manager() -> User:
    """An account manager."""
    return User.objects.create_user(
        "ada.manager@legato.example", name="Ada Manager", roles=[Role.ACCOUNT_MANAGER]
    )


def live_through(agreement: Agreement, by: User, until: dt.datetime, each: int = 3) -> None:
    """Open a case every so many days from the Effective Date on and settle most of them, by real acts."""
    chance = random.Random(7)
    at, number = agreement.starts_at + DAY, 100
    while at < until:
        region = "US" if chance.random() < 0.6 else "EMEA"
        number += 1
        reserve(agreement, region, reference=str(number), by=by, at=at)
        if at + 9 * DAY < until:
            charged = chance.random() < 0.8
            settle(str(number), charged=charged, clause="ATSP 2.3", by=by, at=at + 9 * DAY)
        at += chance.randint(1, each) * DAY
    transfer_cases(
        agreement,
        source="emea",
        target="us",
        cases=12,
        reason="The support team of EMEA moved to Tustin for the winter.",
        by=by,
        at=until - 20 * DAY,
    )
