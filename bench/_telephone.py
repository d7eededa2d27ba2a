"""How long dispatch takes from the ringing telephone to the number of the case: by keyboard, at the pace of a person.

    python -m bench._telephone http://127.0.0.1:8000/ sam.adeyemi@legato.example

The person signs in, and the clock starts at the empty search field. Each key takes 200 ms (60 words of five letters a
minute), and each field half a second of listening before it. `tests/cases/calls/test_in_browser.py` walks the same way
as fast as the page answers.
"""

import argparse
import statistics
import time
from dataclasses import dataclass

from playwright.sync_api import Page, expect, sync_playwright

from devstack.chromium import chromium, launch_flags

KEY_MS = 200
LISTEN_MS = 500


@dataclass(frozen=True, slots=True)
class Call:
    """What is typed: who calls, and what they say. `product` is as much of its name as chooses it."""

    who: str
    title: str
    description: str
    product: str
    release: str
    end_user: str
    severity: str


def take(page: Page, call: Call, *, key: int = 0, listen: int = 0) -> str:
    """Take the call on an open page of the telephone, and return the number of the case that it became.

    `key` and `listen` are milliseconds a key and before a field. Nothing is clicked.
    """

    def hear() -> None:
        page.wait_for_timeout(listen)

    def say(text: str) -> None:
        page.keyboard.type(text, delay=key)

    def press(name: str) -> None:
        page.keyboard.press(name, delay=key)

    field = page.get_by_role("searchbox", name="Contact code, name, company")
    expect(field).to_be_focused()
    say(call.who)
    press("Enter")
    title = page.get_by_label("The Problem in one line")
    expect(title).to_be_focused()
    for text in (call.title, call.description, call.product, call.release, call.end_user):
        hear()
        say(text)
        press("Tab")
    hear()
    press("Space")  # the End-User has paid for Updates
    while not page.evaluate("document.activeElement.name === 'severity'"):
        press("Tab")
    hear()
    press(call.severity)
    press("Control+Enter")
    page.wait_for_url("**/cases/*/")
    return page.url.rstrip("/").rsplit("/", 1)[1]


CALL = Call(
    who="keane",
    title="Server down after failover",
    description="nsrd does not start on both nodes since 9 this morning: resource lock is held.",
    product="NetW",
    release="6.1.2",
    end_user="Harbour Freight Lines",
    severity="2",
)


def main() -> None:
    """Measure some calls, one after another."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("address", help="where the portal runs")
    asked.add_argument("who", help="the mail address of somebody who takes calls")
    asked.add_argument("--password", default="legato-demo-2003")
    asked.add_argument("--calls", type=int, default=3)
    given = asked.parse_args()
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium()), args=launch_flags())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(given.address)
        page.fill("input[name=login]", given.who)
        page.fill("input[name=password]", given.password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/queue/")
        for _ in range(given.calls):
            page.goto(f"{given.address.rstrip('/')}/telephone/")
            began = time.perf_counter()
            number = take(page, CALL, key=KEY_MS, listen=LISTEN_MS)
            taken.append(time.perf_counter() - began)
            print(f"case {number}: {taken[-1]:.1f} s")
        browser.close()
    print(f"{KEY_MS} ms a key, {LISTEN_MS} ms before a field: {statistics.median(taken):.1f} s")


if __name__ == "__main__":
    main()
