"""The inbox: by time and by case, with what was written and what it asks, read and put away."""

from collections.abc import Callable

import pytest
from django.test import Client

from cases.information.actions import request_information
from portal.models import Notice
from portal.notices import outbox
from tests.cases.pages import queries, words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World

AsUser = Callable[..., Client]


def mine(world: World) -> list[Notice]:
    """The Technical Contact's, the newest first."""
    notices = Notice.objects.filter(channel="inbox", recipient=world.technical.user)
    return list(notices.newest_first())


def mark(browser: Client, do: str, **fields: object) -> None:
    assert browser.post("/inbox/mark/", {"do": do, **fields}).status_code == 302


def test_a_line_has_what_was_written_and_by_whom(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(), NOW, body="Please run nsrck. " + "It takes long. " * 40)
    page = words(as_user("technical").get("/inbox/"))
    assert f"Case {case.number}: Carla Stone wrote Please run nsrck." in page
    assert page.count("It takes long.") < 20, "a long message is shortened"


def test_a_line_says_what_is_asked_of_its_reader_and_by_when(world: World, as_user: AsUser) -> None:
    case = world.open()
    request_information(
        case, by=world.engineer, at=NOW, missing=["The index log"], body="Send us the index log."
    )
    browser = as_user("technical")
    assert "Send the information by" in words(browser.get("/inbox/"))
    assert "Send the information" in words(browser.get("/inbox/?only=waiting"))
    assert "No notice fits" in words(as_user("london").get("/inbox/?only=waiting"))


def test_by_case_each_case_has_its_notices_under_one_head(world: World, as_user: AsUser) -> None:
    first, second = world.open(), world.open(title="The robot jams")
    for n in range(5):
        world.reply(first, NOW + n * MINUTE, body=f"Step {n}.")
    browser = as_user("technical")
    page = words(browser.get("/inbox/?by=case"))
    assert page.index(f"Case {first.number}: Index corrupt") < page.index(
        f"Case {second.number}: The robot jams"
    )
    assert "6 unread" in page
    assert "Opened: The robot jams" in page
    assert "and 3 earlier on the case" in page
    assert "Step 4." in page
    assert "Step 0." not in page
    assert "earlier on the case" in words(browser.get("/inbox/")), "the choice is kept"


def test_done_puts_notices_away_and_back_again(world: World, as_user: AsUser) -> None:
    world.open()
    one = mine(world)[0]
    browser = as_user("technical")
    mark(browser, "done", notice=one.pk)
    assert "No notices yet" in words(browser.get("/inbox/"))
    assert one.title in words(browser.get("/inbox/?view=done"))
    one.refresh_from_db()
    assert one.read_at == one.done_at == NOW, "what is done is read"
    mark(browser, "back", notice=one.pk)
    assert one.title in words(browser.get("/inbox/"))


def test_a_notice_is_marked_unread_again(world: World, as_user: AsUser) -> None:
    world.open()
    one = mine(world)[0]
    browser = as_user("technical")
    mark(browser, "done", notice=one.pk)
    mark(browser, "unread", notice=one.pk)
    assert "1 unread" in words(browser.get("/inbox/"))
    mark(browser, "read", notice=one.pk)
    assert one.title not in words(browser.get("/inbox/?only=unread"))


def test_a_group_is_marked_up_to_what_was_seen(world: World, as_user: AsUser) -> None:
    first, second = world.open(), world.open()
    world.reply(first, NOW + HOUR)
    seen = max(one.pk for one in mine(world) if one.subject_id == first.pk)
    world.reply(first, NOW + 2 * HOUR)
    browser = as_user("technical")
    mark(browser, "done", group=f"cases.case:{first.pk}", newest=seen)
    left = {(one.subject_id, one.done_at is None) for one in mine(world)}
    assert left == {(first.pk, False), (first.pk, True), (second.pk, True)}
    assert sum(one.done_at is not None for one in mine(world)) == 2


def test_nobody_marks_anothers_notices(world: World, as_user: AsUser) -> None:
    case = world.open()
    one = mine(world)[0]
    other = as_user("alternate")
    assert other.post("/inbox/mark/", {"do": "done", "notice": one.pk}).status_code == 404
    mark(other, "done", newest=one.pk)
    mark(other, "done", group=f"cases.case:{case.pk}", newest=one.pk)
    one.refresh_from_db()
    assert (one.read_at, one.done_at) == (None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "burn", "notice": "1"},
        {"do": "done"},
        {"do": "done", "notice": "x"},
        {"do": "done", "newest": "9" * 30},
    ],
)
def test_a_form_of_nonsense_marks_nothing(
    world: World, as_user: AsUser, fields: dict[str, str]
) -> None:
    world.open()
    answer = as_user("technical").post("/inbox/mark/", {**fields, "here": "https://evil.example/"})
    assert answer["Location"] == "/inbox/"
    assert mine(world)[0].read_at is None


def test_text_of_what_the_reader_sees_no_more_is_not_shown(world: World, as_user: AsUser) -> None:
    foreign = world.open(contact=world.foreign)
    context = {"author": "Carla Stone", "body": "The password is swordfish."}
    outbox.post(
        foreign,
        "x",
        to=[world.user("technical")],
        template="case_message",
        title="Once",
        at=NOW,
        context=context,
    )
    page = words(as_user("technical").get("/inbox/"))
    assert "Once" in page
    assert "swordfish" not in page
    assert "You no longer see what this is about." in page


def test_a_live_inbox_answers_304_until_something_changes(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("technical")
    asks = {"HX-Request": "true", "HX-Target": "inbox-list"}
    first = browser.get("/inbox/", headers=asks)
    assert b"<html" not in first.content
    again = {**asks, "If-None-Match": first["ETag"]}
    assert browser.get("/inbox/", headers=again).status_code == 304
    world.reply(case, NOW)
    assert browser.get("/inbox/", headers=again).status_code == 200


def test_by_case_is_constant_in_queries_and_small(world: World, as_user: AsUser) -> None:
    browser = as_user("technical")
    world.open()
    browser.get("/inbox/?by=case")
    with queries() as few:
        browser.get("/inbox/?by=case")
    for n in range(20):
        case = world.open(NOW - n * DAY)
        for m in range(3):
            world.reply(case, NOW + m * MINUTE, body="A long line of words. " * 30)
    with queries() as many:
        page = browser.get("/inbox/?by=case")
    assert len(many) == len(few) <= 9
    assert len(page.content) < 120_000
