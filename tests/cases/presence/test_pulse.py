"""The pulse of a case: whether its page is still true, and who else has it open."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from cases.case.models import Case
from cases.conversation.actions import add_information, note
from cases.handling.actions import take
from cases.presence import passes
from cases.presence.models import Presence
from cases.presence.pulse import ANSWERING_KEPT, KEPT, OLD, people_on
from cases.severity.actions import confirm_call
from contracts.programmes.rules.terms import Act
from escalation.actions import log_act
from portal.housekeeping import tidy
from tests.cases.pages import queries, words
from tests.cases.world import HOUR, MINUTE, NOW, World, take_psam_option

AsUser = Callable[..., Client]


def ask(browser: Client, case: Case, doing: str = "", **more: Any) -> Any:
    return browser.get(f"/cases/{case.pk}/live/", {"doing": doing} if doing else {}, **more)


def people(browser: Client, case: Case, doing: str = "") -> str:
    """Who else is there, in words."""
    return " ".join(re.sub("<[^>]+>", " ", ask(browser, case, doing).json()["people"]).split())


def age(by: dt.timedelta, column: str = "seen_at") -> None:
    """Let what everybody's page said last be so long ago."""
    Presence.objects.update(**{column: F(column) - by})


def test_every_act_that_a_reader_sees_changes_the_version(world: World, as_user: AsUser) -> None:
    case = world.open(NOW - HOUR)
    engineer, contact = as_user("engineer"), as_user("technical")
    seen: dict[str, set[str]] = {"engineer": set(), "contact": set()}

    def look() -> None:
        seen["engineer"].add(ask(engineer, case).json()["version"])
        seen["contact"].add(ask(contact, case).json()["version"])

    look()
    take(case, by=world.engineer, at=NOW - 3 * MINUTE)
    look()
    world.reply(case, NOW - 2 * MINUTE)
    look()
    add_information(case, by=world.user("technical"), at=NOW - MINUTE, body="The trace.")
    look()
    assert [len(seen["engineer"]), len(seen["contact"])] == [4, 4]
    world.open(NOW)  # another case is no matter
    look()
    assert [len(seen["engineer"]), len(seen["contact"])] == [4, 4]


def test_an_internal_note_changes_nothing_of_what_a_contact_is_answered(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    engineer, contact = as_user("engineer"), as_user("technical")
    before = ask(contact, case)
    seen = ask(engineer, case)
    note(case, by=world.engineer, at=NOW, body="The index header, I think.")
    ask(engineer, case, "reading")
    ask(as_user("colleague"), case, "answering")
    after = ask(contact, case)
    assert (after["ETag"], after.content) == (before["ETag"], before.content)
    assert ask(engineer, case)["ETag"] != seen["ETag"]


def test_it_rings_the_bell_of_the_reader_alone_and_asks_for_no_page(
    world: World, as_user: AsUser
) -> None:
    case, other = world.open(NOW - HOUR), world.open(NOW - HOUR)
    take(other, by=world.engineer, at=NOW - HOUR)
    engineer, colleague = as_user("engineer"), as_user("colleague")
    first, quiet = ask(engineer, case), ask(colleague, case)
    add_information(other, by=world.user("technical"), at=NOW, body="The trace.")
    with queries() as seen:
        passed = {"HTTP_X_PORTAL_PASS": first["X-Portal-Pass"], "HTTP_IF_NONE_MATCH": first["ETag"]}
        after = ask(engineer, case, **passed)
    assert len(seen) == 1, "the pulse brings it"
    unread = world.engineer.notices.filter(channel="inbox", read_at=None).count()
    assert f"Inbox, {unread} unread" in after.json()["bell"]
    assert after.json()["version"] == first.json()["version"]
    assert ask(colleague, case, HTTP_IF_NONE_MATCH=quiet["ETag"]).status_code == 304


@pytest.mark.clause("ATSP Ex.C")
@pytest.mark.parametrize(
    ("done", "sees"),
    [("call_reseller_management", ["psam", "technical"]), ("inform_sales", ["psam"])],
)
def test_a_step_of_exhibit_c_done_on_the_board_changes_the_pages_that_show_it(
    world: World, as_user: AsUser, done: str, sees: list[str]
) -> None:
    take_psam_option(world)
    case = world.open(NOW - HOUR, severity=1)
    confirm_call(case, by=world.dispatch, at=NOW - HOUR)
    browsers = {who: as_user(who) for who in ("psam", "technical")}
    before = {who: ask(each, case).json()["version"] for who, each in browsers.items()}
    log_act(case, by=world.psam, at=NOW, logged_at=NOW, act=Act(done), note="Spoke with them.")
    after = {who: ask(each, case).json()["version"] for who, each in browsers.items()}
    assert [who for who in browsers if after[who] != before[who]] == sees


def test_what_is_as_it_was_is_answered_304(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    tag = ask(browser, case)["ETag"]
    again = ask(browser, case, "reading", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    world.reply(case, NOW)
    assert ask(browser, case, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("engineer", 200), ("technical", 200), ("foreign", 404)]
)
def test_a_foreign_case_has_no_pulse(world: World, as_user: AsUser, who: str, status: int) -> None:
    case = world.open()
    assert ask(as_user(who), case, "reading").status_code == status
    assert Presence.objects.filter(user=world.user(who)).exists() is (status == 200)


def test_it_asks_as_little_however_long_the_case_and_however_many_are_there(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    browser = as_user("engineer")
    ask(browser, case)
    with queries() as few:
        ask(browser, case, "reading")
    for n in range(30):
        note(case, by=world.engineer, at=NOW + n * MINUTE, body=f"Entry {n}.")
    for name in ("colleague", "specialist", "pse"):
        ask(as_user(name), case, "answering")
    age(dt.timedelta(seconds=5))
    with queries() as many:
        ask(browser, case, "reading")
    assert len(many) == len(few) <= 6, "session, person, reach, case, pulse, mark"
    with queries() as again:
        ask(browser, case, "reading")
    assert len(again) == len(few) - 1, "the mark is fresh"


def test_colleagues_see_who_reads_and_who_answers(world: World, as_user: AsUser) -> None:
    case = world.open()
    engineer, colleague = as_user("engineer"), as_user("colleague")
    assert people(engineer, case, "reading") == ""
    assert people(colleague, case, "answering") == "CS Carla Stone is reading"
    assert people(engineer, case, "reading") == "CR Colin Reyes is answering"
    ask(colleague, case, "left")
    assert people(engineer, case, "reading") == ""


def test_a_tab_that_reads_leaves_what_another_tab_answers(world: World, as_user: AsUser) -> None:
    case = world.open()
    colleague = as_user("colleague")
    ask(colleague, case, "answering")
    ask(colleague, case, "reading")
    assert people(as_user("engineer"), case) == "CR Colin Reyes is answering"


def test_presence_ends_by_itself(world: World, as_user: AsUser) -> None:
    case = world.open()
    engineer, colleague = as_user("engineer"), as_user("colleague")
    ask(colleague, case, "answering")
    age(ANSWERING_KEPT, column="answering_at")
    assert people(engineer, case) == "CR Colin Reyes is reading"
    age(KEPT - dt.timedelta(seconds=1))
    ask(colleague, case, "reading")
    age(KEPT - dt.timedelta(seconds=1))
    assert people(engineer, case) == "CR Colin Reyes is reading", "asked since"
    age(dt.timedelta(seconds=2))
    assert people(engineer, case) == ""


def test_a_page_that_asks_every_second_seldom_writes(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    ask(browser, case, "reading")
    first = Presence.objects.get()
    ask(browser, case, "reading")
    assert Presence.objects.get().seen_at == first.seen_at
    ask(browser, case, "answering")
    assert Presence.objects.get().answering_at is not None, "what changes is written at once"


def test_the_sides_do_not_watch_each_other_but_see_an_answer_coming(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    engineer, contact, alternate = as_user("engineer"), as_user("technical"), as_user("alternate")
    ask(engineer, case, "answering")
    assert people(contact, case, "reading") == ""
    assert people(alternate, case) == f"{words_of(world.technical)} is reading"
    assert people(engineer, case) == "", "a contact who only reads is nobody's business"
    ask(contact, case, "answering")
    assert people(engineer, case) == f"{words_of(world.technical)} is answering"


def words_of(contact: Any) -> str:
    first, *_, last = contact.name.split()
    return f"{first[0]}{last[0]} {contact.name}"


def test_the_page_says_who_was_there_when_it_was_opened(world: World, as_user: AsUser) -> None:
    case = world.open()
    ask(as_user("colleague"), case, "reading")
    page = as_user("engineer").get(f"/cases/{case.pk}/")
    assert "Colin Reyes is reading" in words(page)
    page = as_user("technical").get(f"/cases/{case.pk}/")
    assert "is reading" not in words(page)


def test_an_open_page_that_asks_again_is_no_look_and_has_no_form(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - HOUR)
    browser = as_user("engineer")
    browser.get(f"/cases/{case.pk}/")
    world.reply(case, NOW, body="What came.")
    page = browser.get(f"/cases/{case.pk}/", headers={"X-Portal-Live": "reading"}).content.decode()
    assert "What came." in page
    assert '<form class="act-form' not in page
    assert 'class="topbar"' not in page


def test_many_rows_are_read_at_once(world: World, as_user: AsUser) -> None:
    cases = [world.open() for _ in range(3)]
    for case in cases[:2]:
        ask(as_user("colleague"), case, "reading")
    with queries() as seen:
        found = people_on([case.pk for case in cases], of=world.engineer)
    assert (len(seen), sorted(found)) == (1, [case.pk for case in cases[:2]])
    with queries() as seen:
        assert people_on([], of=world.engineer) == {}
    assert len(seen) == 0


def test_those_who_have_gone_are_thrown_away(world: World, as_user: AsUser) -> None:
    case = world.open()
    ask(as_user("colleague"), case, "reading")
    age(OLD)
    ask(as_user("engineer"), case, "reading")
    assert tidy(NOW)["presences"] == 1
    assert Presence.objects.get().user == world.engineer


def test_a_pass_spares_statements_and_is_good_for_one_case_one_session_and_a_while(
    world: World, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = world.open(), world.open()
    browser, colleague = as_user("engineer"), as_user("colleague")
    given = {passes.HEADER: ask(browser, case, "reading")[passes.HEADER]}

    def asked(who: Client, about: Case, **headers: str) -> tuple[int, bool]:
        """How many statements it took, and whether a new pass was given."""
        with queries() as seen:
            answer = ask(who, about, headers=headers)
        assert answer.status_code == 200
        return len(seen), passes.HEADER in answer

    assert asked(browser, case, **given) == (1, False)
    assert asked(browser, case, **{passes.HEADER: given[passes.HEADER] + "x"})[1]
    assert asked(browser, other, **given)[1], "of another case"
    assert asked(colleague, case, **given)[1], "of another session"
    monkeypatch.setattr(passes, "GOOD_SECONDS", -1)
    assert asked(browser, case, **given)[1], "too old"


def test_a_pass_ends_with_what_it_rests_on(world: World, as_user: AsUser) -> None:
    """It opens the pulse alone, for seconds: the page and the next pass are asked for anew."""
    case = world.open()
    browser = as_user("technical")
    given = {passes.HEADER: ask(browser, case)[passes.HEADER]}
    world.technical.left_at = NOW
    world.technical.save()
    assert ask(browser, case).status_code == 404
    assert browser.get(f"/cases/{case.pk}/", headers=given).status_code == 404
    assert ask(Client(), case, headers=given).status_code == 302
