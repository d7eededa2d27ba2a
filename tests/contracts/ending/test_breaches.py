"""Several notices of a breach under one agreement, and acts on one that is settled already (SCL 10.1)."""

import datetime as dt
from typing import Any

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.ending.actions.breaches import (
    CURE_OVER,
    extend_cure,
    give_breach_notice,
    record_cure,
    terminate_by_notice,
)
from contracts.ending.models import BreachNotice
from contracts.parties.models.parties import OrganisationKind
from contracts.parties.models.provider_people import ProviderPerson
from portal.models import Deadline, Notice, User
from portal.rules.refusal import Refusal
from tests.contracts.factories import load_back_line, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.clause("SCL 10.1")]
AT = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)
TODAY = dt.date(2003, 3, 5)
DAY = dt.timedelta(days=1)


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


@pytest.fixture
def gwen(agreement: Agreement) -> User:
    """A contract administrator of the provider."""
    return User.objects.get(name="Gwen Holt")


def noticed(agreement: Agreement, by: User, **changes: Any) -> BreachNotice:
    told: dict[str, Any] = {
        "by_side": "reseller",
        "text": "No Level 3 Support was given in February (8.2).",
        "delivery": "by-hand",
        "sent_on": TODAY,
    }
    return give_breach_notice(agreement, by=by, at=AT, **(told | changes))


def running(agreement: Agreement) -> list[str]:
    """The notices, by key, whose time to cure runs."""
    rows = Deadline.objects.about(agreement).pending().filter(kind=CURE_OVER)
    return list(rows.order_by("step").values_list("step", flat=True))


def test_the_cure_of_one_breach_and_more_time_for_it_leave_the_others_time_running(
    agreement: Agreement, gwen: User
) -> None:
    one, other = noticed(agreement, gwen), noticed(agreement, gwen, text="Nor in March.")
    others_end = Deadline.objects.about(agreement).get(kind=CURE_OVER, step=str(other.pk)).due_at
    extend_cure(one, until=dt.date(2003, 4, 20), reason="Letter.", by=gwen, at=AT)
    assert running(agreement) == sorted([str(one.pk), str(other.pk)])
    record_cure(one, on=TODAY, how="Hired.", by=gwen, at=AT)
    assert running(agreement) == [str(other.pk)]
    assert Deadline.objects.about(agreement).pending().get(kind=CURE_OVER).due_at == others_end


def test_once_the_agreement_is_terminated_no_other_breach_is_to_be_cured(
    agreement: Agreement, gwen: User
) -> None:
    noticed(agreement, gwen)
    cause = noticed(agreement, gwen, curable=False)
    assert len(running(agreement)) == 1
    terminate_by_notice(cause, on=TODAY, by=gwen, at=AT)
    assert running(agreement) == []


def test_another_providers_administrator_records_no_breach(
    agreement: Agreement, administrator: User
) -> None:
    elsewhere = make_organisation("Westlake", kind=OrganisationKind.PROVIDER, own_people=True)
    ProviderPerson.objects.create(user=administrator, organisation=elsewhere)
    with pytest.raises(Refusal, match="another provider's agreement"):
        noticed(agreement, administrator)
    assert not BreachNotice.objects.exists()


def test_both_sides_are_told_of_a_notice_when_it_is_recorded(
    agreement: Agreement, gwen: User
) -> None:
    noticed(agreement, gwen)
    told = Notice.objects.about(agreement).filter(template="breach_notice", channel="email")
    houses = {one.address.partition("@")[2] for one in told}
    assert houses == {"caminosoft.example", "backline.legato.example"}


def test_a_breach_is_cured_once(agreement: Agreement, gwen: User) -> None:
    notice = noticed(agreement, gwen)
    record_cure(notice, on=TODAY, how="Two engineers hired.", by=gwen, at=AT)
    with pytest.raises(Refusal, match="nothing to cure"):
        record_cure(notice, on=TODAY, how="Three.", by=gwen, at=AT)
    notice.refresh_from_db()
    assert notice.cured_how == "Two engineers hired."


@pytest.mark.parametrize("days", [-1, 1])
def test_a_breach_is_cured_between_its_notice_and_today(
    agreement: Agreement, gwen: User, days: int
) -> None:
    notice = noticed(agreement, gwen)
    with pytest.raises(Refusal, match="cannot have been cured in time") as refused:
        record_cure(notice, on=TODAY + days * DAY, how="Hired.", by=gwen, at=AT)
    assert refused.value.field == "on"


def test_who_holds_an_old_copy_of_an_agreement_that_ended_acts_on_its_notices_no_more(
    agreement: Agreement, gwen: User
) -> None:
    held = noticed(agreement, gwen)
    cause = noticed(agreement, gwen, curable=False)
    terminate_by_notice(
        BreachNotice.objects.select_related("agreement").get(pk=cause.pk), on=TODAY, by=gwen, at=AT
    )
    with pytest.raises(Refusal, match="there is nothing to terminate"):
        extend_cure(held, until=dt.date(2003, 4, 20), reason="Letter.", by=gwen, at=AT)
    held.refresh_from_db()
    assert held.cure_until == dt.date(2003, 4, 4)
