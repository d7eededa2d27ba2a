"""Traps of renewals and of money after an end."""

import datetime as dt

import pytest

from contracts.agreements.actions.life import end_for_cause
from contracts.agreements.models.agreements import Agreement
from contracts.renewal.actions.decision import Signatory, sign_renewal
from contracts.renewal.actions.proposal import OPENS, open_renewal
from contracts.renewal.models import RenewalProposal
from portal.deadlines.sweep import sweep
from portal.models import Deadline, Notice, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def local(day: str, hour: int) -> dt.datetime:
    """An hour of a day of the summer in Los Angeles."""
    return dt.datetime.fromisoformat(f"{day}T{hour:02}:00:00-07:00")


def proposed_to(user: User) -> list[dt.datetime]:
    notices = Notice.objects.filter(step="renewal-opened", channel="email", recipient=user)
    return list(notices.order_by("created_at").values_list("created_at", flat=True))


@pytest.mark.trap(23)
@pytest.mark.clause("REN")
def test_each_year_is_proposed_once_on_its_own_day_counted_from_its_own_anniversary() -> None:
    mti = factories.load(factories.MTI_FILE)
    manager = User.objects.create_user("a@legato.example", name="A", roles=[Role.ACCOUNT_MANAGER])
    administrator = User.objects.create_user(
        "c@legato.example", name="C", roles=[Role.CONTRACT_ADMINISTRATOR]
    )
    first, second = local("2003-06-05", 8), local("2004-06-05", 8)
    sweep(first - HOUR)
    assert proposed_to(manager) == []
    sweep(first)
    sweep(first + HOUR)
    assert proposed_to(manager) == [first]
    # signed seven weeks after the anniversary: the day of the signature moves nothing
    signed_at = local("2003-10-22", 10)
    renewed = sign_renewal(
        RenewalProposal.objects.get(agreement=mti),
        provider=Signatory("P", "", dt.date(2003, 10, 22)),
        reseller=Signatory("R", "", dt.date(2003, 10, 7)),
        by=administrator,
        at=signed_at,
    )
    assert renewed.effective_on == dt.date(2003, 9, 3)
    sweep(second - HOUR)
    assert proposed_to(manager) == [first]
    sweep(second)
    sweep(second + HOUR)
    assert proposed_to(manager) == [first, second]
    assert [one.agreement for one in RenewalProposal.objects.order_by("opened_at")] == [
        mti,
        renewed,
    ]


@pytest.mark.trap(24)
@pytest.mark.clause("ATSP 9.4")
def test_nothing_is_proposed_or_charged_after_a_termination(mti: Agreement) -> None:
    administrator = User.objects.create_user(
        "c@legato.example", name="C", roles=[Role.CONTRACT_ADMINISTRATOR]
    )
    at = local("2003-05-10", 10)
    before = open_renewal(mti, by=administrator, at=at)
    charges = set(mti.charges.values_list("pk", flat=True))
    end_for_cause(
        mti,
        on=dt.date(2003, 5, 10),
        reason="The reseller agreement was terminated for cause.",
        by=administrator,
        at=at,
    )
    before.refresh_from_db()
    assert before.state == "declined"
    sweep(local("2004-10-01", 8))
    assert not Deadline.objects.about(mti).filter(kind=OPENS).pending().exists()
    assert not Notice.objects.filter(step="renewal-opened", created_at__gt=at).exists()
    assert set(mti.charges.values_list("pk", flat=True)) == charges
    assert Agreement.objects.count() == 1
    with pytest.raises(Refusal):
        sign_renewal(
            before,
            provider=Signatory("P", "", dt.date(2003, 5, 10)),
            reseller=Signatory("R", "", dt.date(2003, 5, 10)),
            by=administrator,
            at=at,
        )


@pytest.fixture
def mti(db: None) -> Agreement:
    return factories.load(factories.MTI_FILE)
