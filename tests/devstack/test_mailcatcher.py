"""The mail catcher keeps what is sent, for whomever, and shows it without trusting it."""

import os
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from devstack import mailcatcher, paths, ports

pytestmark = pytest.mark.process


@dataclass
class Catcher:
    folder: Path
    smtp: int
    page: int

    def send(self, subject: str, *, to: str = "ann@mti.example", html: str = "") -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "support@legato.example", to, subject
        mail.set_content("the plain words")
        if html:
            mail.add_alternative(html, subtype="html")
        with smtplib.SMTP(ports.LOOPBACK, self.smtp, timeout=10) as link:
            link.send_message(mail, to_addrs=[to, "hidden@legato.example"])

    def get(self, path: str) -> tuple[str, dict[str, str]]:
        with urllib.request.urlopen(
            f"http://{ports.LOOPBACK}:{self.page}{path}", timeout=10
        ) as got:
            return got.read().decode(), dict(got.headers)


@pytest.fixture(scope="module")
def catcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catcher]:
    folder = tmp_path_factory.mktemp("mail")
    smtp, page = ports.any_free(), ports.any_free()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "devstack.mailcatcher"),
            *(str(folder), str(smtp), str(page)),
        ],
        cwd=paths.ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 20
    while not (ports.answers(smtp) and ports.answers(page)) and time.monotonic() < end:
        assert process.poll() is None
    yield Catcher(folder, smtp, page)
    process.terminate()
    assert process.wait(10) == 0


@pytest.fixture(autouse=True)
def _empty(catcher: Catcher) -> None:
    for path in catcher.folder.iterdir():
        path.unlink()


def test_a_mail_is_kept_whole_with_the_recipients_of_its_envelope(catcher: Catcher) -> None:
    catcher.send("Severity 1 — Übernahme")
    (path,) = mailcatcher.kept(catcher.folder)
    mail = mailcatcher.read(path)
    assert mail["Subject"] == "Severity 1 — Übernahme"
    assert mail["X-Envelope-To"] == "ann@mti.example, hidden@legato.example"
    assert mail.get_content().strip() == "the plain words"


def test_two_mails_to_one_address_are_two_files_in_their_order(catcher: Catcher) -> None:
    catcher.send("first")
    catcher.send("second")
    newest_first = [mailcatcher.read(path)["Subject"] for path in mailcatcher.kept(catcher.folder)]
    assert newest_first == ["second", "first"]


def test_the_page_lists_mails_and_trusts_no_subject(catcher: Catcher) -> None:
    catcher.send("<script>alert(1)</script>")
    page, headers = catcher.get("/")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_mails_html_is_shown_in_a_sandbox(catcher: Catcher) -> None:
    catcher.send("with HTML", html="<p>rich words</p>")
    (path,) = mailcatcher.kept(catcher.folder)
    page, _ = catcher.get(f"/{path.name}")
    assert f'<iframe src="/{path.name}/html"' in page
    assert "the plain words" in page
    part, headers = catcher.get(f"/{path.name}/html")
    assert "<p>rich words</p>" in part
    assert headers["Content-Security-Policy"].startswith("sandbox ")
    source, headers = catcher.get(f"/{path.name}/raw")
    assert "X-Envelope-To: ann@mti.example" in source
    assert headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/../conftest.py", "/..%2fx.eml", "/.hidden.eml", "/none.eml"])
def test_nothing_but_kept_mails_is_shown(catcher: Catcher, path: str) -> None:
    (catcher.folder / ".hidden.eml").write_text("not yet whole")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        catcher.get(path)


def test_an_address_full_of_surprises_makes_a_plain_file_name(catcher: Catcher) -> None:
    catcher.send("odd", to="../../etc/x@mti.example")
    (path,) = mailcatcher.kept(catcher.folder)
    assert path.parent == catcher.folder
    assert mailcatcher.read(path)["X-Envelope-To"].startswith("../../etc/x@mti.example")
