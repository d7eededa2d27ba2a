"""The duty of a complete Exhibit A: in three Business Days, with reminders; missed, due again (ATSP 5.2.1)."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import NoticeAddress
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.roster.actions import changes as roster
from contracts.roster.actions import duty
from contracts.roster.models.entries import RosterRole
from contracts.roster.reading import form_now
from portal.deadlines import sweep
from portal.models import Deadline, JournalEntry, Notice, User
from portal.notices import rendering
from tests.contracts.factories import (
    LOADED_AT,
    make_agreement,
    make_contact,
    make_site,
    published_back_line,
    put_on_roster,
)
from tests.contracts.roster.test_changes import AT, details, line

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SIGNED = dt.datetime(2002, 8, 30, 18, tzinfo=dt.UTC)
DUE = dt.datetime(2002, 9, 7, 0, tzinfo=dt.UTC)  # Friday 6 September, 17:00 in Los Angeles


def of(agreement: Agreement, kind: str = duty.DUE) -> list[tuple[str, dt.datetime]]:
    rows = Deadline.objects.about(agreement).filter(kind=kind).order_by("id")
    return list(rows.values_list("state", "due_at"))


@pytest.fixture
def signed(db: None, administrator: User) -> Agreement:
    """An agreement that was signed with nobody on its roster but the Administrative Contact."""
    agreement = make_agreement(state=AgreementState.SIGNED)
    make_site(agreement.reseller, name="Anaheim")
    keeper = make_contact(agreement.reseller, name="Ada Lindt")
    put_on_roster(agreement, keeper, RosterRole.ADMINISTRATIVE)
    duty.begin(agreement, at=SIGNED)
    return agreement


@pytest.mark.clause("ATSP 5.2.1", "D-31")
def test_the_form_is_due_three_business_days_after_the_effective_date(signed: Agreement) -> None:
    assert of(signed) == [("pending", DUE)]
    assert of(signed, duty.REMINDER) == [("pending", DUE - 2 * DAY), ("pending", DUE - DAY)]
    owed = Deadline.objects.about(signed).get(kind=duty.DUE)
    assert owed.promise
    assert owed.clause == "ATSP 5.2.1"
    assert "6 Sep" in owed.words
    assert "The Effective Date, Tue 3 Sep 2002, does not count (D-31)." in owed.words


@pytest.mark.clause("ATSP 5.2.1", "D-31")
def test_recording_the_signature_late_does_not_move_the_day(administrator: User) -> None:
    agreement = make_agreement(state=AgreementState.IN_FORCE)
    duty.begin(agreement, at=AT)
    assert of(agreement) == [("pending", DUE)]
    sweep.sweep(AT)
    assert of(agreement) == [("missed", DUE)]


@pytest.mark.clause("ATSP 5.2.1", "D-31")
def test_a_form_that_was_in_before_a_late_signature_is_met_in_time(administrator: User) -> None:
    agreement = make_agreement(state=AgreementState.IN_FORCE)
    for standing in (RosterRole.TECHNICAL, RosterRole.ALTERNATE):
        put_on_roster(agreement, make_contact(agreement.reseller), standing)
    duty.begin(agreement, at=AT)
    owed = Deadline.objects.about(agreement).get(kind=duty.DUE)
    assert (owed.state, owed.due_at, owed.met_at) == ("met", DUE, LOADED_AT)


@pytest.mark.clause("ATSP 5.2.1", "D-7", "D-31")
@pytest.mark.parametrize(
    ("hours", "due"),
    {
        "on the Effective Date": (10, DUE),
        "the moment the day after begins": (24, DUE),
        "a later instant counts by itself": (34, DUE + dt.timedelta(days=2, hours=17)),
    }.values(),
)
def test_a_gap_of_the_roster_counts_from_its_instant_after_that_day(
    signed: Agreement, administrator: User, hours: int, due: dt.datetime
) -> None:
    Deadline.objects.about(signed).delete()
    at = signed.starts_at + hours * dt.timedelta(hours=1)
    duty.settle(signed, form_now(signed), at=at)
    assert of(signed) == [("pending", due)]


def test_a_loaded_agreement_met_it_when_its_form_was_in(mti: Agreement) -> None:
    owed = Deadline.objects.about(mti).get(kind=duty.DUE)
    assert (owed.state, owed.due_at) == ("met", DUE)
    assert owed.met_at == dt.datetime(2002, 9, 3, 15, tzinfo=dt.UTC)
    assert {state for state, _ in of(mti, duty.REMINDER)} == {"cancelled"}


@pytest.mark.clause("ATSP 5.2.1")
def test_reminders_say_what_is_missing_to_who_keeps_it(
    signed: Agreement, administrator: User
) -> None:
    assert sweep.sweep(DUE - 2 * DAY).kinds == {duty.REMINDER: 1}
    told = Notice.objects.filter(template="roster_form", channel="email")
    assert {one.recipient.name for one in told} == {"Ada Lindt", "Nina Adler"}
    mail = rendering.render(told[0])
    assert "1 Technical Contact and 1 alternate missing" in mail.text
    assert "6 Sep 2002" in mail.text
    assert "ATSP 5.2.1" in mail.text
    assert "1 alternate" in mail.html


@pytest.mark.clause("BL 3.1.1")
def test_under_the_back_line_agreement_it_says_appendix_1_and_liaison(
    administrator: User,
) -> None:
    agreement = make_agreement(published_back_line(), tier="", state=AgreementState.SIGNED)
    make_site(agreement.reseller, name="Anaheim")
    keeper = make_contact(agreement.reseller, name="Ada Lindt")
    put_on_roster(agreement, keeper, RosterRole.ADMINISTRATIVE)
    duty.begin(agreement, at=SIGNED)
    owed = Deadline.objects.about(agreement).get(kind=duty.DUE)
    sweep.sweep(owed.due_at + dt.timedelta(seconds=1))
    mails = Notice.objects.filter(template="roster_form", channel="email")
    assert {one.title for one in mails} == {
        f"Appendix 1 of {agreement.contract_number} {state}"
        for state in ("is not complete yet", "was not complete in time")
    }
    for mail in map(rendering.render, mails):
        assert "Appendix 1" in mail.subject
        assert "Liaison" in mail.text
        assert "ATSP" not in mail.text + mail.html
        assert "Technical Contact" not in mail.text + mail.html


@pytest.mark.clause("ATSP 5.2.1")
def test_it_is_met_by_the_change_that_completes_the_roster(
    signed: Agreement, administrator: User
) -> None:
    at = DUE - DAY
    technical = details()
    alternate = details(name="Omar Lind", email="omar.lind@mti.example")
    roster.add_contact(signed, technical, ContactRole.TECHNICAL, by=administrator, at=at)
    assert of(signed)[0][0] == "pending"
    roster.add_contact(signed, alternate, ContactRole.ALTERNATE, by=administrator, at=at)
    assert of(signed) == [("met", DUE)]
    assert duty.DUE not in sweep.sweep(DUE + DAY).kinds
    assert not Notice.objects.filter(template="roster_form").exists()
    verbs = JournalEntry.objects.about(signed).values_list("verb", flat=True)
    assert "roster.form_complete" in verbs


@pytest.mark.clause("ATSP 5.2.1")
def test_missed_it_is_on_record_and_still_owed(signed: Agreement, administrator: User) -> None:
    sweep.sweep(DUE + dt.timedelta(seconds=1))
    assert of(signed) == [("missed", DUE)]
    missed = Notice.objects.filter(
        template="roster_form", title__contains="in time", channel="inbox"
    )
    assert missed.count() == 2
    entry = JournalEntry.objects.about(signed).get(verb="roster.form_missed")
    assert entry.text == "1 Technical Contact and 1 alternate missing"
    later = DUE + 3 * DAY
    roster.add_contact(signed, details(), ContactRole.TECHNICAL, by=administrator, at=later)
    omar = details(name="Omar Lind", email="omar.lind@mti.example")
    roster.add_contact(signed, omar, ContactRole.ALTERNATE, by=administrator, at=later)
    owed = Deadline.objects.about(signed).get(kind=duty.DUE)
    assert (owed.state, owed.met_at, owed.unfinished) == ("missed", later, False)


@pytest.mark.clause("ATSP 5.2.1")
def test_a_roster_below_the_minimum_owes_the_form_again(
    mti: Agreement, administrator: User
) -> None:
    lee = line(mti, "Raymond Lee")
    roster.remove_contact(mti, lee, by=administrator, at=AT)
    assert of(mti)[1] == ("pending", AT + 5 * DAY)  # Wednesday 10:00 to Monday 10:00
    keane = line(mti, "Mathew Keane")
    roster.restand_contact(mti, keane, ContactRole.ALTERNATE, by=administrator, at=AT + DAY)
    assert [state for state, _ in of(mti)] == ["met", "met"]


def test_nobody_to_remind_at_the_reseller_is_reached_at_its_notice_address(
    administrator: User,
) -> None:
    agreement = make_agreement(state=AgreementState.SIGNED)
    NoticeAddress.objects.create(
        agreement=agreement, side="reseller", name="R", email="notices@reseller.example"
    )
    duty.begin(agreement, at=SIGNED)
    sweep.sweep(DUE - 2 * DAY)
    told = Notice.objects.filter(template="roster_form", recipient=None)
    assert [one.address for one in told] == ["notices@reseller.example"]


def test_the_reminders_of_many_cost_what_those_of_one_cost(administrator: User) -> None:
    def cost(agreements: int) -> int:
        for _ in range(agreements):
            agreement = make_agreement(state=AgreementState.SIGNED)
            put_on_roster(agreement, make_contact(agreement.reseller), RosterRole.ADMINISTRATIVE)
            duty.begin(agreement, at=SIGNED)
        with CaptureQueriesContext(connection) as captured:
            report: Any = sweep.sweep(DUE + DAY)
        assert report.failed == 0
        return len(captured)

    assert cost(1) == cost(6)
