"""Files in a real browser: over a connection that breaks, by drop and paste, without scripts, read and searched."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from bench._breaking import BreakingProxy
from cases.case.models import Case
from cases.information.actions import request_information
from portal.files.checking import check_waiting
from portal.models import Attachment, Upload
from tests.cases.world import HOUR, MINUTE, NOW, World, again, make_world
from tests.portal.browser import faults_of, page_of

Sessions = Callable[[str], str]
LOG = b"".join(
    b"%06d the index is %s\n" % (n, b"empty" if n == 4321 else b"fine") for n in range(1, 200_001)
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


@pytest.fixture
def session(world: World, client: Any) -> Sessions:
    def of(name: str) -> str:
        client.force_login(world.user(name))
        return str(client.session.session_key)

    return of


@pytest.fixture(autouse=True)
def _served_as_built(settings: Any, set_clock: Any) -> None:
    settings.DEBUG = True
    set_clock(NOW)
    settings.UPLOAD_CHUNK_BYTES = 2**20
    settings.UPLOAD_LEASE_SECONDS = 2.0


def asked(world: World) -> Case:
    case = world.reply(world.open(NOW - 2 * HOUR), NOW - HOUR)
    request_information(case, by=world.engineer, at=NOW - MINUTE, missing=["the recover log"])
    return again(case)


def paste(page: Page) -> None:
    """Paste a screenshot into the form."""
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, 0])], "image.png"));
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector("form[data-act=add] textarea").dispatchEvent(event);
        }"""
    )


@pytest.mark.clause("ATSP 4.9.1")
@pytest.mark.parametrize("width", [1440, 390])
def test_a_contact_sends_a_log_over_a_line_that_breaks_and_an_engineer_reads_it(
    live_server: Any, world: World, session: Sessions, width: int
) -> None:
    case = asked(world)
    where = urlsplit(live_server.url)
    assert where.port is not None
    with BreakingProxy(where.port, cuts=(2**20 + 2**19, 3 * 2**20)) as proxy:
        address = f"http://{where.hostname}:{proxy.port}/cases/{case.pk}/?act=add"
        with page_of(
            address, session=session("technical"), width=width, unless="Failed to"
        ) as page:
            field = page.locator("[data-files='add-attached']")
            field.locator("input[type=file]").set_input_files(
                {"name": "recover.log", "mimeType": "text/plain", "buffer": LOG}
            )
            paste(page)
            page.locator("[name='add-answers']").check()
            page.locator("form[data-act=add] .act-foot button[type=submit]").click()
            expect(page.locator(".message-file")).to_have_count(2, timeout=60_000)
    assert proxy.broke == 2
    assert again(case).information_received_at is not None
    assert not Upload.objects.exists()
    check_waiting(NOW)
    log = Attachment.objects.get(name="recover.log")
    assert (log.size, log.sha256) == (len(LOG), hashlib.sha256(LOG).hexdigest())
    assert Attachment.objects.get(name__startswith="screenshot-").content_type == "image/png"
    if width == 390:
        return
    start = f"{live_server.url}/cases/{case.pk}/"
    with page_of(start, session=session("engineer"), width=width) as page:
        page.get_by_role("link", name="recover.log", exact=True).click()
        expect(page.locator(".file-line").first).to_contain_text("000001 the index is fine")
        page.get_by_placeholder("Search this file").fill("INDEX IS EMPTY")
        page.get_by_placeholder("Search this file").press("Enter")
        expect(page.locator(".file-number").first).to_have_text("4321")
        page.get_by_text("Show the lines around").click()
        expect(page.locator(".file-alike")).to_contain_text("004320 the index is fine")
        page.locator(".file-number").first.click()
        expect(page.locator("#L4321")).to_be_in_viewport()


def test_the_pages_of_files_are_accessible_and_fit(
    live_server: Any, world: World, session: Sessions
) -> None:
    case = asked(world)
    with page_of(
        f"{live_server.url}/cases/{case.pk}/?act=add", session=session("technical")
    ) as page:
        field = page.locator("[data-files='add-attached']")
        field.locator("input[type=file]").set_input_files(
            {"name": "a.log", "mimeType": "text/plain", "buffer": LOG[:5000]}
        )
        expect(field.locator("[data-state=done]")).to_have_count(1)
        page.reload()
        expect(field.locator("[data-state=done]")).to_contain_text("a.log")
        page.locator("form[data-act=add] .act-foot button[type=submit]").click()
        expect(page.locator(".message-file")).to_have_count(1)
    file = Attachment.objects.get()
    paths = [
        f"/files/{file.pk}/view/",
        f"/files/{file.pk}/view/?find=empty",
        f"/cases/{case.pk}/",
    ]
    assert faults_of(live_server.url, paths, session=session("engineer")) == []
