"""The pages of an agreement's life in a real browser: accessible in both themes, narrow and wide, without scripts."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from contracts.agreements.actions.signed_copies import attach_signed_copy
from contracts.agreements.models.agreements import Agreement, AgreementState
from portal.models import User
from tests.contracts import factories
from tests.contracts.agreements.test_life import a_draft
from tests.portal.browser import faults_of, page_of

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(AT)


@pytest.fixture
def session(administrator: User, client: Client) -> str:
    """The session key of the contract administrator."""
    client.force_login(administrator)
    return str(client.session.session_key)


def test_the_pages_are_accessible_and_fit(
    live_server: Any, administrator: User, session: str
) -> None:
    mti = factories.load(factories.MTI_FILE)
    draft = a_draft(contract_number="DRAFT-1")
    attach_signed_copy(mti, name="page 1.pdf", content=b"%PDF-1", by=administrator, at=AT)
    pages = [
        "/agreements/",
        "/agreements/new/",
        f"/agreements/new/?version={mti.programme_version_id}",
        f"/agreements/{mti.reference}/",
        f"/agreements/{mti.reference}/end/",
        f"/agreements/{mti.reference}/parties/",
        f"/agreements/{mti.reference}/documents/",
        f"/agreements/{draft.reference}/",
        f"/agreements/{draft.reference}/change/",
        f"/agreements/{draft.reference}/sign/",
    ]
    assert faults_of(live_server.url, pages, session=session) == []


def test_an_agreement_is_drawn_up_without_scripts_and_a_refusal_leads_to_the_field(
    live_server: Any, session: str
) -> None:
    version = factories.published()
    address = f"{live_server.url}/agreements/new/?version={version.pk}"
    with page_of(address, session=session, scripts=False, unless="409") as page:
        folded = page.locator(".paper-step:not([open]) > summary")
        while folded.count():
            folded.first.click()
        page.locator("summary", has_text="A new reseller").click()
        page.locator("[name=new_name]").fill("Aurora Storage")
        page.locator("[name=tier][value=level-2]").check()
        page.locator("[name=option-psam-1]").fill("1")
        page.locator("[name=contract_number]").fill("271-ATSP-5000")
        page.locator("[name=effective_on]").fill("2003-04-01")
        page.locator("[name=site-0-name]").fill("Denver")
        page.locator("[name=site-0-region]").select_option("US")
        page.locator("[name=site-0-zone]").fill("America/Denver")
        page.get_by_role("button", name="Make the draft").click()
        expect(page.locator(".refusal")).to_contain_text("it must be in the same column")
        expect(page.locator("[name=contract_number]")).to_have_value("271-ATSP-5000")
        expect(page.locator("[name=option-psam-1]")).to_have_class(
            r"numberinput form-control is-invalid"
        )
        page.locator("[name=option-psam-1]").fill("")
        page.locator("[name=option-psam-2]").fill("2")
        page.get_by_role("button", name="Make the draft").click()
        expect(page.locator("h1")).to_contain_text("Aurora Storage")
    assert Agreement.objects.get().state == AgreementState.DRAFT


def test_on_a_phone_the_search_stands_beside_its_button(live_server: Any, session: str) -> None:
    with page_of(f"{live_server.url}/agreements/", session=session, width=390) as page:
        field = page.locator(".filter-bar [type=search]").bounding_box()
        button = page.locator(".filter-bar .filter-apply").bounding_box()
        assert field is not None
        assert button is not None
        assert field["y"] + field["height"] > button["y"], "on one line"


def test_that_something_was_typed_is_said_in_one_sentence(live_server: Any, session: str) -> None:
    mti = factories.load(factories.MTI_FILE)
    address = f"{live_server.url}/agreements/{mti.reference}/renewal/reseller-agreement/"
    with page_of(address, session=session) as page:
        page.locator("[name=reason]").fill("Letter of 5 March.")
        said = page.locator("[data-draft-status]")
        expect(said).to_contain_text("Draft saved", timeout=8000)
        page.goto(address)
        expect(said).to_contain_text("You typed this")
        left, last = said.evaluate(
            """status => {
                status.style.maxWidth = "9rem";
                const range = document.createRange();
                range.selectNodeContents(status.lastChild);
                const lines = [...range.getClientRects()].map(line => line.left);
                return [status.getBoundingClientRect().left, Math.min(...lines)];
            }"""
        )
        assert last == pytest.approx(left, abs=1), "it goes on at the beginning of the next line"
