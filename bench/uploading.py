"""A file of 2 GB over a connection that breaks twice, by a real browser: ``python -m bench.uploading --at URL``.

The address is that of a running demonstration (`make demo`). Told are how long it took, how often the connection broke,
whether the digest is right, and the memory of the web processes before and at the most.
"""

import argparse
import hashlib
import os
import re
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from bench._breaking import BreakingProxy
from devstack import chromium

PASSWORD = "legato-demo-2003"  # of the demonstration
CONTACT = "mkeane@mti.example"
PIECE = 2**20


def made(path: Path, size: int) -> str:
    """Write a file of so many bytes that nothing compresses, and return its digest."""
    digest, piece = hashlib.sha256(), os.urandom(PIECE)
    with path.open("wb") as file:
        for number in range(size // PIECE):
            data = number.to_bytes(8, "big") + piece[8:]
            digest.update(data)
            file.write(data)
    return digest.hexdigest()


def web_processes(port: int) -> list[int]:
    """The processes of gunicorn that serve the port."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = folder.joinpath("cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "gunicorn" in words and f":{port}" in words:
            found.append(int(folder.name))
    return found


def resident(pid: int) -> float:
    """A process's own memory in MB: what is resident and no file's; 0 for one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    own = re.search(r"RssAnon:\s+(\d+)", status)
    return int(own[1]) / 1024 if own else 0.0


class Watch(threading.Thread):
    """Notes the most memory that any of the processes has."""

    def __init__(self, pids: list[int]) -> None:
        super().__init__(daemon=True)
        self.pids, self.most, self.ends = pids, 0.0, threading.Event()
        self.first = max(map(resident, pids), default=0.0)

    def run(self) -> None:
        """Look twice a second."""
        while not self.ends.wait(0.5):
            self.most = max(self.most, *map(resident, self.pids))


def case_of(page: Page, address: str) -> str:
    """Sign in as the contact, and open the first case on which they may write."""
    page.goto(f"{address}/account/login/")
    page.fill("[name=login]", CONTACT)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login" not in url)
    page.goto(f"{address}/cases/")
    links = page.eval_on_selector_all("a[href^='/cases/']", "all => all.map(a => a.pathname)")
    for path in dict.fromkeys(link for link in links if re.fullmatch(r"/cases/\d+/", link)):
        page.goto(f"{address}{path}?act=add")
        if page.locator("[data-files='add-attached']").count():
            return path
    raise SystemExit("no case of the contact takes a message")


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", default="http://127.0.0.1:8000")
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--width", type=int, default=1440)
    asked = parser.parse_args()
    target = urlsplit(asked.at).port or 80
    pids = web_processes(target)
    if not pids:
        print(f"no demonstration runs at {asked.at}: start one by `make demo`, and name it by --at")
        return
    size = int(asked.gigabytes * 2**30) // PIECE * PIECE
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "recover.log"
        digest = made(path, size)
        browser = playwright.chromium.launch(
            executable_path=str(chromium.chromium()), args=chromium.launch_flags()
        )
        with BreakingProxy(target, cuts=(size // 3, size * 2 // 3)) as proxy:
            page = browser.new_page(viewport={"width": asked.width, "height": 900})
            case_of(page, f"http://127.0.0.1:{proxy.port}")
            watch = Watch(pids)
            watch.start()
            begun = time.perf_counter()
            page.set_input_files("[data-files='add-attached'] input[type=file]", path)
            page.wait_for_selector(
                ".files-item[data-state=done]", timeout=3_600_000, state="attached"
            )
            seconds = time.perf_counter() - begun
            page.click("form[data-act=add] .act-foot button[type=submit]")
            page.wait_for_selector(".message-file a")
            watch.ends.set()
            where = page.get_attribute(".message-file a", "href") or ""
            shown = digest_on(page, f"http://127.0.0.1:{proxy.port}{where}")
        browser.close()
    print(f"{size / 2**30:.1f} GB in {seconds:.0f} s, {size / 2**20 / seconds:.0f} MB/s")
    print(f"the connection broke {proxy.broke} times")
    print(f"the digest is {'right' if shown == digest else f'wrong: {shown}'}")
    print(
        f"memory of the largest web process: {watch.first:.0f} MB before, {watch.most:.0f} MB at the most"
    )


def digest_on(page: Page, address: str) -> str:
    """The digest that the file's page shows, once the check has read the file."""
    for _ in range(300):
        page.goto(address)
        shown = page.locator(".file-digest code")
        if shown.count():
            return shown.inner_text()
        time.sleep(2)
    return "not there after ten minutes"


if __name__ == "__main__":
    main()
