"""How long a key takes to show in a form that holds a pasted log, by a real browser.

    python -m bench._typing http://127.0.0.1:8000/ maya.okafor@legato.example /cases/1/ reply-body PASSWORD

The text of so many kilobytes is pasted, then one types at its end, a key every 120 ms, while the page refreshes itself;
its draft is saved once one stops. A key's time is from its keydown to the frame that shows it. `--width` is the page's.
"""

import argparse
import statistics

from playwright.sync_api import Page, sync_playwright

from devstack.chromium import chromium, launch_flags

PACE_MS = 120
LINE = "03/05/03 10:15:02 nsrd: media notice: save set 1234567 of client mars: index entry torn\n"
_PASTE = """([name, text]) => {
    const field = document.querySelector(`[name="${name}"]`);
    field.focus();
    field.value = text;
    field.setSelectionRange(text.length, text.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    window.took = [];
    field.addEventListener("keydown", (event) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.took.push(performance.now() - event.timeStamp);
        channel.port2.postMessage(0);
    }), true);
}"""


def typed(page: Page, name: str, kilobytes: int, keys: int) -> list[float]:
    """Milliseconds from each keydown to its frame, in the field of that name with a log of so many kB in it."""
    text = (LINE * (kilobytes * 1024 // len(LINE) + 1))[: kilobytes * 1024]
    page.evaluate(_PASTE, [name, text])
    page.wait_for_timeout(500)
    for number in range(keys):
        page.keyboard.press("abcdefgh "[number % 9])
        page.wait_for_timeout(PACE_MS)
    took: list[float] = page.evaluate("window.took")
    return took


def main() -> None:
    """Print the median, the 95th percentile and the longest of the keys."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("at", "email", "path", "field", "password"):
        parser.add_argument(name)
    parser.add_argument("--kilobytes", type=int, nargs="+", default=[1, 40, 200])
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--width", type=int, default=1440)
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium()), args=launch_flags())
        page = browser.new_page(viewport={"width": asked.width, "height": 900})
        page.goto(asked.at.rstrip("/") + asked.path)
        page.get_by_label("E-mail address").fill(asked.email)
        page.locator("[name=password]").fill(asked.password)
        page.get_by_role("button", name="Sign in").click()
        page.locator(f"[name={asked.field}]").wait_for()
        for kilobytes in asked.kilobytes:
            took = sorted(typed(page, asked.field, kilobytes, asked.keys))
            tail = statistics.quantiles(took, n=20)[-1]
            said = f"p50 {statistics.median(took):.0f} ms, p95 {tail:.0f} ms, longest {took[-1]:.0f} ms"
            print(f"{asked.field}, {kilobytes} kB: {said}")
        browser.close()


if __name__ == "__main__":
    main()
