"""A real browser for the tests of the look: it notes every error that a page reports."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page, sync_playwright

from portal.devstack import chromium

AXE = Path(__file__).resolve().parents[2] / "static_build" / ".dev" / "axe.min.js"


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
    """Open a browser window at `address`; on leaving, fail if the page reported any error.

    A refused script or style (Content-Security-Policy) counts as one; what holds `unless` does not.
    """
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium.chromium()), args=chromium.launch_flags()
        )
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        if session:
            origin = urljoin(
                address, "/"
            )  # the cookie is for every page, not for those below this one
            context.add_cookies([{"name": "sessionid", "value": session, "url": origin}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address)
        yield page
        browser.close()
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
