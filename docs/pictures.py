"""Takes the README's pictures from a running demonstration: ``make pictures``.

It signs in as the people of the demonstration, in light and dark, and writes docs/pictures/<page>-<scheme>.png; with
--phone it also takes each page at 390 pixels into docs/pictures/phone/ (which git ignores), for looking at.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from demo.accounts import PASSWORD
from devstack import chromium

FOLDER = Path(__file__).resolve().parent / "pictures"


@dataclass(frozen=True)
class Shot:
    """A page as one of the demonstration's people sees it: an address, or links to follow from it."""

    name: str
    who: str
    address: str
    follow: str = ""


SHOTS = (
    Shot("home", "mkeane@mti.example", "/home/"),
    Shot("open", "mkeane@mti.example", "/cases/new/"),
    Shot("case", "maya.okafor@legato.example", "/queue/?severity=1", "a.row-link"),
    Shot("queue", "priya.raman@legato.example", "/queue/"),
    Shot("board", "dana.whitfield@legato.example", "/escalations/"),
    Shot("scorecard", "anne.delacroix@legato.example", "/scorecards/271-ATSP-4453/"),
    Shot("portfolio", "anne.delacroix@legato.example", "/scorecards/"),
    Shot("agreement", "thirsch@mti.example", "/agreement/"),
    Shot("roster", "thirsch@mti.example", "/agreements/271-ATSP-4453/roster/"),
    Shot("prepaid", "thirsch@mti.example", "/agreements/271-ATSP-4453/cases/"),
    Shot("money", "thirsch@mti.example", "/agreements/271-ATSP-4453/money/"),
    Shot("psam", "dana.whitfield@legato.example", "/account-management/"),
)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phone", action="store_true")
    parser.add_argument("--url", default=os.environ.get("PORTAL_BASE_URL", "http://localhost:8000"))
    parser.add_argument("--only", default="", help="names, with commas between")
    chosen = parser.parse_args()
    wanted = set(filter(None, chosen.only.split(",")))
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium.chromium()), args=chromium.launch_flags()
        )
        for shot in SHOTS:
            if wanted and shot.name not in wanted:
                continue
            for scheme in ("light", "dark"):
                for name, width in _sizes(chosen.phone):
                    _take(
                        browser,
                        chosen.url,
                        shot,
                        scheme,
                        width,
                        FOLDER / name.format(shot.name, scheme),
                    )
        browser.close()


def _sizes(phone: bool) -> Iterator[tuple[str, int]]:
    yield "{}-{}.png", 1440
    if phone:
        yield "phone/{}-{}.png", 390


def _take(browser: Browser, url: str, shot: Shot, scheme: str, width: int, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        base_url=url,
    )
    page = context.new_page()
    _sign_in(page, shot.who)
    page.goto(shot.address)
    if shot.follow:
        page.locator(shot.follow).first.click()
        page.wait_for_load_state()
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path, full_page=width < 1000)
    context.close()


def _sign_in(page: Page, who: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form [type=submit]").first.click()
    page.wait_for_url(lambda address: "/account/login" not in address)


if __name__ == "__main__":
    main()
