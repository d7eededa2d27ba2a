"""Exports: written in the background by a lease, as the reader may see the rows then, and safe to open."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from cases.case.models import Case
from portal.deadlines.sweep import sweep
from portal.exports import running
from portal.exports.actions import MOST_WAITING, ask
from portal.exports.running import KEPT, TakenOffError, run_next
from portal.models import Export, ExportState, Notice
from portal.rules.refusal import Refusal
from tests.cases.pages import words
from tests.cases.world import DAY, NOW, World

AsUser = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_now")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def asked(world: World, who: str = "engineer", **more: Any) -> Export:
    """Ask for the queue as CSV."""
    given = {"kind": "cases.queue", "params": {}, "title": "Open cases", "format_": "csv"} | more
    return ask(given.pop("kind"), given.pop("params"), by=world.user(who), at=NOW, **given)


def content(browser: Client, export: Export) -> bytes:
    """The file."""
    return b"".join(browser.get(f"/exports/{export.pk}/file/").streaming_content)


def test_a_list_becomes_a_file_that_holds_no_formula(world: World, as_user: AsUser) -> None:
    bad = world.open(title='=HYPERLINK("http://evil.example")', severity=3)
    world.open(contact=world.foreign, severity=2)
    browser = as_user("engineer")
    sent = {"kind": "cases.queue", "title": "Open cases", "format": "csv", "severity": "3"}
    page = browser.post("/exports/new/", sent, follow=True)
    assert "It begins in a few seconds." in words(page)
    export = Export.objects.get()
    assert browser.get(f"/exports/{export.pk}/file/").status_code == 404, "not yet"
    assert run_next(NOW) == "done"

    rows = list(csv.DictReader(io.StringIO(content(browser, export).decode("utf-8-sig"))))
    assert [row["Case"] for row in rows] == [bad.number]
    assert rows[0]["Title"].startswith("'=HYPERLINK")
    assert rows[0]["Reported (America/Los_Angeles)"] == "2003-03-05 10:00"
    assert as_user("colleague").get(f"/exports/{export.pk}/file/").status_code == 404
    assert "1 row, ready." in words(browser.get(f"/exports/{export.pk}/"))


def test_excel_gets_text_as_text_and_times_as_times(world: World, as_user: AsUser) -> None:
    world.open(title="=1+1\x07")
    export = asked(world, format_="xlsx")
    run_next(NOW)
    sheet = load_workbook(io.BytesIO(content(as_user("engineer"), export))).active
    title, reported = sheet["B2"], sheet["I2"]
    assert (title.value, title.data_type) == ("=1+1", "s")
    assert reported.value.isoformat() == "2003-03-05T10:00:00"


def test_what_is_seen_when_it_is_written_counts(world: World, as_user: AsUser) -> None:
    world.open()
    world.open(contact=world.foreign)
    own = asked(world, "technical", kind="cases.cases")
    queue = asked(world, "technical")
    assert (run_next(NOW), run_next(NOW), run_next(NOW)) == ("done", "done", "")
    browser = as_user("technical")
    assert len(content(browser, own).splitlines()) == 2
    assert len(content(browser, queue).splitlines()) == 1, "the queue is the provider's"


def test_whoever_left_the_page_is_told_and_whoever_stayed_is_not(
    world: World, as_user: AsUser
) -> None:
    stayed = asked(world)
    as_user("engineer").get(f"/exports/{stayed.pk}/")
    left = asked(world)
    run_next(NOW)
    run_next(NOW)
    told = Notice.objects.filter(template="export_ready", channel="inbox")
    assert [notice.subject_id for notice in told] == [left.pk]


def test_one_is_called_off_between_two_parts(
    world: World, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open()
    export = asked(world)
    real, browser = running._renew, as_user("engineer")

    def canceled_meanwhile(*given: Any) -> None:
        browser.post(f"/exports/{export.pk}/cancel/")
        real(*given)

    monkeypatch.setattr(running, "_renew", canceled_meanwhile)
    assert run_next(NOW) == "canceled"
    export.refresh_from_db()
    assert (export.state, export.file.name) == (ExportState.CANCELED, "")
    late = browser.post(f"/exports/{export.pk}/cancel/")
    assert "The export is finished." in words(late)


def test_a_worker_that_was_killed_leaves_it_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.open()
    export = asked(world)

    def killed(*given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(running, "_renew", killed)
        with pytest.raises(SystemExit):
            run_next(NOW)
    assert run_next(NOW) == "", "its lease still runs, and nothing else is written beside it"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_export SET lease_until = clock_timestamp() - interval '1 s'")
    assert run_next(NOW) == "done"
    stale = Export.objects.get(pk=export.pk)
    stale.attempts = 1
    with pytest.raises(TakenOffError):
        running._renew(stale, 1, 1)


def test_the_file_is_deleted_after_a_day(
    world: World, as_user: AsUser, tmp_path: Any, django_capture_on_commit_callbacks: Any
) -> None:
    export = asked(world)
    run_next(NOW)
    assert list(tmp_path.rglob("*.csv"))
    with django_capture_on_commit_callbacks(execute=True):
        sweep(NOW + KEPT + DAY)
    export.refresh_from_db()
    assert export.state == ExportState.EXPIRED
    assert not list(tmp_path.rglob("*.csv"))


def test_a_few_wait_at_a_time(world: World) -> None:
    for _ in range(MOST_WAITING):
        asked(world)
    with pytest.raises(Refusal, match="not ready yet"):
        asked(world)
    with pytest.raises(Refusal, match="no such export"):
        asked(world, kind="cases.none")
    assert Case.objects.count() == 0
