"""The pages of an agreement's life: drawn up, changed, signed and ended in the browser, its timeline, its documents."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.page.life import timeline_of
from contracts.parties.models.parties import Site
from contracts.programmes.models import ProgrammeVersion
from portal import journal
from portal.models import Attachment, User
from tests.contracts.agreements.test_life import a_draft, signed
from tests.contracts.agreements.test_pages import words
from tests.contracts.factories import spend

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
TYPED = {
    "reseller": "",
    "new_name": "Aurora Storage",
    "tier": "level-2",
    "option-psam-2": "2",
    "contract_number": "271-ATSP-5000",
    "effective_on": "2003-04-01",
    "site-0-name": "Denver",
    "site-0-region": "US",
    "site-0-zone": "America/Denver",
    "provider_signatory": "Barbara T. Bakich",
    "reseller_signatory": "Ada Lindt",
    "reseller_notices-name": "Aurora Storage",
}


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT)


@pytest.fixture
def browser(client: Client, administrator: User) -> Client:
    """A browser in which the contract administrator has signed in."""
    client.force_login(administrator)
    return client


def post(browser: Client, name: str, agreement: Agreement, **form: Any) -> HttpResponse:
    """Send a form of a page as it was asked for just before."""
    address = reverse(name, args=[agreement.reference])
    asked = browser.get(address) if name != "delete_draft" else None
    return browser.post(address, seen_on(asked, form.get("what", "")) | form)


def seen_on(page: Any, what: str = "") -> dict[str, str]:
    """What a form of the page sends back of what was there; `what` is the part of the parties page."""
    if page is None or page.context is None:
        return {}
    forms = page.context.get("forms")
    form = (
        next((each["form"] for each in forms if each["what"] == what), None)
        if forms is not None
        else page.context.get("form")
    )
    return {"seen": form.seen} if form is not None and form.seen else {}


def test_an_agreement_is_drawn_up_in_the_browser(
    browser: Client, version: ProgrammeVersion
) -> None:
    choice = words(browser.get(reverse("draw_up_agreement")))
    assert "Form 051402, version 1" in choice
    address = f"{reverse('draw_up_agreement')}?version={version.pk}"
    page = words(browser.get(address))
    assert "100 cases with 10 contacts, EMEA" in page
    answer = browser.post(address, TYPED)
    assert answer.status_code == 302, words(answer)
    draft = Agreement.objects.get()
    page = words(browser.get(answer["Location"]))
    assert "The draft 271-ATSP-5000 is drawn up" in page
    assert "This is a draft" in page
    listed = words(browser.get(reverse("agreements") + "?state=draft"))
    assert "Aurora Storage" in listed
    assert draft.options.get().quantity == 2


def test_a_refused_form_keeps_what_was_typed(browser: Client, version: ProgrammeVersion) -> None:
    address = f"{reverse('draw_up_agreement')}?version={version.pk}"
    wrong = TYPED | {"option-psam-1": "1", "site-0-zone": "America/Dnver"}
    answer = browser.post(address, wrong)
    assert answer.status_code == 409
    page = words(answer)
    assert "it must be in the same column" in page
    assert "There is no time zone &#x27;America/Dnver&#x27;" in page
    assert 'value="America/Dnver"' in page
    assert 'value="271-ATSP-5000"' in page
    assert not Agreement.objects.exists()
    answer = browser.post(address, TYPED | {"effective_on": "2003-02-30"})
    assert "Effective Date: There is no such day: month 2 of 2003 has no day 30." in words(answer)
    assert "ATSP page 1, 2.a" in words(answer)


def test_a_draft_is_changed_signed_and_in_force(browser: Client, version: ProgrammeVersion) -> None:
    draft = a_draft()
    page = words(browser.get(reverse("change_draft", args=[draft.reference])))
    assert f'value="{draft.contract_number}"' in page
    answer = post(
        browser,
        "change_draft",
        draft,
        **{
            "tier": "level-1",
            "option-ess-1": "1",
            "contract_number": "X-9",
            "effective_on": "2002-09-03",
            "provider_signatory": "Barbara Bakich",
            "reseller_signatory": "Ada Lindt",
            "site-0-name": "Denver",
            "site-0-region": "US",
            "site-0-zone": "America/Denver",
        },
    )
    assert answer.status_code == 302, words(answer)
    draft.refresh_from_db()
    page = words(browser.get(reverse("sign_agreement", args=[draft.reference])))
    assert ", ESS Level I" in page
    assert "US$25,000.00" in page
    days = {"provider_signed_on": "2002-08-29", "reseller_signed_on": "2002-08-30"}
    names = {"provider_signatory": "Barbara Bakich", "reseller_signatory": "Ada Lindt"}
    answer = post(browser, "sign_agreement", draft, **names, provider_signed_on="2004-01-01")
    assert answer.status_code == 409
    assert "that day is in the future" in words(answer)
    answer = post(browser, "sign_agreement", draft, **names, **days)
    assert answer.status_code == 302, words(answer)
    draft.refresh_from_db()
    assert draft.state == AgreementState.IN_FORCE
    assert [line.amount for line in draft.charges.all()] == [24000, 25000]
    answer = browser.get(reverse("change_draft", args=[draft.reference]))
    assert answer.status_code == 403
    assert "tier, options and year stay as signed" in words(answer)


@pytest.mark.clause("D-28")
def test_two_who_change_a_draft_do_not_undo_each_other(
    browser: Client, version: ProgrammeVersion
) -> None:
    draft = a_draft()
    address = reverse("change_draft", args=[draft.reference])
    page = browser.get(address)
    shown = {
        field.html_name: field.value()
        for field in page.context["form"]
        if field.value() not in (None, False)
    } | seen_on(page)
    opened_to_sign = browser.get(reverse("sign_agreement", args=[draft.reference]))
    site = {f"site-0-{name}": TYPED[f"site-0-{name}"] for name in ("name", "region", "zone")}
    first = browser.post(address, shown | site | {"effective_on": "2002-09-04"})
    assert first.status_code == 302
    second = browser.post(address, shown | {"reseller_signatory": "Ada Lovelace"})
    assert second.status_code == 409
    assert "Somebody changed this since you opened the page" in words(second)
    assert 'value="Ada Lovelace"' in second.content.decode(), "what was typed is kept"
    draft.refresh_from_db()
    assert draft.effective_on == dt.date(2002, 9, 4)
    names = {"provider_signatory": "Barbara Bakich", "reseller_signatory": "Ada Lindt"}
    days = {"provider_signed_on": "2002-08-29", "reseller_signed_on": "2002-08-30"}
    stale = browser.post(
        reverse("sign_agreement", args=[draft.reference]), names | days | seen_on(opened_to_sign)
    )
    assert stale.status_code == 409, "it is signed as it was read"
    again = browser.post(address, shown | seen_on(second) | {"effective_on": "2002-09-04"})
    assert again.status_code == 302


@pytest.mark.clause("D-28")
def test_two_who_change_where_notices_go_do_not_undo_each_other(
    browser: Client, mti: Agreement
) -> None:
    address = reverse("agreement_parties", args=[mti.reference])
    page = browser.get(address)
    shown = {
        f"reseller-{name}": value
        for each in page.context["forms"]
        if each["what"] == "reseller"
        for name, value in each["form"].initial.items()
    } | {"what": "reseller"}
    shown |= seen_on(page, "reseller")
    assert browser.post(address, shown | {"reseller-city": "Tustin"}).status_code == 302
    second = browser.post(address, shown | {"reseller-attention": "Counsel"})
    assert second.status_code == 409
    assert mti.notice_addresses.get(side="reseller").city == "Tustin"


def test_a_draft_is_deleted_in_the_browser(browser: Client, version: ProgrammeVersion) -> None:
    draft = a_draft()
    assert post(browser, "delete_draft", draft).status_code == 302
    assert not Agreement.objects.exists()


@pytest.mark.clause("ATSP page 1, 2.a")
def test_an_agreement_with_spent_cases_is_ended_in_the_browser(
    browser: Client, mti: Agreement
) -> None:
    page = words(browser.get(reverse("end_agreement", args=[mti.reference])))
    assert "ends by itself at the end of 2 Sep 2003" in page
    answer = post(browser, "end_agreement", mti, on="2003-03-05")
    assert answer.status_code == 409
    assert "200 cases are left" in words(answer)
    for pool in mti.case_accounts.values_list("pool", flat=True):
        spend(mti, pool)
    answer = post(browser, "end_agreement", mti, on="2003-03-05")
    page = words(browser.get(answer["Location"]))
    assert "3 Sep 2002 – 4 Mar 2003" in page
    assert "all cases are spent" in page
    again = words(browser.get(reverse("end_agreement", args=[mti.reference])))
    assert "This agreement has ended" in again


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_ending_an_agreement_is_no_way_around_its_termination(
    browser: Client, mti: Agreement
) -> None:
    page = browser.get(reverse("end_agreement", args=[mti.reference])).content.decode()
    assert f'href="{reverse("renewal", args=[mti.reference])}#reseller-agreement"' in page
    told = {"cause": "terminated", "on": "2003-03-05", "reason": "For cause."}
    assert post(browser, "end_agreement", mti, **told).status_code == 409
    mti.refresh_from_db()
    assert mti.state == AgreementState.IN_FORCE


def test_the_parties_page_changes_sites_and_notices(browser: Client, mti: Agreement) -> None:
    site = mti.reseller.sites.get()
    what = f"site-{site.pk}"
    typed = {f"{what}-name": "Tustin", f"{what}-region": "US", f"{what}-zone": "Mars/One"}
    answer = post(browser, "agreement_parties", mti, what=what, **typed)
    assert answer.status_code == 409
    assert 'value="Mars/One"' in words(answer)
    typed[f"{what}-zone"] = "America/Denver"
    assert post(browser, "agreement_parties", mti, what=what, **typed).status_code == 302
    site.refresh_from_db()
    assert (site.name, site.zone) == ("Tustin", "America/Denver")
    new = {"new-name": "London", "new-region": "EMEA", "new-zone": "Europe/London"}
    assert post(browser, "agreement_parties", mti, what="new", **new).status_code == 302
    notices = {"reseller-name": "MTI Legal", "reseller-city": "Tustin"}
    assert post(browser, "agreement_parties", mti, what="reseller", **notices).status_code == 302
    assert mti.notice_addresses.get(side="reseller").city == "Tustin"
    assert post(browser, "agreement_parties", mti, what="site-0").status_code == 404


def test_the_documents_tab_takes_signed_copies_and_refuses_other_files(
    browser: Client, mti: Agreement
) -> None:
    address = reverse("agreement_documents", args=[mti.reference])
    assert "No signed copy yet" in words(browser.get(address))
    zipped = SimpleUploadedFile("scan.pdf", b"PK\x03\x04zip")
    answer = browser.post(address, {"file": zipped})
    assert answer.status_code == 409
    assert "is a ZIP or Office file" in words(answer)
    paper = SimpleUploadedFile("page 1.pdf", b"%PDF-1.7 signed")
    assert browser.post(address, {"file": paper}).status_code == 302
    page = words(browser.get(address))
    assert "page 1.pdf" in page
    assert "attached by Nina Adler" in page
    sent = browser.get(reverse("attachment", args=[Attachment.objects.get().pk]))
    assert b"".join(sent.streaming_content) == b"%PDF-1.7 signed"
    for name in ("agreement_page_1", "agreement_exhibit_a"):
        answer = browser.get(reverse(name, args=[mti.reference]))
        assert answer.content.startswith(b"%PDF-"), name


def test_a_draft_is_not_the_resellers_to_see(client: Client, mti: Agreement) -> None:
    draft = a_draft(
        reseller=mti.reseller, effective_on=dt.date(2003, 9, 3), ends_on=dt.date(2004, 9, 2)
    )
    client.force_login(mti.reseller.contacts.get(name="Terri Hirsch").user)
    assert client.get(reverse("agreement", args=[draft.reference])).status_code == 404
    assert mti.contract_number in words(client.get(reverse("own_agreement")))


def test_the_timeline_shows_past_and_future(administrator: User, version: ProgrammeVersion) -> None:
    agreement = signed(a_draft(), dt.datetime(2002, 8, 30, 18, tzinfo=dt.UTC))
    life = timeline_of(agreement, administrator, dt.datetime(2002, 8, 31, tzinfo=dt.UTC))
    assert [moment.title for moment in life.past] == [
        "signed for the provider, page 1",
        "signed for the reseller, page 1",
        "signed the agreement",
        "charged",
    ]
    to_come = {moment.title: moment for moment in life.to_come}  # with those of other sides
    assert to_come["The agreement comes in force"].clause == "ATSP page 1, 2.a"
    over = to_come["The agreement expires"]
    assert over.clause == "ATSP page 1, 2.a"
    assert over.note == "One year from 3 Sep 2002: to the end of 2 Sep 2003, America/Los_Angeles."


def test_internal_entries_of_the_timeline_stay_inside(mti: Agreement, administrator: User) -> None:
    journal.record(mti, "agreement.weighed", by=administrator, at=AT, text="internal")
    reader = mti.reseller.contacts.get(name="Terri Hirsch").user
    ours = timeline_of(mti, administrator, AT)
    theirs = timeline_of(mti, reader, AT)
    assert any(moment.note == "internal" for moment in ours.past)
    assert not any(moment.note == "internal" for moment in theirs.past)


def test_the_pages_cost_the_same_however_much_has_happened(
    browser: Client, mti: Agreement, administrator: User
) -> None:
    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse(name, args=[mti.reference])).status_code == 200
        return len(captured)

    names = ("agreement", "agreement_documents", "agreement_parties", "end_agreement")
    before = {name: cost(name) for name in names}
    for n in range(9):
        journal.record(mti, "agreement.weighed", by=administrator, at=AT, text=str(n))
        mti.reseller.sites.create(name=f"Site {n}", region="US", zone="America/Denver")
        browser.post(
            reverse("agreement_documents", args=[mti.reference]),
            {"file": SimpleUploadedFile(f"{n}.txt", b"signed %d" % n)},
        )
    assert {name: cost(name) for name in names} == before
    assert before["agreement"] < 25, before


@pytest.mark.clause("ATSP 20.2")
def test_a_new_address_of_the_party_leads_to_its_sites_which_keep_theirs(
    mti: Agreement, browser: Client
) -> None:
    site = mti.reseller.sites.get(name="Anaheim")
    before = Site.objects.values().get(pk=site.pk)
    typed = {
        "party-reseller-name": mti.reseller.name,
        "party-reseller-street": "14661 Franklin Avenue",
        "party-reseller-city": "Tustin",
        "party-reseller-since": "2003-03-01",
        "party-reseller-reason": "Letter of 20 February 2003.",
    }
    assert (
        post(browser, "agreement_parties", mti, what="party-reseller", **typed).status_code == 302
    )
    assert Site.objects.values().get(pk=site.pk) == before
    address = reverse("agreement_parties", args=[mti.reference])
    page = browser.get(address).content.decode()
    form = page.partition('id="party-reseller"')[2].partition("</form>")[0]
    way = f"{address}?what=site-{site.pk}"
    assert f'<a href="{way}#site-{site.pk}">Anaheim</a>' in form
    shown = browser.get(way).content.decode()
    assert re.search(rf'<details class="party act-fold" id="site-{site.pk}"\s+open>', shown)
    assert shown.count(" open>") == 1
