"""Fixtures of the journeys: the portal running for real, and people with a browser each."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from playwright.sync_api import Browser, Locator, Page

from cases.case.models import Case
from contracts.agreements.models.agreements import Agreement
from demo import people
from demo.accounts import PASSWORD
from demo.build import publish_products_and_knowledge
from tests.journeys.running import RunningPortal, portal_running
from tests.portal import browser as a_browser
from tests.smtp_peer import SmtpPeer

ALL = ("web", "worker", "beat")
START = dt.datetime(2003, 3, 5, 17, 20, tzinfo=dt.UTC)
"""Wednesday 5 March 2003, 09:20 in Los Angeles: within the contract year as filed."""


@pytest.fixture
def mails() -> Iterator[SmtpPeer]:
    with SmtpPeer() as peer:
        yield peer


@pytest.fixture
def run_portal(
    transactional_db: None, settings: Any, tmp_path: Path, mails: SmtpPeer, browser: Browser
) -> Iterator[Callable[..., RunningPortal]]:
    """Load the real agreement and start the processes named; settings may be given."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    with contextlib.ExitStack() as stack:

        def run(start: tuple[str, ...] = ALL, **environment: str) -> RunningPortal:
            portal = stack.enter_context(
                portal_running(
                    tmp_path,
                    domain_now=START,
                    speed=1,
                    smtp_port=mails.port,
                    redis_url=settings.REDIS_URL,
                )
            )
            portal.manage("collectstatic", "--noinput", "--verbosity", "0")
            portal.manage("load_holidays", "contracts/data/holidays.toml")
            portal.manage("publish_programme", "contracts/programmes/atsp-2002.toml")
            for name in ("mti-2002.toml", "second-reseller.toml"):
                portal.manage("load_agreement", f"contracts/data/{name}", "--password", PASSWORD)
            users = people.make_provider()
            people.assign_people(list(Agreement.objects.all()), users, START)
            publish_products_and_knowledge()
            portal.set_clock(START, 1)
            portal.environment |= environment
            for name in start:
                portal.start(name)
            portal.wait_until_it_answers()
            return portal

        yield run


@pytest.fixture
def browser() -> Iterator[Browser]:
    running = a_browser.browser()
    yield running
    for left in running.contexts:
        left.close()


TITLE = "Both NetWorker servers down after failover"
REPORT = {
    "release": "6.1.3",
    "platform": "Sun Fire 4800, two nodes",
    "operating_system": "Solaris 8",
    "description": "After this morning's failover nsrd starts on neither node.",
    "business_impact": "The trading floor's logs cannot be saved; they fill the disks by noon.",
    "replication_steps": "Fail over in the lab with copies of both resource databases.",
    "level_1_work": "Collected the logs.",
    "level_2_work": "Isolated it to the resource lock, replicated it in the lab.",
    "end_user": "A bank in New York",
}


class Person:
    """Somebody at a browser of their own, signed in."""

    def __init__(self, browser: Browser, portal: RunningPortal, email: str) -> None:
        self.email = email
        self.context = browser.new_context(base_url=portal.url, reduced_motion="reduce")
        self.page: Page = self.context.new_page()
        self.page.goto("/account/login/")
        self.page.locator("[name=login]").fill(email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main form [type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/account/login" not in url)

    def goes(self, address: str) -> Page:
        self.page.goto(address)
        return self.page

    def opens_a_case(self, *, severity: int, title: str = TITLE) -> Case:
        """Fill in the form that opens a case, send it, and return the case."""
        page = self.goes("/cases/new/")
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        for name, value in {**REPORT, "title": title}.items():
            page.locator(f"main [name='{name}']").fill(value)
        page.locator("main [name=product]").select_option(label="NetWorker")
        page.locator(f"main [name=severity][value='{severity}']").check()
        page.locator("main [name=replication][value=replicated]").check()
        page.locator("main [name=updates_paid]").check()
        with page.expect_navigation(url=re.compile(r"/cases/\d+/$")):
            page.get_by_role("button", name="Open the case").click()
        return Case.objects.get(title=title)

    def prepares(self, case: str, act: str, **fields: str) -> Locator:
        """Open a case page and fill in an act's form; return the button that does it."""
        self.goes(f"{case}?act={act}")
        form = self.page.locator(f"form[data-act='{act}']")
        for name, value in fields.items():
            field = form.locator(f"[name='{act}-{name}']")
            kind = field.first.get_attribute("type")
            if kind == "radio":
                form.locator(f"[name='{act}-{name}'][value='{value}']").check()
            elif field.first.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        return form.locator("[type=submit]:not([formaction])").last

    def does(self, case: str, act: str, **fields: str) -> None:
        """Do an act on a case, and fail when it was refused."""
        button = self.prepares(case, act, **fields)
        self.submits(button)

    def submits(self, button: Locator) -> None:
        """Press a prepared button, and fail when the act was refused."""
        with self.page.expect_navigation():
            button.click()
        refused = self.page.locator("main .refusal, main .invalid-feedback")
        assert refused.count() == 0, refused.first.inner_text()


@pytest.fixture
def person(browser: Browser) -> Callable[[RunningPortal, str], Person]:
    return lambda portal, email: Person(browser, portal, email)
