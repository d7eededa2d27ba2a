"""The pages of the roster: what they show, keep and refuse."""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.billing.models.charges import Charge, FeeCode, StandardFee
from contracts.roster.actions import changes as roster
from contracts.roster.actions import training as roster_training
from contracts.roster.models.entries import RosterRole
from contracts.roster.models.training import Training, TrainingKind
from portal import clock
from portal.models import Draft, JournalEntry, Notice, User
from portal.notices import rendering
from portal.sending import new_key
from tests.cases.pages import complaints
from tests.contracts.factories import (
    make_agreement,
    make_contact,
    make_site,
    published_back_line,
    put_on_roster,
)
from tests.contracts.roster.test_changes import AT, FEE, details, line
from tests.seen import carried

pytestmark = pytest.mark.django_db
Get = Callable[..., HttpResponse]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=1e-12)


@pytest.fixture
def terri(mti: Agreement) -> User:
    """The Administrative Contact."""
    user = mti.reseller.contacts.get(name="Terri Hirsch").user
    assert user is not None
    return user


@pytest.fixture
def page(client: Client, mti: Agreement, terri: User) -> Get:
    """Get a page of MTI's roster as its Administrative Contact, or as somebody else."""

    def page(
        name: str = "agreement_roster", *args: Any, query: str = "", by: Any = None
    ) -> HttpResponse:
        client.force_login(by or terri)
        return client.get(reverse(name, args=[mti.reference, *args]) + query)

    return page


@pytest.fixture
def send(client: Client, mti: Agreement, terri: User) -> Get:
    """Post a form of MTI's roster as its Administrative Contact, or as somebody else."""

    def send(url: str, *args: Any, by: Any = None, **form: Any) -> HttpResponse:
        client.force_login(by or terri)
        return client.post(reverse(url, args=[mti.reference, *args]), form)

    return send


def words(answer: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


TYPED = {
    "standing": "technical",
    "name": "Ines Vega",
    "email": "ines.vega@mti.example",
    "telephone": "714-693-0001",
    "site": "Anaheim",
    "place": "",
}


# --- the roster -------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 5.2.1", "ATSP Ex.A", "ATSP page 1")
def test_it_behaves_like_the_paper(mti: Agreement, page: Get) -> None:
    shown = words(page())
    assert "8 of 10 slots used" in shown
    assert "0 of 10 slots used" in shown
    assert "# 8 LH Larry Herring" in shown
    assert "# 9 Free Add a contact in US slot 9" in shown
    assert "Terri Hirsch" in shown
    assert "None designated. Terri Hirsch is called meanwhile." in shown
    assert "put a contact on the roster: Mathew Keane as Technical Contact" in shown


@pytest.mark.clause("ATSP 5.2.1")
def test_a_waiting_contact_sees_until_when_and_why(mti: Agreement, terri: User, page: Get) -> None:
    roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    shown = words(page())
    assert "Waits" in shown
    assert "Fri 7 Mar 10:00 PST" in shown
    assert "Why then?" in shown
    assert "18 business hours" in shown or "18 h" in shown
    assert "Has not set a password yet" in shown


def test_those_who_do_not_keep_it_read_it_without_acts(mti: Agreement, page: Get) -> None:
    technical = line(mti, "Mathew Keane").contact.user
    shown = words(page(by=technical))
    assert "Larry Herring" in shown
    assert "Add a contact" not in shown
    assert "Hand over" not in shown
    assert "Change Larry Herring" not in shown


def test_queries_do_not_grow_with_the_lines(mti: Agreement, terri: User, page: Get) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            page()
        return len(captured)

    def write(slot: int) -> None:
        contact = make_contact(mti.reseller, site=site)
        later = AT + dt.timedelta(days=1)
        put_on_roster(mti, contact, pool="emea", slot=slot, submitted_at=AT, usable_from=later)
        roster_training.report_training(
            mti,
            line(mti, contact.name),
            TrainingKind.TRAINED,
            completed_on=dt.date(2003, 1, slot),
            evidence="Course 101",
            by=terri,
            at=AT,
        )

    site = make_site(mti.reseller, name="London", region="EMEA", zone="Europe/London")
    write(1)
    count()
    few = count()
    for slot in range(2, 11):
        write(slot)
    assert (count(), few) == (few, few)
    assert few <= 22, few


# --- adding -----------------------------------------------------------------------------------


def test_a_contact_is_added_from_a_free_slot(mti: Agreement, page: Get, send: Get) -> None:
    form = page("roster_add", query="?place=us:10").content.decode()
    assert re.search(r'<option value="us:10" selected>', form)
    answer = send("roster_add", **TYPED | {"place": "us:10"})
    assert answer.status_code == 302
    assert line(mti, "Ines Vega").slot == 10
    assert (
        "Ines Vega is on the roster. They may ask for assistance from Fri 7 Mar 2003, 10:00 PST"
        in words(page())
    )


def test_a_refused_form_keeps_the_text(send: Get) -> None:
    answer = send("roster_add", **TYPED | {"email": "m keane", "site": ""})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="m keane"' in shown
    assert 'value="Ines Vega"' in shown
    assert "What you typed is kept" in shown
    assert complaints(answer, "site") == ["The site is missing."]


@pytest.mark.clause("ATSP 2.1")
def test_the_fee_beyond_the_slots_is_shown_before_it_is_charged(
    mti: Agreement, page: Get, send: Get
) -> None:
    StandardFee.objects.create(
        code=FeeCode.ADDITIONAL_CONTACT, amount=FEE, starts_on=dt.date(2003, 1, 1), set_at=AT
    )
    assert "A contact beyond the slots costs US$1,500.00" in words(page())
    shown = words(page("roster_add"))
    assert "we take on the fee of US$1,500.00" in shown
    beyond = TYPED | {"place": "us:beyond", "fee": "1500.00"}
    assert send("roster_add", **beyond).status_code == 409
    assert not Charge.objects.filter(kind="contact").exists()
    answer = send("roster_add", **beyond | {"accept": "on", "fee": "900.00"})
    assert "not US$900.00 as it was shown" in words(answer)
    assert 'name="fee" value="1500.00"' in answer.content.decode()
    assert send("roster_add", **beyond | {"accept": "on"}).status_code == 302
    assert Charge.objects.get(kind="contact").amount == FEE


def test_without_a_fee_the_page_says_so(page: Get, send: Get) -> None:
    assert "No fee is set for contacts beyond the slots" in words(page())
    answer = send("roster_add", **TYPED | {"place": "us:beyond"})
    assert "ask the contract administrator to set the then-current fee" in words(answer)


# --- a line -----------------------------------------------------------------------------------


def test_a_line_has_its_acts(mti: Agreement, page: Get, administrator: User) -> None:
    entry = line(mti, "Larry Herring")
    tabs = ["Details", "Swap", "Role", "Training", "Invitation", "Remove"]
    shown = words(page("roster_line", entry.pk))
    assert [tab for tab in tabs if tab in shown] == tabs
    assert "Contact code Legato" not in shown
    assert "Legato Contact Code" in words(
        page("roster_line", entry.pk, query="?act=code", by=administrator)
    )
    mine = words(page("roster_line", line(mti, "Terri Hirsch").pk))
    assert "Swap" not in mine
    assert "Remove" not in mine


@pytest.mark.parametrize(
    ("code", "form", "verb"),
    [
        (
            "details",
            {
                "name": "Larry Herring",
                "email": "lherring@mti.example",
                "site": "Anaheim",
                "place": "us:8",
                "telephone": "1",
            },
            "roster.changed",
        ),
        (
            "details",
            {
                "name": "Larry Herring",
                "email": "lherring@mti.example",
                "site": "Anaheim",
                "place": "us:9",
            },
            "roster.changed",
        ),
        (
            "swap",
            {"name": "Ines Vega", "email": "ines.vega@mti.example", "site": "Anaheim"},
            "roster.swapped",
        ),
        ("standing", {}, "roster.changed"),
        (
            "training",
            {"kind": "trained", "completed_on": "2003-02-01", "evidence": "Course 101"},
            "roster.training_reported",
        ),
        ("invite", {}, "roster.invited"),
        ("remove", {}, "roster.removed"),
    ],
)
def test_each_act_is_done_from_its_form(
    mti: Agreement, page: Get, send: Get, code: str, form: dict[str, str], verb: str
) -> None:
    entry = line(mti, "Larry Herring")
    shown = page("roster_line", entry.pk, query=f"?act={code}")
    answer = send("roster_act", entry.pk, code, **form | carried(shown, code))
    assert answer.status_code == 302, words(answer)
    assert JournalEntry.objects.about(mti).filter(verb=verb, at__gte=AT).exists()
    assert page().status_code == 200


def test_of_two_who_change_the_details_the_second_is_told_of_the_first(
    mti: Agreement, page: Get, send: Get
) -> None:
    entry = line(mti, "Larry Herring")
    shown = carried(page("roster_line", entry.pk, query="?act=details"), "details")
    form = {
        "name": "Larry Herring",
        "email": "lherring@mti.example",
        "site": "Anaheim",
        "place": "us:8",
    }
    assert (
        send("roster_act", entry.pk, "details", **form, telephone="1", **shown).status_code == 302
    )
    shown["form_key"] = new_key()
    late = send("roster_act", entry.pk, "details", **form, telephone="2", **shown)
    assert late.status_code == 409
    assert "The details of Larry Herring were changed since you opened this page" in words(late)
    assert "Now there, in place of what you send: Phone number: 1." in words(late)
    assert 'value="2"' in late.content.decode(), "what was typed is kept"
    assert line(mti, "Larry Herring").contact.telephone == "1"

    again = page("roster_line", entry.pk, query="?act=details")
    assert 'value="2"' in again.content.decode(), "it is a draft by now"
    assert "did not send it. The details of Larry Herring were changed since" in words(again)
    form |= carried(again, "details")
    assert send("roster_act", entry.pk, "details", **form, telephone="2").status_code == 409
    assert line(mti, "Larry Herring").contact.telephone == "1", "a draft undoes nobody's change"


def test_a_refused_act_keeps_what_was_typed(mti: Agreement, send: Get) -> None:
    entry = line(mti, "Larry Herring")
    answer = send(
        "roster_act", entry.pk, "swap", name="Kim", email="rlee@mti.example", site="Anaheim"
    )
    assert answer.status_code == 409
    assert 'value="Kim"' in answer.content.decode()
    assert "Raymond Lee is on the roster already, slot 2" in words(answer)


def test_a_line_that_moved_leads_to_where_it_is_now(
    mti: Agreement, terri: User, page: Get, send: Get
) -> None:
    entry = line(mti, "Larry Herring")
    new = roster.restand_contact(mti, entry, ContactRole.ALTERNATE, by=terri, at=AT)
    assert page("roster_line", entry.pk)["Location"].endswith(f"/roster/{new.pk}/")
    stale = send(
        "roster_act", entry.pk, "swap", name="Kim", email="kim@mti.example", site="Anaheim"
    )
    assert stale.status_code == 409
    assert 'value="Kim"' in stale.content.decode()
    roster.remove_contact(mti, new, by=terri, at=AT)
    assert page("roster_line", new.pk)["Location"] == reverse(
        "agreement_roster", args=[mti.reference]
    )


def test_an_act_that_is_none_is_not_found(mti: Agreement, send: Get) -> None:
    assert send("roster_act", line(mti, "Larry Herring").pk, "abolish").status_code == 404


def test_the_last_technical_contacts_removal_warns_of_the_duty(mti: Agreement, page: Get) -> None:
    alternate = line(mti, "Raymond Lee")
    shown = words(page("roster_line", alternate.pk, query="?act=remove"))
    assert "The roster then lacks 1 alternate: complete it within 3 business days." in shown


@pytest.mark.clause("ATSP 1.1")
def test_the_role_is_handed_over_on_its_page(mti: Agreement, page: Get, send: Get) -> None:
    assert "unless they stay, their sign-in ends" in words(page("roster_hand_over"))
    assert "Nobody is chosen" in words(send("roster_hand_over", to=""))
    assert "No contact matches “Terri Hirsch”." in words(
        send("roster_hand_over", to="Terri Hirsch")
    )
    several = words(send("roster_hand_over", to="raymond", stays="on"))
    assert "Several contacts match “raymond”: choose one." in several
    assert send("roster_hand_over", to="raymond lee", stays="on").status_code == 302
    assert line(mti, "Raymond Lee", "administrative")
    assert page("roster_add").status_code == 403


@pytest.mark.clause("ATSP 1.1")
def test_on_an_empty_roster_the_first_administrative_contact_is_named(
    client: Client, administrator: User
) -> None:
    agreement = make_agreement()
    make_site(agreement.reseller, name="Anaheim")
    client.force_login(administrator)
    page = client.get(reverse("agreement_roster", args=[agreement.reference])).content.decode()
    named = re.search(r'<a href="([^"]+)">\s*Name one\s*</a>', page)
    assert named
    form = client.get(named[1])
    assert "Administrative Contact: keeps this page, takes no slot" in words(form)
    assert re.search(r'value="administrative"[^>]*checked', form.content.decode())
    typed = TYPED | {"standing": "administrative", "site": "Anaheim"}
    assert client.post(named[1], typed).status_code == 302
    keeper = line(agreement, "Ines Vega", "administrative")
    assert keeper.slot is None
    assert keeper.contact.user is not None
    again = client.get(named[1])
    assert "Administrative Contact: keeps this page" not in words(again), "there is one now"


def test_handing_over_with_nobody_on_the_roster_leads_to_adding_somebody(
    client: Client, administrator: User
) -> None:
    agreement = make_agreement()
    client.force_login(administrator)
    answer = client.get(reverse("roster_hand_over", args=[agreement.reference]))
    assert answer.status_code == 302
    assert answer["Location"].endswith("/roster/add/?standing=administrative")


def test_roles_are_called_as_the_agreements_own_paper_calls_them(
    client: Client, administrator: User
) -> None:
    agreement = make_agreement(published_back_line(), tier="")
    make_site(agreement.reseller, name="Anaheim")
    put_on_roster(agreement, make_contact(agreement.reseller), RosterRole.ADMINISTRATIVE)
    client.force_login(administrator)
    shown = words(client.get(reverse("roster_add", args=[agreement.reference])))
    assert "Liaison: opens and manages cases" in shown
    assert "Technical Contact: opens" not in shown


# --- training ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 5.2.1")
def test_the_provider_confirms_training_with_its_evidence_in_sight(
    mti: Agreement, page: Get, send: Get, administrator: User, settings: Any
) -> None:
    entry = line(mti, "Larry Herring")
    certificate = SimpleUploadedFile("certificate.pdf", b"%PDF-1.7 passed")
    form = {"kind": "certified", "completed_on": "2003-02-01", "evidence": "No. 17"}
    assert send("roster_act", entry.pk, "training", **form, file=certificate).status_code == 302
    entry.refresh_from_db()
    assert entry.certified_on is None
    assert "Reported, awaits the provider" in words(page())
    shown = page(by=administrator)
    assert "Training to confirm" in words(shown)
    assert "certificate.pdf" in words(shown)
    training = Training.objects.get()
    assert send("roster_training", training.pk, confirm="yes").status_code == 302
    training.refresh_from_db()
    assert training.decided_at is None, "not the reseller's to confirm"
    assert send("roster_training", training.pk, confirm="yes", by=administrator).status_code == 302
    entry.refresh_from_db()
    assert (entry.certified_on, entry.evidence) == (dt.date(2003, 2, 1), "No. 17")


def test_a_picture_with_another_name_is_no_certificate(mti: Agreement, send: Get) -> None:
    entry = line(mti, "Larry Herring")
    broken = SimpleUploadedFile("certificate.pdf", b"\x00\x01\x02")
    form = {"kind": "trained", "completed_on": "2003-02-01", "evidence": "No. 17", "file": broken}
    answer = send("roster_act", entry.pk, "training", **form)
    assert answer.status_code == 409
    assert "certificate.pdf is of a kind that is not known" in words(answer)
    assert not Training.objects.exists()


def test_declining_needs_a_reason(
    mti: Agreement, terri: User, send: Get, administrator: User
) -> None:
    training = roster_training.report_training(
        mti,
        line(mti, "Larry Herring"),
        TrainingKind.TRAINED,
        completed_on=dt.date(2003, 2, 1),
        evidence="Course 101",
        by=terri,
        at=AT,
    )
    send("roster_training", training.pk, by=administrator)
    training.refresh_from_db()
    assert training.decided_at is None
    send("roster_training", training.pk, reason="No such course.", by=administrator)
    told = Notice.objects.filter(recipient=terri, channel="inbox").get()
    assert "not confirmed" in told.title
    assert "No such course." in rendering.render(told).text
    send("roster_training", training.pk, reason="Of another course.", by=administrator)
    assert Draft.objects.get().data == {"reason": "Of another course."}, "refused, and not lost"


# --- invitation -------------------------------------------------------------------------------


def test_the_invitations_link_sets_the_password_once(
    mti: Agreement, terri: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster.add_contact(mti, details(), ContactRole.TECHNICAL, by=terri, at=AT)
    notice = Notice.objects.get(template="roster_invitation")
    begin = clock.wall().replace(tzinfo=None)
    each = (begin + dt.timedelta(seconds=second) for second in itertools.count())
    monkeypatch.setattr(default_token_generator, "_now", lambda: next(each))
    written = rendering.render(notice)
    link = re.search(r"http://\S+/account/password/reset/key/\S+", written.text)
    assert link is not None
    path = link[0].partition("localhost:8000")[2] or "/" + link[0].split("/", 3)[3]
    key = path.rstrip("/").rpartition("-")[2]
    assert key not in str(notice.context) + notice.url, "the outbox keeps no secret"
    assert path in written.html
    assert "Fri 7 Mar 2003, 10:00 PST" in written.text
    page = client.get(path, follow=True)
    new = {"password1": "a new horse battery", "password2": "a new horse battery"}
    answer = client.post(page.request["PATH_INFO"], new)
    assert answer.status_code == 302
    user = User.objects.get(email="ines.vega@mti.example")
    assert user.check_password("a new horse battery")
    assert "This link no longer works" in words(Client().get(path, follow=True))
    assert not mail.outbox
    assert timezone.now()
