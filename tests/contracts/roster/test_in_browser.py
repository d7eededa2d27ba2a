"""The roster's pages in a real browser: accessible in both themes, narrow and wide."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.billing.models.charges import FeeCode, StandardFee
from contracts.roster.actions import changes as roster
from contracts.roster.rules import files
from portal.models import Draft, User
from tests.contracts import factories
from tests.contracts.roster.test_changes import AT, FEE, details, line
from tests.portal.browser import faults, faults_of, page_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(AT)


@pytest.fixture
def mti(transactional_db: None) -> Agreement:
    """The real agreement, with somebody new who waits and a fee beyond the slots."""
    agreement = factories.load(factories.MTI_FILE)
    StandardFee.objects.create(
        code=FeeCode.ADDITIONAL_CONTACT, amount=FEE, starts_on=dt.date(2003, 1, 1), set_at=AT
    )
    roster.add_contact(agreement, details(), ContactRole.TECHNICAL, by=keeper(agreement), at=AT)
    return agreement


def keeper(agreement: Agreement) -> User:
    user = line(agreement, "Terri Hirsch").contact.user
    assert user is not None
    return user


def test_the_pages_are_accessible_and_fit(
    live_server: Any, client: Any, mti: Agreement, tmp_path: Any
) -> None:
    client.force_login(keeper(mti))
    session = client.session.session_key
    table = files.as_csv(
        [["Role", "Name", "E-mail Address", "Site"], ["King", "Ada", "ada", "Paris"]]
    )
    form = tmp_path / "form.csv"
    form.write_bytes(table)
    entry = line(mti, "Larry Herring")
    pages = [
        reverse("agreement_roster", args=[mti.reference]),
        reverse("roster_add", args=[mti.reference]),
        reverse("roster_line", args=[mti.reference, entry.pk]),
        reverse("roster_line", args=[mti.reference, entry.pk]) + "?act=training",
        reverse("roster_import", args=[mti.reference]),
    ]
    assert faults_of(live_server.url, pages, session=session) == []
    with page_of(live_server.url + pages[-1], session=session) as page:
        page.set_input_files("#id_file", str(form))
        page.get_by_role("button", name="Preview").click()
        page.wait_for_selector("#plan-title")
        assert faults(page, "the rows of a form") == []


def test_two_tabs_of_one_line_never_erase_each_other(
    live_server: Any, client: Any, mti: Agreement
) -> None:
    client.force_login(keeper(mti))
    entry = line(mti, "Larry Herring")
    address = live_server.url + reverse("roster_line", args=[mti.reference, entry.pk])
    with page_of(address, session=client.session.session_key, unless="409") as first:
        second = first.context.new_page()
        second.goto(address)
        first.locator("[name=telephone]").fill("+1 978 555 0001")
        expect(first.locator("form[data-act] [data-draft-status]")).to_contain_text("Draft saved")
        second.locator("[name=telephone]").fill("+1 978 555 0002")
        choice = second.locator(".draft-elsewhere")
        expect(choice).to_contain_text("+1 978 555 0001")
        assert [draft.data["telephone"] for draft in Draft.objects.all()] == ["+1 978 555 0001"]
        assert faults(second) == []
        choice.get_by_role("button", name="Keep this text").click()
        expect(second.locator("form[data-act] [data-draft-status]")).to_contain_text("Draft saved")
        kept = sorted(draft.data["telephone"] for draft in Draft.objects.all())
        assert kept == ["+1 978 555 0001", "+1 978 555 0002"]
        second.goto(f"{live_server.url}/drafts/")
        expect(second.locator("main")).to_contain_text("Set aside")
        expect(second.locator("main")).to_contain_text("Details")
