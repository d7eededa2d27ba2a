"""A successor in interest: the provider's alone, and named in all that is made from its day on (ATSP 19.3; REN)."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.ending.actions.successions import record_succession
from contracts.ending.models import Succession
from portal.models import User
from portal.rules.refusal import Refusal

pytestmark = pytest.mark.django_db
SINCE = dt.date(2003, 3, 1)


def succeed(agreement: Agreement, side: str, to: str, by: User, at: dt.datetime) -> Succession:
    return record_succession(
        agreement,
        side=side,
        to=to,
        name="EMC Corporation",
        since=SINCE,
        reason="The merger.",
        by=by,
        at=at,
    )


@pytest.mark.clause("ATSP 19.3")
def test_a_reseller_has_no_successor(mti: Agreement, administrator: User, at: dt.datetime) -> None:
    with pytest.raises(Refusal, match="A reseller may not assign the agreement") as refused:
        succeed(mti, "reseller", "", administrator, at)
    assert refused.value.clause == "ATSP 19.3"
    with pytest.raises(Refusal, match="Say what the successor is") as refused:
        succeed(mti, "provider", "A customer", administrator, at)
    assert refused.value.clause == "ATSP 19.3"
    assert not Succession.objects.exists()
    acquirer = mti.programme.transfers[0].to[1]
    succession = succeed(mti, "provider", acquirer, administrator, at)
    assert succession.predecessor == "Legato Systems, Inc."
