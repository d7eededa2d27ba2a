"""After the back-line agreement expired: support goes on for delegated End-Users alone (SCL 8.2, 8.4)."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel, State
from cases.handling.actions import take
from cases.opening.actions import open_case
from cases.resolution.actions.closing import close, give_relief
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.coverage.models import DelegatedCoverage
from contracts.parties.models.parties import Contact
from contracts.roster.actions.changes import swap_contact
from contracts.roster.rules.lines import Details
from portal.deadlines.sweep import sweep
from portal.models import Deadline, JournalEntry, Notice, User
from portal.notices import rendering
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.case.test_back_line import report
from tests.contracts.factories import load_back_line

pytestmark = pytest.mark.django_db

AFTER = local("2004-10-01 10:00")  # a Friday, the first day after support without cost


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{AFTER.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    """The back-line agreement, expired by the sweep."""
    found = load_back_line()
    sweep(local("2004-10-01 00:10"))
    found.refresh_from_db()
    return found


@pytest.fixture
def liaison(agreement: Agreement) -> Contact:
    return Contact.objects.select_related("organisation", "site", "user").get(name="Priya Nair")


def opened(liaison: Contact, at: dt.datetime = AFTER, **changes: Any) -> Case:
    assert liaison.user is not None
    return open_case(
        report(**changes), by=liaison.user, contact=liaison, channel=Channel.WEB, at=at
    )


def refused(liaison: Contact, at: dt.datetime = AFTER, **changes: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        opened(liaison, at, **changes)
    return refusal.value


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.clause("SCL 8.2", "D-42")
def test_the_agreement_expires_by_the_clause_of_its_own_paper(agreement: Agreement) -> None:
    assert (agreement.state, agreement.ended_on) == (AgreementState.ENDED, dt.date(2004, 10, 1))
    ended = JournalEntry.objects.about(agreement).get(verb="agreement.ended")
    assert ended.clause == "SCL 8.2"
    assert ended.text == "support without cost is over; without agreement from 1 Oct 2004"
    due = Deadline.objects.about(agreement).get(kind="agreement.expires")
    assert due.clause == "SCL 8.2"
    mail = rendering.render(Notice.objects.filter(template="agreement_ended", channel="email")[0])
    assert "ended: support without cost is over." in mail.text
    assert "year" not in mail.text
    assert "CITIZENS BANK through 31 Jul 2006" in mail.text


@pytest.mark.clause("SCL 8.4", "SCL 12.2")
def test_support_for_a_delegated_end_user_goes_on_after_the_end(liaison: Contact) -> None:
    case = opened(liaison, end_user="Citizens Bank", product=report().product)
    assert (case.agreement_id, case.limitations) == (liaison.organisation.agreements.get().pk, [])
    due = Deadline.objects.about(case).unfinished().values_list("kind", "clause")
    assert ("cases.first_response", "BL 2.2") in set(due)
    lena = User.objects.get(name="Lena Frost")
    case = take(case, by=lena, at=AFTER)
    case = give_relief(case, by=lena, at=AFTER, body="Load patch 12.")
    assert (
        close(case, by=lena, at=AFTER, reason="fix", agreed_by=case.contact.name).state
        == State.CLOSED
    )


@pytest.mark.clause("SCL 8.4")
def test_it_goes_on_through_the_last_support_agreement_and_no_longer(liaison: Contact) -> None:
    last = local("2006-07-31 23:50")
    assert opened(liaison, last, end_user="Citizens Bank", severity=3).pk
    over = refused(liaison, local("2006-08-01 00:10"), end_user="Citizens Bank", severity=3)
    assert "has no support agreement in force" in over.sentence
    assert "support without cost is over" in over.sentence
    assert over.clause == "BL 1.1, SCL 8.2"


@pytest.mark.clause("SCL 8.4", "SCL 8.2")
@pytest.mark.parametrize(
    ("end_user", "said"),
    [
        ("Acme", "“Acme” is no site of the exhibit."),
        ("", "No End-User is named"),
        ("Enron Corp.", "ended on 27 Aug 2004"),
    ],
)
def test_for_others_it_is_over_and_the_refusal_names_who_is_served(
    liaison: Contact, end_user: str, said: str
) -> None:
    refusal = refused(liaison, end_user=end_user)
    assert said in refusal.sentence
    assert (refusal.clause, refusal.field) == ("SCL 8.4", "end_user")
    assert "CITIZENS BANK through 31 Jul 2006" in refusal.way_out
    assert "ENRON" not in refusal.way_out


@pytest.mark.clause("BL 3.1.4")
def test_after_the_end_the_report_is_asked_what_its_own_paper_asks(liaison: Contact) -> None:
    assert opened(liaison, business_impact="", replication_steps="").business_impact == ""
    assert refused(liaison, platform=" ").clause == "BL 3.1.4"
    DelegatedCoverage.objects.all().delete()
    without = refused(liaison, platform=" ", business_impact="")
    assert "has no support agreement in force" in without.sentence
    assert "ATSP" not in without.clause


@pytest.mark.clause("SCL 10.3")
def test_nothing_goes_on_under_a_terminated_agreement(liaison: Contact) -> None:
    Agreement.objects.update(end_cause="terminated", end_reason="Breach.")
    refusal = refused(liaison, end_user="Citizens Bank")
    assert "has no support agreement in force" in refusal.sentence
    assert refusal.clause == "BL 1.1, SCL 10.1"


@pytest.mark.clause("SCL 8.4")
def test_the_pages_say_for_whom_it_goes_on(liaison: Contact) -> None:
    page = signed_in(liaison.user).get(reverse("open_case"), follow=True).content.decode()
    assert "CITIZENS BANK through 31 Jul 2006" in page
    assert "ATSP " not in page
    client = signed_in(User.objects.get(name="Gwen Holt"))
    address = f"{reverse('telephone_report')}?contact={liaison.pk}"
    assert "CITIZENS BANK through 31 Jul 2006" in client.get(address).content.decode()
    product = report().product.pk
    told = {"title": "Down", "description": "All", "severity": "2", "product": product}
    answer = client.post(address, told)
    assert answer.status_code == 409
    assert "No End-User is named" in answer.content.decode()
    answer = client.post(address, told | {"end_user": "Citizens Bank"})
    assert Case.objects.get().get_absolute_url() == answer["Location"]


@pytest.mark.clause("SCL 8.4", "BL 3.1.2")
def test_liaisons_change_as_long_as_support_goes_on(agreement: Agreement, liaison: Contact) -> None:
    keeper = Contact.objects.get(name="Helen Marsh").user
    assert keeper is not None
    roster_page = reverse("agreement_roster", args=[agreement.reference])
    assert "Add a contact" in signed_in(keeper).get(roster_page).content.decode()
    iris = Details("Iris Hall", "iris.hall@backline.legato.example", liaison.site.name)
    entry = agreement.roster.get(contact=liaison)
    new = swap_contact(agreement, entry, iris, by=keeper, at=AFTER)
    assert "may ask for assistance from" in refused(new.contact, end_user="Citizens Bank").sentence
    assert opened(new.contact, new.usable_from, end_user="Citizens Bank").pk

    last = local("2006-08-01 09:00")
    with pytest.raises(Refusal, match="has ended, so its roster stays as it is") as over:
        swap_contact(agreement, new, replace(iris, email="i@x.example"), by=keeper, at=last)
    assert over.value.clause == "SCL 8.2"
