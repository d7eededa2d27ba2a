"""Termination with the reseller agreement: only for its cause, not before it, and dated on its day (ATSP 5.1, 9.4)."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.actions.payments import record_payment
from contracts.billing.models.invoices import Invoice
from contracts.ending.actions.reseller_agreements import record_reseller_agreement
from contracts.ending.actions.software_notices import give_software_notice
from contracts.ending.actions.terminations import terminate_agreement
from contracts.ending.models import NoticeGround, ResellerAgreementState
from contracts.parties.models.parties import OrganisationKind
from contracts.parties.models.provider_people import ProviderPerson
from portal.models import User
from portal.rules.refusal import Refusal
from tests.contracts.factories import make_agreement, make_organisation

pytestmark = pytest.mark.django_db
TODAY = dt.date(2003, 3, 5)
CAUSE_ON = dt.date(2003, 3, 4)


def record(
    agreement: Agreement, standing: str, by: User, at: dt.datetime, since: dt.date = CAUSE_ON
) -> None:
    record_reseller_agreement(
        agreement, standing=standing, since=since, reason="Our letter.", by=by, at=at
    )


def terminate(
    agreement: Agreement, by: User, at: dt.datetime, on: dt.date = TODAY, basis: str = "time"
) -> Agreement:
    return terminate_agreement(agreement, on=on, basis=basis, reason="So.", by=by, at=at)


def paid(agreement: Agreement, by: User, at: dt.datetime) -> Invoice:
    """The year's fees, invoiced and paid."""
    (invoice,) = issue_invoices(agreement, charges=agreement.charges.to_bill(), by=by, at=at)
    record_payment(invoice, amount=invoice.total, dated_on=agreement.date_at(at), by=by, at=at)
    return invoice


@pytest.mark.clause("ATSP 9.4")
@pytest.mark.parametrize(
    "standing",
    [
        None,
        ResellerAgreementState.LAPSED,
        ResellerAgreementState.NOT_COMPLIED,
        ResellerAgreementState.IN_FORCE,
    ],
)
def test_only_a_reseller_agreement_terminated_for_cause_ends_the_agreement(
    mti: Agreement, administrator: User, at: dt.datetime, standing: str | None
) -> None:
    if standing is not None:
        record(mti, standing, administrator, at)
    with pytest.raises(Refusal, match="was not terminated for cause") as refused:
        terminate(mti, administrator, at)
    assert refused.value.clause == "ATSP 9.4"
    mti.refresh_from_db()
    assert mti.state == AgreementState.IN_FORCE
    assert not mti.charges.filter(kind="refund").exists()


@pytest.mark.clause("ATSP 9.4")
def test_a_reseller_agreement_in_force_again_ends_nothing(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    record(mti, ResellerAgreementState.IN_FORCE, administrator, at, since=TODAY)
    with pytest.raises(Refusal, match="was not terminated for cause"):
        terminate(mti, administrator, at)


@pytest.mark.clause("ATSP 9.4")
def test_the_agreement_does_not_end_before_its_cause(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    with pytest.raises(Refusal, match="stood until 4 Mar 2003") as refused:
        terminate(mti, administrator, at, on=CAUSE_ON - dt.timedelta(days=1))
    assert (refused.value.field, refused.value.clause) == ("on", "ATSP 9.4")
    ended = terminate(mti, administrator, at, on=CAUSE_ON)
    assert (ended.end_cause, ended.ended_on) == (EndCause.TERMINATED, CAUSE_ON)


@pytest.mark.clause("ATSP 9.4", "D-5")
@pytest.mark.parametrize("basis", ["", "mood"])
def test_a_refund_is_by_time_or_by_cases(
    mti: Agreement, administrator: User, at: dt.datetime, basis: str
) -> None:
    record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    with pytest.raises(Refusal, match="Say which refund applies") as refused:
        terminate(mti, administrator, at, basis=basis)
    assert refused.value.field == "basis"


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_a_refund_is_dated_on_the_first_day_without_the_agreement(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    paid(mti, administrator, at)
    record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    terminate(mti, administrator, at)
    refunds = mti.charges.filter(kind="refund")
    assert {one.incurred_on for one in refunds} == {TODAY}
    assert mti.effective_on < TODAY


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_a_refund_says_why_it_applies(mti: Agreement, administrator: User, at: dt.datetime) -> None:
    record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    with pytest.raises(Refusal, match="Say why this refund applies"):
        terminate_agreement(mti, on=TODAY, basis="time", reason=" ", by=administrator, at=at)
    assert not mti.charges.filter(kind="refund").exists()


@pytest.mark.clause("ATSP 9.4")
def test_another_providers_administrator_terminates_nothing(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    elsewhere = make_organisation("Westlake", kind=OrganisationKind.PROVIDER, own_people=True)
    ProviderPerson.objects.create(user=administrator, organisation=elsewhere)
    with pytest.raises(Refusal, match="another provider's agreement"):
        terminate(mti, administrator, at)
    with pytest.raises(Refusal, match="another provider's agreement"):
        record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    with pytest.raises(Refusal, match="another provider's agreement"):
        give_software_notice(
            mti,
            software="NetWorker",
            ground=NoticeGround.NO_LONGER_SUPPORTED,
            text="It ends.",
            given_on=TODAY,
            ends_on=dt.date(2003, 9, 1),
            by=administrator,
            at=at,
        )


@pytest.mark.clause("ATSP 9.4")
def test_a_refund_that_is_recorded_later_keeps_its_day(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    paid(mti, administrator, at)
    record(mti, ResellerAgreementState.TERMINATED, administrator, at)
    terminate(mti, administrator, at + dt.timedelta(days=3))
    assert {one.incurred_on for one in mti.charges.filter(kind="refund")} == {TODAY}


@pytest.mark.clause("ATSP 5.1")
def test_every_year_of_the_contract_that_has_not_ended_knows_how_the_reseller_agreement_stands(
    administrator: User, at: dt.datetime
) -> None:
    now = make_agreement(reseller_agreement_in_force=True)
    same = {
        "version": now.programme_version,
        "contract_number": now.contract_number,
        "reseller": now.reseller,
        "reseller_agreement_in_force": True,
    }
    year = dt.timedelta(days=365)
    ended = make_agreement(
        **same,
        state=AgreementState.ENDED,
        effective_on=now.effective_on - year,
        ends_on=now.effective_on - dt.timedelta(days=1),
    )
    to_come = make_agreement(
        **same,
        state=AgreementState.SIGNED,
        effective_on=now.ends_on + dt.timedelta(days=1),
        ends_on=now.ends_on + year,
    )
    another = make_agreement(now.programme_version, reseller_agreement_in_force=True)
    record(now, ResellerAgreementState.LAPSED, administrator, at)
    for one in (now, ended, to_come, another):
        one.refresh_from_db()
    years = (now, to_come, ended, another)
    assert [one.reseller_agreement_in_force for one in years] == [False, False, True, True]
    with pytest.raises(Refusal, match="already, since 4 Mar 2003"):
        record(to_come, ResellerAgreementState.LAPSED, administrator, at)
