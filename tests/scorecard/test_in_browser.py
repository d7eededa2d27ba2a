"""The pages of scorecards in a real browser: accessible in both themes, and within a phone's width."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.atsp import local
from tests.portal.browser import faults_of, page_of
from tests.scorecard.world import DAY, HOUR, Past, World, add_contact, write_past

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/scorecards/",
    "/scorecards/ATSP-TEST/",
    "/scorecards/ATSP-TEST/M2/",
    "/scorecards/ATSP-TEST/M5/",
)


@pytest.fixture
def session(world: World, client: Any, set_clock: Any) -> str:
    """The account manager's session, with cases to look at."""
    set_clock(local("2003-03-05 14:10"))
    start = local("2002-10-01 10:00")
    write_past(
        world,
        [
            Past(
                start + n * 3 * DAY,
                severity=1 + n % 4,
                fix_at=start - DAY if n % 3 == 0 else None,
                replicated=n % 4 == 0,
                relieved_at=start + n * 3 * DAY + HOUR,
                closed_at=start + n * 3 * DAY + 9 * DAY,
            )
            for n in range(40)
        ],
    )
    add_contact(world.agreement)
    client.force_login(world.manager)
    return str(client.session.session_key)


def test_the_pages_are_accessible_and_fit(live_server: Any, session: str) -> None:
    assert faults_of(live_server.url, PAGES, session=session) == []


def test_from_the_portfolio_to_the_cases_behind_a_number(live_server: Any, session: str) -> None:
    with page_of(live_server.url + PAGES[0], session=session) as page:
        page.get_by_role("link", name="Reseller").click()
        expect(page.get_by_role("heading", name="Review of 3 Mar 2003")).to_be_visible()
        page.get_by_role("link", name="10 of 40 cases").last.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("M3")
        page.get_by_role("link", name="Count 10").click()
        expect(page.locator("[data-keys-row]")).to_have_count(10)
        page.locator("[data-keys-open]").first.click()
        page.wait_for_url("**/cases/*/")
