"""The list of cases, and the inbox."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.information.actions import request_information
from cases.resolution.actions.closing import close
from portal.models import Notice
from tests.cases.pages import queries, words
from tests.cases.queue.test_page import shown
from tests.cases.world import DAY, MINUTE, NOW, World, swept

AsUser = Callable[..., Client]


def test_a_reseller_sees_its_own_cases_first_what_waits_for_it_then_by_promise_the_closed_last(
    world: World, as_user: AsUser
) -> None:
    def closed(reported_at: dt.datetime) -> int:
        case = world.open(reported_at)
        close(case, by=world.engineer, at=NOW, reason="documentation-bug", agreed_by="Tess Ward")
        return case.pk

    older, old = closed(NOW - 3 * DAY), closed(NOW - 2 * DAY)
    slow = world.open(NOW - MINUTE, severity=4)
    asked = world.open(NOW - DAY, severity=4)
    request_information(asked, by=world.engineer, at=NOW, missing=["the trace"])
    fast = world.open(contact=world.london, severity=2)
    foreign = world.open(contact=world.foreign)

    page = as_user("technical").get("/cases/")
    assert shown(page) == [asked.pk, fast.pk, slow.pk, old, older]
    assert "what waits for you first, then by promise" in words(page)
    newest = [foreign.pk, fast.pk, slow.pk, asked.pk, old, older]
    assert shown(as_user("engineer").get("/cases/")) == newest
    assert "Reseller" not in words(as_user("technical").get("/cases/"))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("state=open", ["open", "jam"]),
        ("state=closed", ["closed"]),
        ("state=relieved", []),
        ("q=robots", ["jam"]),
        ("q={jam}", ["jam"]),
        ("severity=3", ["jam"]),
        ("q=99999999999999999999999", []),
    ],
)
def test_it_is_filtered_and_searched(
    world: World, as_user: AsUser, query: str, wanted: list[str]
) -> None:
    cases = {
        "open": world.open(),
        "jam": world.open(severity=3, title="The robot jams"),
        "closed": close(
            world.open(), by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward"
        ),
    }
    page = as_user("technical").get(f"/cases/?{query.format(jam=cases['jam'].number)}")
    assert set(shown(page)) == {cases[name].pk for name in wanted}
    if not wanted:
        assert "No case fits" in words(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "state=nonsense",
            "State “nonsense” does not exist. Choose one of: open, new, in_progress",
        ),
        ("severity=9", "Severity “9” does not exist. Choose one of: 1, 2, 3, 4."),
        ("breached=maybe", "“maybe” does not say whether the filter “breached” is on."),
    ],
)
def test_a_filter_of_nonsense_is_said_and_lists_nothing(
    world: World, as_user: AsUser, query: str, said: str
) -> None:
    world.open()
    page = as_user("technical").get(f"/cases/?{query}")
    assert page.status_code == 200
    assert said in words(page)
    assert shown(page) == []


def test_searching_for_another_companys_number_finds_nothing(world: World, as_user: AsUser) -> None:
    foreign = world.open(contact=world.foreign)
    assert shown(as_user("technical").get(f"/cases/?q={foreign.number}")) == []


def test_the_list_makes_as_many_queries_for_thirty_as_for_three(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("engineer")
    for n in range(3):
        world.open(NOW - n * DAY)
    browser.get("/cases/")
    with queries() as few:
        browser.get("/cases/")
    for n in range(27):
        world.open(NOW - n * MINUTE)
    with queries() as many:
        browser.get("/cases/")
    assert len(many) == len(few) <= 10


# the inbox


def test_opening_a_notice_marks_it_read_and_leads_to_its_subject(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("technical")
    page = browser.get("/inbox/")
    assert "1 unread" in words(page)
    assert f"Unread: Case {case.number} opened: Index corrupt after the upgrade" in words(page)

    notice = Notice.objects.get(channel="inbox", recipient=world.technical.user)
    answer = browser.post(f"/inbox/{notice.pk}/read/")
    assert answer["Location"] == case.get_absolute_url()
    page = browser.get("/inbox/")
    assert "All read" in words(page)
    assert "Unread:" not in words(page)


def test_nobody_reads_anothers_notices(world: World, as_user: AsUser) -> None:
    world.open()
    notice = Notice.objects.get(channel="inbox", recipient=world.technical.user)
    other = as_user("alternate")
    assert "No notices yet" in words(other.get("/inbox/"))
    assert other.post(f"/inbox/{notice.pk}/read/").status_code == 404


def test_all_notices_that_were_seen_are_marked_read_at_once(world: World, as_user: AsUser) -> None:
    for _ in range(3):
        world.open()
    world.open(contact=world.london)
    mine = Notice.objects.filter(channel="inbox", recipient=world.technical.user)
    browser = as_user("technical")
    assert "Mark all as read" in words(browser.get("/inbox/"))
    seen = {"newest": mine.order_by("-pk")[1].pk}
    assert browser.post("/inbox/read/", seen)["Location"] == "/inbox/"
    page = words(browser.get("/inbox/"))
    assert "1 unread" in page, "what came after the page was shown stays unread"
    assert Notice.objects.filter(recipient=world.london.user, read_at=None).exists()
    browser.post("/inbox/read/", {"newest": mine.latest("pk").pk})
    page = words(browser.get("/inbox/"))
    assert "All read" in page
    assert "Mark all as read" not in page
    assert browser.post("/inbox/read/", {"newest": "nonsense"}).status_code == 302


def test_late_notices_are_marked(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(), NOW)
    swept(NOW + 3 * DAY)
    page = as_user("engineer").get("/inbox/")
    assert f"Case {case.number}: status update missed" in words(page)
    assert "Sent late" in words(page)


def test_the_inbox_is_paged_and_constant_in_queries(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    world.open()
    browser.get("/inbox/")
    with queries() as few:
        browser.get("/inbox/")
    for _ in range(33):
        world.open()
    with queries() as many:
        page: Any = browser.get("/inbox/")
    assert len(many) == len(few) <= 10
    assert "1–30 of 34 notices" in words(page)
