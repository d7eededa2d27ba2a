"""How long a practised contact takes to open a case by keyboard alone, at a person's pace.

Run it against a portal that runs: ``python -m bench._opening http://127.0.0.1:8000 mkeane@mti.example PASSWORD``. The
text is the same each time; with a case's number behind, the report begins like that case ("Open one like this").
"""

import json
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin

from playwright.sync_api import Page, TimeoutError, sync_playwright

from devstack.chromium import chromium, launch_flags

TEXTS = {
    "release": "6.1.3",
    "end_user": "Harbour Freight Lines",
    "platform": "Sun E450",
    "operating_system": "Solaris 8",
    "title": "Index empty after recover of a client",
    "description": "recover says the index is empty since 02:00. Nothing was changed before.",
    "business_impact": "No restore can be done.",
    "replication_steps": "Run recover -s on the server.",
    "level_1_work": "Logs read, known Fixes tried.",
    "level_2_work": "nsrck run, index rebuilt.",
}
BEGINNINGS = {"release": "6.1", "end_user": "Har"}
"""So much is typed of what is suggested, before it is chosen."""
WANTED = {*TEXTS, "product", "severity", "replication", "updates_paid"}
STEPS = 80
WAIT = 1500
"""Milliseconds until what is suggested must be there."""


@dataclass
class Hands:
    """A person's hands: so many seconds for a letter, and for any other key."""

    page: Page
    letter: float = 0.10
    other: float = 0.25
    letters: int = 0
    keys: int = 0
    done: set[str] = field(default_factory=set)

    def write(self, text: str) -> None:
        """Type a text."""
        for letter in text:
            time.sleep(self.letter)
            self.page.keyboard.type(letter)
        self.letters += len(text)

    def press(self, *keys: str) -> None:
        """Press keys that write nothing."""
        for key in keys:
            time.sleep(self.other)
            self.page.keyboard.press(key)
        self.keys += len(keys)


def take(page: Page, *, pace: float = 1.0) -> Hands:
    """Fill in the form that is shown and open the case; `pace` 0 is as fast as it goes."""
    hands = Hands(page, letter=0.10 * pace, other=0.25 * pace)
    fields = "[...document.querySelectorAll('form[data-draft-key] [name]')]"
    hands.done.update(
        page.evaluate(f"{fields}.filter(e => e.type !== 'radio' && e.value).map(e => e.name)")
    )
    hands.done.discard("updates_paid")  # a tick has a value before it is ticked
    for _ in range(STEPS):
        at = page.evaluate(
            "() => { const e = document.activeElement;"
            " return {name: e.name || '', value: e.value || '', isOn: e.checked || false,"
            " suggests: e.getAttribute('role') === 'combobox'} }"
        )
        hands.done.add(at["name"])
        _answer(hands, at)
        if hands.done >= WANTED:
            hands.press("Control+Enter")
            break
        hands.press("Tab")
    page.wait_for_url(lambda url: "/cases/new" not in url)
    return hands


def _answer(hands: Hands, at: dict[str, str]) -> None:
    name, page = at["name"], hands.page
    if name == "product" and not at["value"]:
        hands.write("NetW")
    elif name in BEGINNINGS and at["suggests"] and not at["value"]:
        hands.write(BEGINNINGS[name])
        try:
            page.locator(f"[name={name}][aria-expanded=true]").wait_for(timeout=WAIT)
        except TimeoutError:  # nobody said so before
            hands.write(TEXTS[name].removeprefix(BEGINNINGS[name]))
        else:
            hands.press("ArrowDown")  # Tab takes it along
    elif name in TEXTS and not at["value"]:
        hands.write(TEXTS[name])
    elif name == "severity" and not page.locator("[name=severity]:checked").count():
        hands.press("ArrowDown")
    elif (name == "replication" and not page.locator("[name=replication]:checked").count()) or (
        name == "updates_paid" and not at["isOn"]
    ):
        hands.press("Space")


def main(base: str, login: str, password: str, like: str = "") -> None:
    """Sign in, open a case, and print how long it took from the form's first sight."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium()), args=launch_flags())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(base)
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        page.goto(urljoin(base, f"/cases/new/?like={like}" if like else "/cases/new/"))
        page.wait_for_load_state("networkidle")
        began = time.monotonic()
        hands = take(page)
        spent = time.monotonic() - began
        print(
            json.dumps({"seconds": round(spent, 1), "letters": hands.letters, "keys": hands.keys})
        )
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
