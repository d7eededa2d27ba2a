"""The life of an agreement: signed, in force on its day, ended with its cause, and what its days do by themselves."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.agreements.actions.life import (
    EXPIRES,
    IN_FORCE,
    end_agreement,
    end_for_cause,
    take_force,
)
from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.actions.signing import sign_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.agreements.models.signing import Side, Signature
from contracts.agreements.page.overview import Phase, phase_of
from contracts.billing.models.charges import Charge
from contracts.ending.actions.terminations import refunds_on
from contracts.prepaid.models.ledger import CaseAccount
from contracts.programmes.models import ProgrammeVersion
from contracts.renewal.actions.proposal import OPENS
from contracts.roster.permissions import permissions_of
from portal.deadlines.sweep import sweep
from portal.models import Deadline, JournalEntry, Notice, User
from portal.notices.rendering import render
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.factories import make_agreement, reserve

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
SIGNED_AT = dt.datetime(2002, 8, 30, 18, 0, tzinfo=dt.UTC)
BEGINS = dt.datetime(2002, 9, 3, 7, 0, tzinfo=dt.UTC)  # midnight in Los Angeles
OVER = dt.datetime(2003, 9, 3, 7, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def a_draft(**fields: Any) -> Agreement:
    """A draft of tier I with a signatory on each side."""
    draft = make_agreement(state=AgreementState.DRAFT, **fields)
    for side in Side:
        Signature.objects.create(agreement=draft, side=side, place="page 1", name=f"Ann {side}")
    return draft


def signed(draft: Agreement, at: dt.datetime = SIGNED_AT) -> Agreement:
    return sign_agreement(draft, by=None, at=at, signed_on=dt.date(2002, 8, 29))


def pending(agreement: Agreement) -> dict[str, dt.datetime]:
    rows = Deadline.objects.about(agreement).pending()
    return {row.kind: row.due_at for row in rows if row.kind in (IN_FORCE, EXPIRES)}


def verbs(agreement: Agreement) -> list[str]:
    """The acts of the agreement's life, in the order of the record."""
    entries = JournalEntry.objects.about(agreement).order_by("pk")
    life = ("agreement.signed", "agreement.in_force", "agreement.ended")
    return [entry.verb for entry in entries if entry.verb in life]


@pytest.mark.clause("ATSP page 1", "ATSP page 1, 2.a")
def test_a_signed_draft_is_charged_granted_and_awaits_its_day(administrator: User) -> None:
    draft = a_draft()
    agreement = sign_agreement(
        draft, by=administrator, at=SIGNED_AT, signed_on=dt.date(2002, 8, 29)
    )
    assert agreement.state == AgreementState.SIGNED
    assert {one.signed_on for one in agreement.signatures.all()} == {dt.date(2002, 8, 29)}
    assert [line.amount for line in Charge.objects.filter(agreement=agreement)] == [24000]
    assert [account.granted for account in CaseAccount.objects.all()] == [40]
    assert pending(agreement) == {IN_FORCE: BEGINS, EXPIRES: OVER}
    entry = JournalEntry.objects.about(agreement).get(verb="agreement.signed")
    assert (entry.by, entry.clause, entry.public) == (administrator, "ATSP page 1", True)
    assert sign_agreement(agreement, by=administrator, at=SIGNED_AT).pk == agreement.pk
    assert verbs(agreement) == ["agreement.signed"], "signing again changes nothing"


@pytest.mark.clause("ATSP page 1, 2.a")
def test_its_day_puts_it_in_force_at_its_very_first_instant_and_once(administrator: User) -> None:
    agreement = signed(a_draft())
    sweep(BEGINS - SECOND)
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SIGNED
    assert sweep(BEGINS).kinds[IN_FORCE] == 1
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.IN_FORCE
    assert agreement.is_in_force(BEGINS)
    assert not agreement.is_in_force(BEGINS - SECOND)
    sweep(BEGINS + SECOND)
    told = Notice.objects.filter(template="agreement_in_force", channel="email")
    assert [notice.recipient for notice in told] == [administrator]


@pytest.mark.clause("ATSP page 1, 2.a")
def test_the_year_runs_out_at_the_end_of_its_last_day_in_its_zone(administrator: User) -> None:
    agreement = signed(a_draft())
    sweep(OVER - SECOND)
    agreement.refresh_from_db()
    assert agreement.is_in_force(OVER - SECOND)
    assert sweep(OVER).kinds[EXPIRES] == 1
    agreement.refresh_from_db()
    assert (agreement.state, agreement.end_cause) == (AgreementState.ENDED, EndCause.EXPIRED)
    assert agreement.ended_on == dt.date(2003, 9, 3)
    entry = JournalEntry.objects.about(agreement).get(verb="agreement.ended")
    assert (entry.by, entry.clause) == (None, "ATSP page 1, 2.a")
    assert Notice.objects.filter(template="agreement_ended", channel="email").count() == 1
    assert agreement.is_in_force(OVER - SECOND), "it was in force then, and stays so"


def test_after_an_outage_both_days_come_in_their_order(db: None) -> None:
    agreement = signed(a_draft())
    sweep(OVER + dt.timedelta(days=40))
    agreement.refresh_from_db()
    assert agreement.ended_on == dt.date(2003, 9, 3)
    assert verbs(agreement) == ["agreement.signed", "agreement.in_force", "agreement.ended"]
    rows = Deadline.objects.about(agreement).filter(kind__in=[IN_FORCE, EXPIRES])
    assert {row.late for row in rows} == {True}


def test_on_time_rows_are_not_reported_as_late_beside_a_late_one(administrator: User) -> None:
    missed = signed(a_draft(effective_on=dt.date(2002, 9, 2), ends_on=dt.date(2003, 9, 1)))
    timely = signed(a_draft())
    sweep(BEGINS)
    told = Notice.objects.filter(template="agreement_in_force", channel="email")
    assert {notice.subject_id: notice.late for notice in told} == {
        missed.pk: True,
        timely.pk: False,
    }


def test_signed_after_the_effective_date_it_is_in_force_at_once() -> None:
    agreement = sign_agreement(a_draft(), by=None, at=AT, signed_on=dt.date(2002, 12, 31))
    assert agreement.state == AgreementState.IN_FORCE
    assert pending(agreement) == {EXPIRES: OVER}


def test_before_its_day_it_does_not_come_in_force() -> None:
    agreement = signed(a_draft())
    with pytest.raises(Refusal, match="before the Effective Date, 3 Sep 2002") as refused:
        take_force(agreement, by=None, at=BEGINS - SECOND)
    assert refused.value.clause == "ATSP page 1, 2.a"
    with pytest.raises(Refusal, match="is a draft"):
        take_force(a_draft(contract_number="X-2"), by=None, at=AT)
    taken = take_force(agreement, by=None, at=BEGINS)
    assert take_force(taken, by=None, at=BEGINS).state == AgreementState.IN_FORCE
    assert pending(taken) == {EXPIRES: OVER}


UNSIGNABLE = {
    "nobody for the reseller": (
        lambda draft: draft.signatures.filter(side="reseller").delete(),
        dt.date(2002, 8, 29),
        "Nobody is named to sign for the reseller",
        "reseller_signatory",
    ),
    "no day": (
        lambda draft: None,
        None,
        "The day on which Ann provider signed",
        "provider_signed_on",
    ),
    "a day to come": (
        lambda draft: None,
        dt.date(2002, 8, 31),
        "that day is in the future",
        "provider_signed_on",
    ),
}


@pytest.mark.parametrize(("spoil", "day", "said", "field"), UNSIGNABLE.values(), ids=UNSIGNABLE)
def test_an_agreement_signed_by_one_side_does_not_begin(
    spoil: Any, day: dt.date | None, said: str, field: str
) -> None:
    draft = a_draft()
    spoil(draft)
    with pytest.raises(Refusal, match=said) as refused:
        sign_agreement(draft, by=None, at=SIGNED_AT, signed_on=day)
    assert (refused.value.field, refused.value.clause) == (field, "ATSP page 1")
    draft.refresh_from_db()
    assert draft.state == AgreementState.DRAFT
    assert not Charge.objects.exists()


def test_only_contract_administrators_sign_and_end(mti: Agreement, make_user: Any) -> None:
    seller = make_user("Sam Sale", "sales")
    with pytest.raises(Refusal, match="You may not sign an agreement"):
        sign_agreement(a_draft(), by=seller, at=SIGNED_AT)
    with pytest.raises(Refusal, match="You may not end an agreement"):
        end_agreement(mti, cause=EndCause.CASES_SPENT, on=AT.date(), by=seller, at=AT)
    with pytest.raises(Refusal, match="You may not end an agreement"):
        end_for_cause(mti, on=AT.date(), reason="x", by=seller, at=AT)


@pytest.mark.clause("ATSP page 1, 2.a")
def test_overlapping_years_are_refused_with_the_other_contracts_number() -> None:
    first = make_agreement(contract_number="C-FIRST")
    draft = a_draft(
        reseller=first.reseller,
        effective_on=dt.date(2003, 9, 2),
        ends_on=dt.date(2004, 9, 1),
    )
    with pytest.raises(Refusal, match="C-FIRST, 3 Sep 2002 to 2 Sep 2003") as refused:
        signed(draft)
    assert refused.value.field == "effective_on"
    assert "3 Sep 2003 or later" in refused.value.way_out
    first.state, first.ended_on = AgreementState.ENDED, dt.date(2003, 9, 2)
    first.end_cause = EndCause.TERMINATED
    first.save()
    assert signed(draft).state == AgreementState.SIGNED, "an earlier end leaves its days free"


def test_the_database_itself_refuses_two_years_at_once() -> None:
    first = make_agreement()
    same = {"reseller": first.reseller, "effective_on": dt.date(2003, 9, 2)}
    with (
        pytest.raises(IntegrityError, match="agreement_years_do_not_overlap"),
        transaction.atomic(),
    ):
        make_agreement(ends_on=dt.date(2004, 9, 1), **same)
    withdrawn = make_agreement(
        reseller=first.reseller,
        state=AgreementState.ENDED,
        ended_on=dt.date(2002, 9, 1),
        end_cause=EndCause.TERMINATED,
    )
    assert not withdrawn.is_in_force(AT), "withdrawn before its day, it takes no day of the year"


@pytest.mark.clause("ATSP 9.4")
def test_a_termination_ends_the_agreement_and_cancels_its_deadlines(
    mti: Agreement, administrator: User
) -> None:
    on = dt.date(2003, 3, 5)
    user = mti.reseller.contacts.get(name="Mathew Keane").user
    ended = end_for_cause(
        mti,
        on=on,
        reason="The reseller agreement was terminated for cause.",
        by=administrator,
        at=AT,
    )
    assert (ended.state, ended.ended_on) == (AgreementState.ENDED, on)
    entry = JournalEntry.objects.about(ended).get(verb="agreement.ended")
    assert (entry.clause, entry.by) == ("ATSP 9.4", administrator)
    assert pending(ended) == {}
    row = Deadline.objects.about(ended).get(kind=EXPIRES)
    assert (row.state, row.cause) == ("cancelled", "The agreement ended: terminated with cause.")
    yesterday = AT - dt.timedelta(days=1)
    assert ended.is_in_force(yesterday)
    assert not ended.is_in_force(AT)
    assert list(Agreement.objects.in_force(yesterday)) == [mti]
    assert not Agreement.objects.in_force(AT).exists()
    assert phase_of(ended, AT) is Phase.ENDED
    standing = permissions_of(user, AT)
    assert standing.agreement is None
    assert not standing.may_ask
    assert standing.is_technical, "their open cases are worked on to closure"
    again = end_agreement(ended, cause=EndCause.EXPIRED, on=on, by=administrator, at=AT)
    assert (again.end_cause, verbs(again).count("agreement.ended")) == (EndCause.TERMINATED, 1)
    with pytest.raises(Refusal, match="not in force"):
        reserve(ended, "US", reference="C-1", by=None, at=AT)


@pytest.mark.clause("ATSP 9.4")
def test_nothing_is_terminated_whose_cause_nobody_asked_for(
    mti: Agreement, administrator: User
) -> None:
    """The reseller agreement stands: neither a reason nor a post makes up for that."""
    on = dt.date(2003, 3, 5)
    with pytest.raises(Refusal, match="only with its reseller agreement") as refused:
        end_agreement(mti, cause=EndCause.TERMINATED, on=on, reason="So.", by=administrator, at=AT)
    assert (refused.value.clause, refused.value.field) == ("ATSP 9.4", "cause")
    mti.refresh_from_db()
    assert (mti.state, mti.ended_on) == (AgreementState.IN_FORCE, None)
    assert pending(mti) == {EXPIRES: OVER}


@pytest.mark.clause("ATSP page 1, 2.a")
def test_it_ends_by_spent_cases_only_when_all_are_spent(mti: Agreement) -> None:
    on = dt.date(2003, 3, 6)
    with pytest.raises(Refusal, match="200 cases are left") as refused:
        end_agreement(mti, cause=EndCause.CASES_SPENT, on=on, by=None, at=AT)
    assert refused.value.clause == "ATSP page 1, 2.a"
    for account in mti.case_accounts.all():
        account.charged = account.granted
        account.save()
    ended = end_agreement(mti, cause=EndCause.CASES_SPENT, on=on, by=None, at=AT)
    assert ended.is_in_force(AT), "the day before its first day without"
    assert not ended.is_in_force(AT + dt.timedelta(days=1))


WRONG_DAYS = {
    "before the Effective Date": (EndCause.TERMINATED, dt.date(2002, 9, 2), "is before the Eff"),
    "after the anniversary": (EndCause.TERMINATED, dt.date(2003, 9, 4), "is over anyway"),
    "on the day that it is over": (
        EndCause.TERMINATED,
        dt.date(2003, 9, 3),
        "is the day after 2 Sep 2003, when the contract year is over anyway",
    ),
    "expired in mid-year": (EndCause.EXPIRED, dt.date(2003, 3, 5), "it cannot expire on"),
    "still to come": (EndCause.TERMINATED, dt.date(2003, 3, 7), "is still to come"),
}


@pytest.mark.parametrize(("cause", "on", "said"), WRONG_DAYS.values(), ids=WRONG_DAYS)
@pytest.mark.clause("ATSP page 1, 2.a", "ATSP 9.4")
def test_a_day_that_cannot_be_its_end_is_refused_with_field_and_clause(
    mti: Agreement, cause: EndCause, on: dt.date, said: str
) -> None:
    ends = (
        partial(end_for_cause, reason="For cause.")
        if cause == EndCause.TERMINATED
        else partial(end_agreement, cause=cause)
    )
    with pytest.raises(Refusal, match=said) as refused:
        ends(mti, on=on, by=None, at=AT)
    assert refused.value.field == "on"
    assert refused.value.clause in ("ATSP 9.4", "ATSP page 1, 2.a")
    assert pending(mti) == {EXPIRES: OVER}


@pytest.mark.clause("ATSP 9.4")
def test_every_day_on_which_it_can_be_terminated_has_its_refund(mti: Agreement) -> None:
    for on in (
        mti.effective_on,
        mti.ends_on,
        mti.anniversary,
        mti.anniversary + dt.timedelta(days=1),
    ):
        evening = dt.datetime.combine(on, dt.time(20), dt.UTC)

        def ends(on: dt.date = on, at: dt.datetime = evening) -> None:
            with transaction.atomic():
                end_for_cause(mti, on=on, reason="So.", by=None, at=at)
                transaction.set_rollback(True)

        assert _refuses(ends) == _refuses(lambda on=on: refunds_on(mti, on)), on


def _refuses(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refusal:
        return True
    return False


@pytest.mark.clause("ATSP 9.4")
def test_a_termination_needs_its_reason_and_a_draft_has_nothing_to_end(mti: Agreement) -> None:
    with pytest.raises(Refusal, match="needs a reason") as refused:
        end_for_cause(mti, on=AT.date(), reason=" ", by=None, at=AT)
    assert (refused.value.field, refused.value.clause) == ("reason", "ATSP 9.4")
    with pytest.raises(Refusal, match="is a draft"):
        end_for_cause(a_draft(), on=AT.date(), reason="So.", by=None, at=AT)


def test_a_loaded_agreement_awaits_its_end(version: ProgrammeVersion) -> None:
    text = factories.MTI_FILE.read_text(encoding="utf-8")
    mti = load_agreement(text, name="mti-2002.toml", by=None, at=factories.LOADED_AT)
    assert pending(mti) == {EXPIRES: OVER}
    draft = text.replace('state = "in_force"', 'state = "draft"').replace("4453", "4454")
    other = load_agreement(draft, name="draft.toml", by=None, at=factories.LOADED_AT)
    assert pending(other) == {}


def test_the_days_of_many_cost_what_those_of_one_cost(administrator: User) -> None:
    def cost(agreements: int) -> int:
        for _ in range(agreements):
            signed(a_draft())
        with CaptureQueriesContext(
            connection,
        ) as captured:
            report = sweep(OVER)
        assert report.failed == 0
        found = {kind: report.kinds[kind] for kind in (IN_FORCE, OPENS, EXPIRES)}
        assert found == {IN_FORCE: agreements, OPENS: agreements, EXPIRES: agreements}
        return len(captured)

    assert cost(1) == cost(6)


def test_the_mails_say_what_happened_from_when_and_under_which_clause(
    mti: Agreement, administrator: User
) -> None:
    sweep(signed(a_draft()).starts_at)
    end_for_cause(
        mti,
        on=dt.date(2003, 3, 5),
        reason="The <reseller> agreement was terminated.",
        by=administrator,
        at=AT,
    )
    told = Notice.objects.filter(channel="email", subject_type="contracts.agreement")
    begun = render(told.filter(template="agreement_in_force").latest("pk"))
    assert "is in force from 3 September 2002 to 2 September 2003" in begun.text
    assert "ATSP 5.2.1" in begun.html
    to = told.filter(template="agreement_ended")
    keeper = mti.reseller.contacts.get(name="Terri Hirsch").user
    assert {notice.recipient for notice in to} == {administrator, keeper}
    ended = render(to.latest("pk"))
    assert ended.subject == "Agreement 271-ATSP-4453 ended"
    for said in ("terminated with cause", "5 March 2003 is the first day", "ATSP 9.4"):
        assert said in ended.text, said
    assert "The &lt;reseller&gt; agreement was terminated." in ended.html
