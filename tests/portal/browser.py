"""A real browser for the tests of the look: it notes every error that a page reports.

A file of tests starts its browser once, at the first test that needs it; each test has a profile of its own in it.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urljoin

from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

from devstack import chromium

AXE = Path(__file__).resolve().parents[2] / "static_build" / ".dev" / "axe.min.js"

HEIGHT = 900
SIGHTS: tuple[tuple[Any, ...], ...] = (
    (1440, "light"),
    (1440, "dark", "color-contrast"),
    (390, "dark"),
    (390, "light", "color-contrast"),
)
"""How a page is looked at: the width of the window, the theme, and the rules of axe when not all of them."""

expect.set_options(timeout=15_000)  # what a page shows, not how fast: that is measured by `bench`

_running = contextlib.ExitStack()
_browsers: list[Browser] = []


def browser() -> Browser:
    """The running browser, started at the first call. Who starts it sees to `stop` (a fixture does, file by file)."""
    if not _browsers:
        # Playwright keeps an event loop in this thread: the tests' own queries run beside it, not in it.
        _running.enter_context(mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="1"))
        playwright = _running.enter_context(sync_playwright())
        _running.callback(
            connections.close_all
        )  # those of that loop, which nobody else would close
        started = playwright.chromium.launch(
            executable_path=str(chromium.chromium()), args=chromium.launch_flags()
        )
        _running.callback(started.close)
        _browsers.append(started)
    return _browsers[0]


def stop() -> None:
    """End the browser, if one runs."""
    _browsers.clear()
    _running.close()


_LEFT = ("htmx:sendAbort", "htmx:afterRequest")
"""What a page says of a question that it no longer waits for, as it is left."""


@contextlib.contextmanager
def page_of(
    address: str,
    *,
    session: str = "",
    width: int = 1440,
    scheme: str = "light",
    unless: str | Sequence[str] = (),
    scripts: bool = True,
) -> Iterator[Page]:
    """Open a window at `address` in a profile of its own; on leaving, fail if the page reported any error.

    A refused script or style (Content-Security-Policy) counts as one; what holds `unless` does not, nor a question that
    the page asked and no longer waits for.
    """
    errors: list[str] = []
    profile = browser().new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    with contextlib.closing(profile):
        if session:
            origin = urljoin(
                address, "/"
            )  # the cookie is for every page, not for those below this one
            profile.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
        page = profile.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address)
        yield page
    passed_over = (*([unless] if isinstance(unless, str) else unless), *_LEFT)
    assert [each for each in errors if not any(words in each for words in passed_over)] == [], (
        errors
    )


def violations(page: Page, *rules: str) -> list[str]:
    """The faults that axe finds on the page by all rules or the named ones: rule and element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = page.evaluate(
        "rules => axe.run(document, {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})})",
        list(rules),
    )
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def faults(page: Page, name: str = "") -> list[str]:
    """What is wrong with the page as it stands, in a wide and a narrow window, light and dark.

    The window changes, not the page. Only colors differ by theme, so the second theme of a width is asked for those.
    """
    found: list[str] = []
    for width, scheme, *rules in SIGHTS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        seen = f"{name or page.url}, {width} {scheme}"
        found += [f"{seen}: {each}" for each in violations(page, *rules)]
        broad = page.evaluate("document.documentElement.scrollWidth")
        if broad != width:
            found.append(f"{seen}: the page is {broad} wide")
    return found


def faults_of(origin: str, addresses: Sequence[str], *, session: str = "") -> list[str]:
    """What is wrong with each of the pages, as the session's owner sees them."""
    found: list[str] = []
    with page_of(origin + addresses[0], session=session) as page:
        for address in addresses:
            if page.url != origin + address:
                page.goto(origin + address)
            assert page.url == origin + address, "it is the page that was asked for"
            found += faults(page, address)
    return found
