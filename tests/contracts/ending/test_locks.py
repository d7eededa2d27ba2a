"""What ends an agreement is decided by one at a time: an act waits for who holds what it reads and changes."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.payments import record_payment
from contracts.ending.actions.breaches import extend_cure, give_breach_notice, record_cure
from contracts.ending.actions.reseller_agreements import record_reseller_agreement
from contracts.ending.actions.software_notices import (
    give_software_notice,
    withdraw_software_notice,
)
from contracts.ending.actions.successions import record_succession
from contracts.ending.actions.terminations import terminate_agreement
from contracts.ending.models import BreachNotice, NoticeGround, SoftwareNotice
from portal.models import User
from tests.contracts.billing.world import AT, MoneyWorld
from tests.contracts.factories import load_back_line
from tests.held import waits_for

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = dt.date(2003, 3, 5)


def software_notice(agreement: Agreement, by: User, at: dt.datetime) -> SoftwareNotice:
    return give_software_notice(
        agreement,
        software="NetWorker",
        ground=NoticeGround.NO_LONGER_SUPPORTED,
        text="It ends.",
        given_on=TODAY,
        ends_on=dt.date(2003, 6, 10),
        by=by,
        at=at,
    )


def breach(agreement: Agreement, by: User, at: dt.datetime) -> BreachNotice:
    return give_breach_notice(
        agreement,
        by_side="reseller",
        text="No support.",
        delivery="by-hand",
        sent_on=TODAY,
        by=by,
        at=at,
    )


def test_a_notice_for_a_software_and_its_withdrawal_wait_for_the_agreement(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    with waits_for(mti):
        software_notice(mti, administrator, at)
    notice = software_notice(mti, administrator, at)
    with waits_for(mti):
        withdraw_software_notice(notice, by=administrator, at=at)


def test_how_the_reseller_agreement_stands_waits_for_the_agreement(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    with waits_for(mti):
        record_reseller_agreement(
            mti, standing="lapsed", since=TODAY, reason="Letter.", by=administrator, at=at
        )


def test_a_breach_more_time_for_it_and_its_cure_wait_for_the_agreement(at: dt.datetime) -> None:
    agreement = load_back_line()
    gwen = User.objects.get(name="Gwen Holt")
    with waits_for(agreement):
        breach(agreement, gwen, at)
    notice = breach(agreement, gwen, at)
    with waits_for(agreement):
        extend_cure(notice, until=dt.date(2003, 4, 20), reason="Letter.", by=gwen, at=at)
    with waits_for(agreement):
        record_cure(notice, on=TODAY, how="Hired.", by=gwen, at=at)


def test_a_succession_waits_for_the_party_that_is_succeeded(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    with waits_for(mti.provider):
        record_succession(
            mti,
            name="EMC Corporation",
            to=mti.programme.transfers[0].to[1],
            since=dt.date(2003, 3, 1),
            reason="The merger.",
            by=administrator,
            at=at,
        )


@pytest.mark.parametrize("held", ["agreement", "invoice"])
def test_a_termination_waits_for_the_agreement_and_for_a_payment_of_its_invoices(held: str) -> None:
    world = MoneyWorld()
    subjects = {"agreement": world.agreement, "invoice": world.invoice()}
    on = world.agreement.date_at(AT)
    total = subjects["invoice"].total
    record_payment(subjects["invoice"], amount=total, dated_on=on, by=world.keeper, at=AT)
    record_reseller_agreement(
        world.agreement, standing="terminated", since=on, reason="Letter.", by=world.keeper, at=AT
    )
    with waits_for(subjects[held]):
        terminate_agreement(
            world.agreement, on=on, basis="time", reason="So.", by=world.keeper, at=AT
        )
