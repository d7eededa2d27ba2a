"""The case page: the conversation, the clocks with their clauses, and the acts open to each reader."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.forms.acts import ACTS
from cases.case.models import Case
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import note
from cases.conversation.models import Message
from cases.events import CaseRead
from cases.handling.actions import open_sub_case
from cases.handling.forms import TakeForm
from cases.resolution.actions.closing import close, give_relief
from cases.severity.actions import confirm_call, propose_severity
from cases.sub_cases.models import Team
from portal import subscriptions
from tests.cases.pages import complaints, forms, opened, queries, section, words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, response_of
from tests.seen import carried

AsUser = Callable[..., Client]


def page_of(case: Case) -> str:
    return f"/cases/{case.pk}/"


def do(browser: Client, case: Case, act: str, **typed: Any) -> Any:
    fields = {f"{act}-{name}": value for name, value in typed.items()}
    seen = {"seen": ACTS[act].seen_of(again(case))}
    return browser.post(f"/cases/{case.pk}/{act}/", fields | seen)


# who sees it


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("technical", 200),
        ("alternate", 200),
        ("administrative", 200),
        ("engineer", 200),
        ("dispatch", 200),
        ("account_manager", 200),
        ("foreign", 404),
    ],
)
def test_the_companys_people_and_the_provider_see_a_case_and_nobody_else(
    world: World, as_user: AsUser, who: str, status: int
) -> None:
    case = world.open()
    assert as_user(who).get(page_of(case)).status_code == status


def test_a_foreign_case_can_neither_be_read_nor_acted_on(world: World, as_user: AsUser) -> None:
    case = world.open()
    foreign = as_user("foreign")
    assert do(foreign, case, "add", body="Hello").status_code == 404
    assert foreign.get("/cases/99999999/").status_code == 404
    assert case.messages.count() == 1


def test_a_contact_who_left_sees_nothing_any_more(world: World, as_user: AsUser) -> None:
    case = world.open()
    world.alternate.left_at = NOW
    world.alternate.save()
    assert as_user("alternate").get(page_of(case)).status_code == 404


def test_internal_notes_and_inner_entries_are_the_providers(world: World, as_user: AsUser) -> None:
    case = world.reply(world.open(), NOW)
    note(case, by=world.engineer, at=NOW, body="The lock order, I am sure of it.")
    open_sub_case(case, by=world.engineer, at=NOW, team=Team.PSE, request="Look at the locks.")

    ours = words(as_user("colleague").get(page_of(case)))
    assert "The lock order" in ours
    assert "PSE team engaged" in ours
    seen = words(as_user("technical").get(page_of(case)))
    assert "The lock order" not in seen
    assert "PSE team" not in seen
    assert "714-555-0101" not in seen, "the contact's own telephone is no news to them"


# what it shows


@pytest.mark.clause("ATSP 4.6", "D-7")
def test_each_clock_says_its_clause_its_time_in_my_zone_and_why(
    world: World, as_user: AsUser
) -> None:
    case = world.open(NOW - 10 * MINUTE, answer_in_writing=False)
    text = words(as_user("technical").get(page_of(case)))
    assert "The engineer calls you back Clause ATSP 4.6" in text
    assert "in 50 min 10:50 PST Why this time?" in text
    assert (
        "Severity 2, Serious: first technical response within 1 business hour of the report."
        in text
    )

    abroad = as_user("london")
    assert "18:50 GMT" in words(abroad.get(page_of(case)))


def test_the_conversation_lists_messages_and_events_newest_first(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW, body="We look at the index header.")
    browser = as_user("technical")

    text = words(browser.get(page_of(case)))
    assert text.index("We look at the index header.") < text.index("Every scan of the media index")
    assert "Carla Stone Customer Support Engineer" in text
    assert "Tess Ward opened the case" in text
    text = words(browser.get(page_of(case) + "?order=oldest"))
    assert text.index("We look at the index header.") > text.index("Every scan of the media index")


def test_the_page_shows_the_report_and_names_what_it_lacks(world: World, as_user: AsUser) -> None:

    case = world.open(channel=Channel.TELEPHONE, platform="", level_2_work="")
    text = words(as_user("engineer").get(page_of(case)))
    assert "Business impact No backup has run since this morning." in text
    assert "Platform Not told yet" in text
    asked = section(
        as_user("engineer").get(page_of(case) + "?act=ask"), 'data-act="ask"', "</form>"
    )
    assert "the platform\nthe Level 2 work done" in asked, "the request suggests what is missing"


def test_the_api_tells_limitations_to_both_sides_as_the_page_does(
    world: World, as_user: AsUser
) -> None:
    case = world.open(release="5.5.1")
    address = reverse("api_case-detail", args=[case.pk])
    assert case.limitations
    for who in ("engineer", "technical"):
        assert as_user(who).get(address).json()["limitations"] == case.limitations
    assert as_user("foreign").get(address).status_code == 404


def test_limitations_of_support_stand_on_the_case_for_both_sides(
    world: World, as_user: AsUser
) -> None:
    case = world.open(release="5.5.1")
    for who, decides in (("engineer", False), ("technical", True)):
        text = words(as_user(who).get(page_of(case)))
        assert "neither current nor the prior minor Release" in text
        assert ("An engineer decides whether it is supported" in text) is decides


@pytest.mark.clause("ATSP 14.3")
def test_only_the_providers_reading_of_the_notes_is_published(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    heard: list[CaseRead] = []
    subscriptions.subscribe(CaseRead, heard.append)
    try:
        as_user("technical").get(page_of(case))
        as_user("psam").get(page_of(case))
    finally:
        subscriptions._subscribers[CaseRead].remove(heard.append)
    assert [(each.by, each.case.pk) for each in heard] == [(world.psam, case.pk)]


# what can be done on it


@pytest.mark.parametrize(
    ("who", "offered", "open_tab"),
    [
        (
            "technical",
            ["add", "propose-frequency", "correct", "propose", "work", "hand-over", "follow", "merge"],
            ["add"],
        ),
        (
            "engineer",
            ["reply", "call", "note", "take-call", "ask", "propose-frequency", "frequency", "correct", "confirm-call",
             "refuse-caller", "confirm-severity", "propose", "downgrade", "relief", "propose-closing",
             "close", "duplicate", "merge", "determine", "article", "replicated", "work", "not-software",
             "time", "take", "assign", "move", "hand-over", "sub-case", "watch", "follow", "relate"],
            ["reply"],
        ),
        (
            "dispatch",
            ["note", "take-call", "confirm-call", "refuse-caller", "assign", "hand-over", "watch", "time"],
            ["note"],
        ),
        ("administrative", ["work", "hand-over", "watch"], []),
        ("account_manager", ["watch"], []),
    ],
)  # fmt: skip
def test_each_sees_the_acts_that_are_theirs_with_the_primary_one_open(
    world: World, as_user: AsUser, who: str, offered: list[str], open_tab: list[str]
) -> None:
    page = as_user(who).get(page_of(world.open()))
    assert forms(page) == offered
    assert opened(page) == open_tab


@pytest.mark.clause("ATSP 5.2.2", "ATSP 1.1")
def test_the_administrative_contact_may_only_read_and_learns_why(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("administrative")
    page = browser.get(page_of(case))
    assert "You read this case; Technical Contacts work on it." in words(page)
    assert f"To escalate it, call +1 650 555 0142 and quote case {case.number}" in words(page)
    page = do(browser, case, "add", body="I add this all the same.")
    assert page.status_code == 409
    assert "ATSP 5.2.2" in words(page)
    assert "I add this all the same." in page.content.decode()
    assert case.messages.count() == 1


@pytest.mark.clause("ATSP 1.5", "ATSP 14.1.4")
@pytest.mark.parametrize(
    ("who", "led"),
    [("technical", True), ("engineer", True), ("administrative", False), ("dispatch", False)],
)
def test_a_case_leads_to_a_request_for_enhancement_only_who_may_submit_one(
    world: World, as_user: AsUser, who: str, led: bool
) -> None:
    case, browser = world.open(), as_user(who)
    address = f"/enhancements/new/?case={case.pk}"
    assert (address in browser.get(page_of(case)).content.decode()) is led
    assert (browser.get(address).status_code == 200) is led


@pytest.mark.clause("ATSP 4.3")
def test_no_severity_is_proposed_by_a_form_left_as_it_was(world: World, as_user: AsUser) -> None:
    case = world.open()
    page = do(as_user("technical"), case, "propose", to="", reason="It is worse now.")
    assert (page.status_code, again(case).proposed_severity) == (409, None)
    form = section(
        as_user("technical").get(page_of(case) + "?act=propose"), 'data-act="propose"', "</form>"
    )
    assert '<option value="" selected>Choose the severity' in form


@pytest.mark.clause("ATSP 4.5", "D-9", "D-24")
def test_a_contact_who_asks_for_severity_1_is_told_to_call(world: World, as_user: AsUser) -> None:
    case, browser = world.open(), as_user("technical")
    answered = do(browser, case, "propose", to=1, reason="All is down")
    page = words(browser.get(answered["Location"]))
    assert "severity 1 awaits the telephone call" in page
    assert "The reseller asks for severity 1: All is down. It awaits the call" in page
    assert "until it is answered nothing changes" not in page


@pytest.mark.clause("ATSP 4.3")
@pytest.mark.parametrize(
    ("agree", "said"),
    [
        ("yes", "it is severity 3, Medium impact."),
        ("no", "declined; it stays severity 2, Serious."),
    ],
)
def test_the_answers_to_a_proposed_severity_say_what_each_brings(
    world: World, as_user: AsUser, agree: str, said: str
) -> None:
    case, browser = world.open(), as_user("technical")
    do(as_user("engineer"), case, "propose", to=3, reason="A workaround holds.")
    form = section(browser.get(page_of(case) + "?act=answer"), 'data-act="answer"', "</form>")
    assert "Agree to severity 3, Medium impact" in form
    assert "Decline: it stays severity 2, Serious" in form
    answered = do(browser, case, "answer", agree=agree)
    assert said in words(browser.get(answered["Location"]))


def test_a_reply_is_sent_by_a_plain_form_and_stops_the_clock(world: World, as_user: AsUser) -> None:
    case = world.open()
    answer = do(as_user("engineer"), case, "reply", body="We are on it.", then="wait_for_reseller")

    assert answer["Location"] == page_of(case)
    assert again(case).state == "waiting_for_reseller"
    assert response_of(case).state == "met"
    text = words(as_user("engineer").get(answer["Location"]))
    assert "We are on it." in text


def test_an_empty_form_comes_back_with_its_mistake_the_cursor_in_it_and_its_tab_open(
    world: World, as_user: AsUser
) -> None:
    page = do(as_user("engineer"), world.open(), "call", body="", reached="no")
    assert page.status_code == 409
    assert opened(page) == ["call"]
    form = section(page, 'data-act="call"', "</form>")
    assert "is-invalid" in form
    assert "autofocus" in form
    assert re.search(r'value="no"[^>]*checked|checked[^>]*value="no"', form), (
        "what was chosen is kept"
    )


@pytest.mark.clause("ATSP 4.10.7")
def test_a_refusal_appears_at_its_field(world: World, as_user: AsUser) -> None:
    page = do(
        as_user("engineer"),
        world.open(),
        "propose-closing",
        reason="other-vendor",
        body="It is new.",
        enhancement="RFE-999",
    )
    assert complaints(page, "propose-closing-enhancement") == [
        "There is no request for enhancement RFE-999."
    ]


@pytest.mark.clause("ATSP 4.10")
def test_a_refused_form_shows_clause_and_way_out_and_keeps_the_text(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    form = as_user("engineer").get(page_of(case))
    close(
        case, by=world.colleague, at=NOW, reason="other-vendor", agreed_by="Tess Ward"
    )  # meanwhile
    page = do(as_user("engineer"), case, "reply", body="A long answer, typed for an hour.")

    assert page.status_code == 409
    shown = section(page, 'data-act="reply"', "</form>")
    assert "A long answer, typed for an hour." in shown
    assert "is closed" in shown
    assert "ATSP 4.10" in shown
    assert "Reopen it with a reason" in shown
    assert opened(page) == ["reply"]
    assert "reply" in forms(form)


def test_an_act_of_the_other_side_is_refused_and_shows_nothing_of_it(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    page = do(as_user("technical"), case, "assign", to=world.engineer.pk)
    assert page.status_code == 403
    assert "is not yours to do" in words(page)
    assert "Colin Reyes" not in words(page)
    assert do(as_user("engineer"), case, "agree").status_code == 403
    assert again(case).owner is None


@pytest.mark.clause("ATSP 4.3")
def test_a_wait_offers_its_act_only_to_those_who_may_do_it(world: World, as_user: AsUser) -> None:
    case = world.open(severity=3)
    propose_severity(case, by=case.contact.user, at=NOW, to=2, reason="It spreads.")
    link = f'href="{page_of(case)}?act=answer"'
    assert link in as_user("engineer").get(page_of(case)).content.decode()
    shown = as_user("dispatch").get(page_of(case)).content.decode()
    assert "The reseller proposes severity 2" in " ".join(shown.split())
    assert link not in shown


def test_an_unknown_act_is_not_found_and_none_is_done_by_a_link(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("engineer")
    assert browser.post(f"/cases/{case.pk}/burn/").status_code == 404
    answer = browser.get(f"/cases/{case.pk}/take/")
    assert (answer.status_code, answer["Location"]) == (302, f"{page_of(case)}?act=take#acts")
    assert again(case).owner is None


def test_a_link_opens_the_act_it_names_with_the_cursor_in_it(world: World, as_user: AsUser) -> None:
    case = world.open(severity=1)
    page = as_user("dispatch").get(page_of(case) + "?act=confirm-call")
    assert opened(page) == ["confirm-call"]
    assert "autofocus" in section(page, 'data-act="confirm-call"', "</form>")
    assert 'value="Tess Ward"' in section(page, 'data-act="confirm-call"', "</form>")


@pytest.mark.clause("ATSP 4.9.1", "ATSP 5.2.3")
def test_the_contact_sends_the_information_and_the_engineer_confirms_it(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    engineer, contact = as_user("engineer"), as_user("technical")
    do(engineer, case, "ask", missing="the trace\nthe server log", body="")
    text = words(contact.get(page_of(case)))
    assert "Send the trace, the server log" in text
    assert "This is what was asked for: the trace, the server log" in text

    do(contact, case, "add", body="Both attached.", answers="on")
    assert "Send the trace" not in words(contact.get(page_of(case)))
    text = words(engineer.get(page_of(case)))
    assert "The contact sent what you asked for: the trace, the server log" in text
    do(engineer, case, "accept")
    assert again(case).information_asked_at is None


@pytest.mark.clause("ATSP 4.10.3", "ATSP 4.10.1")
def test_relief_agreement_and_closure_by_plain_forms(world: World, as_user: AsUser) -> None:
    case = world.open()
    engineer, contact = as_user("engineer"), as_user("technical")
    assert 'value="workaround"' not in section(
        engineer.get(page_of(case) + "?act=close"), 'data-act="close"', "</form>"
    )
    do(engineer, case, "relief", body="Run nsrck.")
    assert forms(contact.get(page_of(case))) == [
        "add",
        "propose-frequency",
        "correct",
        "propose",
        "agree",
        "fail",
        "merge",
        "work",
        "hand-over",
        "follow",
    ]
    do(contact, case, "agree")
    do(engineer, case, "close", reason="workaround")

    assert again(case).closure_reason == "workaround"
    assert forms(contact.get(page_of(case))) == ["reopen", "follow"]
    assert forms(engineer.get(page_of(case))) == [
        "note",
        "reopen",
        "determine",
        "article",
        "replicated",
        "watch",
        "follow",
        "relate",
        "time",
    ]
    do(contact, case, "reopen", reason="It stops again.")
    assert again(case).state == "in_progress"


@pytest.mark.clause("D-27", "ATSP 4.10.1", "D-28")
def test_a_proposal_to_close_is_answered_by_a_plain_form_and_a_stale_answer_is_refused(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    engineer, contact = as_user("engineer"), as_user("technical")
    do(engineer, case, "relief", body="Run nsrck.")
    do(engineer, case, "propose-closing", reason="solution", body="It has held for a week.")
    page = contact.get(page_of(case) + "?act=answer-closing")
    shown = words(page)
    assert "Say whether the case may close: A solution or answer provided" in shown
    assert "Without your answer it closes" in shown
    stale = carried(page, "answer-closing")
    do(engineer, case, "withdraw-closing", reason="One more test.")
    do(engineer, case, "propose-closing", reason="fix", body="Now it has.")
    typed = {"answer-closing-agree": "no", "answer-closing-words": "It stops again on Sundays."}
    answer = contact.post(f"{page_of(case)}answer-closing/", {**typed, **stale})
    assert answer.status_code == 409
    assert "Another closing is proposed since you opened this page" in words(answer)
    assert "It stops again on Sundays." in answer.content.decode()

    do(contact, case, "answer-closing", agree="yes")
    assert again(case).closure_reason == "fix"


@pytest.mark.clause("D-27", "ATSP 1.3")
def test_a_duplicate_and_its_original_show_each_other(world: World, as_user: AsUser) -> None:
    original, case = world.open(), world.open(title="Dumps core again")
    engineer, contact = as_user("engineer"), as_user("technical")
    do(engineer, case, "duplicate", original=original.number, body="The same scan.")
    do(contact, case, "answer-closing", agree="yes")
    for browser in (engineer, contact):
        here, there = browser.get(page_of(case)), browser.get(page_of(original))
        assert f'href="{page_of(original)}">{original.number}' in here.content.decode()
        assert f'href="{page_of(case)}">{case.number}' in there.content.decode()
        assert "Duplicate of" in words(here)
        assert "Duplicates" in words(there)


@pytest.mark.clause("ATSP 4.3", "ATSP 4.5", "ATSP 4.9")
def test_severity_is_confirmed_proposed_answered_and_lowered_by_plain_forms(
    world: World, as_user: AsUser
) -> None:
    case = world.open(severity=1)
    engineer, contact = as_user("engineer"), as_user("technical")
    do(as_user("dispatch"), case, "confirm-call", caller="Tess Ward")
    assert again(case).severity == 1
    do(engineer, case, "confirm-severity")
    assert again(case).severity_confirmed
    do(engineer, case, "propose", to=2, reason="It runs on the second server.")
    assert "Agree to severity 2, or decline it" in words(contact.get(page_of(case)))
    do(contact, case, "answer", agree="yes")
    assert again(case).severity == 2
    do(engineer, case, "downgrade", to=4, ground="impact_lessened", reason="A question is left.")
    assert again(case).severity == 4


@pytest.mark.clause("ATSP 2.3", "ATSP Ex.B")
def test_findings_are_recorded_by_plain_forms(world: World, as_user: AsUser) -> None:
    case = world.open()
    article = world.article()
    engineer = as_user("engineer")
    do(engineer, case, "determine", determination="new-defect")
    do(engineer, case, "replicated")
    page = do(engineer, case, "article", article="KB-none")
    assert "No article matches “KB-none”." in words(page)
    do(engineer, case, "article", article=article.number.lower())

    found = again(case)
    assert (found.charge, found.article) == ("given_back", article)
    assert found.replicated_by_provider_at is not None


def test_taking_a_case_leads_back_to_where_it_was_done_but_never_elsewhere(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    engineer = as_user("engineer")
    sent = {"next": "/queue/?mine=1", "seen": TakeForm.seen_of(case)}
    back = engineer.post(f"/cases/{case.pk}/take/", sent)
    assert back["Location"] == "/queue/?mine=1"
    sent = {"next": "https://elsewhere.example/", "seen": TakeForm.seen_of(again(case))}
    away = as_user("colleague").post(f"/cases/{case.pk}/take/", sent)
    assert away["Location"] == page_of(case)


@pytest.mark.parametrize(("who", "most"), [("engineer", 12), ("psam", 11), ("technical", 12)])
def test_it_makes_no_more_queries_however_long_the_case(
    world: World, as_user: AsUser, who: str, most: int
) -> None:
    case = world.open(severity=1)
    confirm_call(case, by=world.dispatch, at=NOW)
    browser = as_user(who)
    browser.get(page_of(case))
    with queries() as few:
        browser.get(page_of(case))
    for hour in range(1, 30):
        world.reply(case, NOW + hour * HOUR, then=Move.RESUME if hour == -1 else None)
        note(case, by=world.engineer, at=NOW + hour * HOUR, body=f"Note {hour}.")
        world.open(NOW + DAY)
    with queries() as many:
        page = browser.get(page_of(case))

    assert len(many) == len(few) <= most
    assert page.status_code == 200


def test_a_long_conversation_is_shown_in_parts_and_keeps_the_page_small(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    Message.objects.bulk_create(
        Message(
            case=case,
            kind="reply",
            channel="web",
            by=world.engineer,
            author=world.engineer.name,
            from_provider=True,
            at=NOW + n * MINUTE,
            body=f"Entry {n}. {'The index was scanned once more, and nothing new was found. ' * 6}",
        )
        for n in range(500)
    )
    browser = as_user("engineer")
    newest = browser.get(page_of(case))
    assert "Entry 499." in words(newest)
    assert "Entry 449." not in words(newest)
    assert len(newest.content) < 120_000
    assert "Entry 449." in words(browser.get(page_of(case) + "?page=2"))


def test_only_the_act_that_is_open_has_its_form_and_the_others_are_links(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("engineer")
    page = browser.get(page_of(case))
    assert re.findall(r'<form[^>]*data-act="([\w-]+)"', page.content.decode()) == ["reply"]
    link = f'href="{page_of(case)}?act=assign#acts"'
    assert link in page.content.decode()
    page = browser.get(page_of(case) + "?act=assign")
    assert re.findall(r'<form[^>]*data-act="([\w-]+)"', page.content.decode()) == ["assign"]
    assert opened(page) == ["assign"]


@pytest.mark.clause("D-27")
def test_the_form_that_proposes_to_close_says_what_silence_comes_to(
    world: World, as_user: AsUser
) -> None:
    engineer = as_user("engineer")
    serious = words(engineer.get(f"{page_of(world.open(severity=2))}?act=propose-closing"))
    assert "Without an answer the case closes after 5 business days." in serious
    critical = world.open(severity=1, channel=Channel.TELEPHONE)
    page = words(engineer.get(f"{page_of(critical)}?act=propose-closing"))
    assert "the case closes after" not in page
    assert "Severity 1 closes without relief only on the contact's word, and not before." in page
    relieved = give_relief(world.open(severity=2), by=world.engineer, at=NOW, body="Load it.")
    page = words(engineer.get(f"{page_of(relieved)}?act=propose-closing"))
    assert "the case closes after 5 business days, but not for ATSP 4.10.3." in page


def test_the_ways_of_talking_are_modes_the_likeliest_acts_are_in_sight_the_rest_is_under_more(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    page = as_user("engineer").get(page_of(case)).content.decode()

    def labels(pattern: str) -> list[str]:
        found = re.findall(rf"(?s)<{pattern}[^>]*>(.*?)</", page)
        return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]

    assert labels(r'a class="composer-mode"[^>]*>(?:<svg.*?</svg>)?<span') == [
        "Reply",
        "Call",
        "Note",
        "They called",
    ]
    assert re.findall(r'data-act-link="([\w-]+)"', page) == ["take", "assign", "confirm-severity"]
    assert labels('p class="more-title"') == [
        "Information",
        "Severity",
        "Resolve",
        "Findings",
        "Work",
        "Team",
    ]


def test_the_order_of_the_conversation_is_kept_and_the_composer_stands_at_its_newest_end(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW, body="We look at the index header.")
    browser = as_user("technical")

    def order(address: str) -> tuple[bool, bool]:
        text = browser.get(address).content.decode()
        newest = text.index("We look at the index header.")
        first = newest < text.index("Every scan of the media index")
        return first, text.index('id="acts"') < newest

    assert order(page_of(case)) == (True, True)
    assert order(page_of(case) + "?order=oldest") == (False, False)
    assert order(page_of(case)) == (False, False), "the choice is kept"
    assert order(page_of(case) + "?order=nonsense") == (True, True)
