"""A real browser for the tests of the look: it notes every error that a page reports.

A file of tests starts its browser once, at the first test that needs it; each test has a profile of its own in it.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from urllib.parse import urljoin

from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from devstack import chromium

AXE = Path(__file__).resolve().parents[2] / "static_build" / ".dev" / "axe.min.js"

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


@contextlib.contextmanager
def page_of(
    address: str,
    *,
    session: str = "",
    width: int = 1440,
    scheme: str = "light",
    unless: str = "\0",
    scripts: bool = True,
) -> Iterator[Page]:
    """Open a window at `address` in a profile of its own; on leaving, fail if the page reported any error.

    A refused script or style (Content-Security-Policy) counts as one; what holds `unless` does not.
    """
    errors: list[str] = []
    profile = browser().new_context(
        viewport={"width": width, "height": 900},
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
    assert [error for error in errors if unless not in error] == [], errors


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: rule and element, one string each."""
    page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
