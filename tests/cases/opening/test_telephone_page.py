"""Telephone intake: who is calling, and a case in under a minute; severity 1 at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation.page import conversation
from contracts.parties.models.parties import Contact
from tests.cases.pages import words
from tests.cases.world import MINUTE, NOW, World, response_of

AsUser = Callable[..., Client]


def take_down(browser: Client, world: World, contact: Any, **changes: Any) -> Any:
    first = {
        "title": "Server down",
        "description": "nsrd does not start.",
        "severity": 1,
        "product": world.product.pk,
        "updates_paid": "on",
    }
    return browser.post(f"/telephone/?contact={contact.pk}", first | changes)


@pytest.mark.clause("ATSP 4.4", "ATSP 5.2.2")
@pytest.mark.parametrize("found", ["tess", "C-4711", "714-555-0101", "meridian"])
def test_the_caller_is_found_by_name_code_telephone_or_company(
    world: World, as_user: AsUser, found: str
) -> None:
    page = as_user("dispatch").get("/telephone/", {"q": found})
    text = words(page)
    assert "Tess Ward" in text
    assert "Authorized" in text
    assert f'href="/telephone/?contact={world.technical.pk}"' in page.content.decode()
    assert "Fritz Kolb" not in text


@pytest.mark.clause("ATSP 4.4", "ATSP 5.2.2")
@pytest.mark.parametrize(
    "found", ["Ward, Tess", "ward meridian", "tess.ward@meridian.example", "Meridian  Tess"]
)
def test_the_caller_is_found_by_words_in_any_order_and_by_mail_address(
    world: World, as_user: AsUser, found: str
) -> None:
    text = words(as_user("dispatch").get("/telephone/", {"q": found}))
    assert "Tess Ward" in text
    assert "Fritz Kolb" not in text
    assert "Nobody by that name" in words(
        as_user("dispatch").get("/telephone/", {"q": "ward quux"})
    )


@pytest.mark.clause("ATSP 4.4")
def test_a_caller_who_quotes_a_case_is_led_to_it(world: World, as_user: AsUser) -> None:
    case = world.open()
    page = as_user("dispatch").get("/telephone/", {"q": case.number})
    assert f'href="{case.get_absolute_url()}"' in page.content.decode()
    text = words(page)
    assert f"The case they quote {case.number} {case.title} Tess Ward" in text
    assert "Nobody by that name" not in text
    assert "The case they quote" not in words(as_user("dispatch").get("/telephone/?q=999999"))


@pytest.mark.clause("ATSP 4.4", "ATSP 5.2.2")
@pytest.mark.parametrize(
    "typed", ["7145550101", "(714) 555 0101", "+1 714.555.0101", "714 555-0101 ext. 3", "0101"]
)
@pytest.mark.parametrize("listed", ["714-555-0101", "+1 (714) 5550101"])
def test_the_caller_is_found_by_telephone_in_any_spelling(
    world: World, as_user: AsUser, typed: str, listed: str
) -> None:
    Contact.objects.filter(pk=world.technical.pk).update(telephone=listed)
    text = words(as_user("dispatch").get("/telephone/", {"q": typed}))
    assert "Tess Ward" in text
    assert "Fritz Kolb" not in text


@pytest.mark.clause("ATSP 4.5", "ATSP 4.4")
def test_five_answers_make_a_severity_1_case_from_the_call_on(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("dispatch")
    form = browser.get(f"/telephone/?contact={world.technical.pk}")
    assert "Authorized" in words(form)
    answer = take_down(browser, world, world.technical)

    case = Case.objects.get()
    assert answer["Location"] == case.get_absolute_url()
    assert (case.severity, case.channel, case.contact, case.opened_by) == (
        1,
        "telephone",
        world.technical,
        world.dispatch,
    )
    assert (response_of(case).due_at - case.reported_at).total_seconds() == 1800


def test_a_mistake_keeps_what_was_typed(world: World, as_user: AsUser) -> None:
    page = take_down(as_user("dispatch"), world, world.technical, title="", platform="AIX 4.3")
    assert page.status_code == 409
    assert "nsrd does not start." in page.content.decode()
    assert "AIX 4.3" in page.content.decode()
    assert "<details" in page.content.decode()
    assert not Case.objects.exists()


@pytest.mark.clause("ATSP 9.1")
def test_over_quota_a_reason_admits_the_case(world: World, as_user: AsUser) -> None:
    world.spend("us")
    browser = as_user("dispatch")
    page = take_down(browser, world, world.technical)
    assert page.status_code == 409
    assert "ATSP 9.1" in words(page)
    assert "Reason to admit the case over quota" in words(page)
    take_down(browser, world, world.technical, over_quota_reason="A production stop.")
    assert Case.objects.get().contact == world.technical


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_the_page_lists_awaited_calls(world: World, as_user: AsUser) -> None:
    case = world.open(severity=1)
    page = as_user("dispatch").get("/telephone/")
    assert f"{case.number} Index corrupt after the upgrade" in words(page)
    assert f'href="/cases/{case.pk}/?act=confirm-call"' in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("dispatch", 200), ("engineer", 200), ("account_manager", 403), ("technical", 403)],
)
def test_intake_is_for_who_takes_reports(
    world: World, as_user: AsUser, who: str, status: int
) -> None:
    browser = as_user(who)
    assert browser.get("/telephone/").status_code == status
    assert browser.get(f"/telephone/?contact={world.technical.pk}").status_code == status
    assert browser.get("/telephone/?contact=999999").status_code == (404 if status == 200 else 403)


@pytest.mark.clause("ATSP 4.4", "ATSP 1.3", "D-23")
def test_a_report_that_is_sent_twice_is_one_case_from_its_call_on(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("dispatch")
    page = browser.get(f"/telephone/?contact={world.technical.pk}").content.decode()
    (key,) = re.findall(r'name="form_key" value="([^"]+)"', page)
    sent = {"form_key": key, "called_at": "2003-03-05T09:50"}
    ends = {take_down(browser, world, world.technical, **sent)["Location"] for _ in range(2)}
    [case] = Case.objects.all()
    assert ends == {case.get_absolute_url()}
    assert case.reported_at == NOW - 10 * MINUTE
    assert response_of(case).due_at == NOW + 20 * MINUTE
    late = take_down(browser, world, world.technical, called_at="2003-03-05T11:00")
    assert late.status_code == 409
    told = words(late).count("The time of the call is in the future. (D-23) Give the time")
    assert told == 2, "in the summary with its link, and at the field, with the way out"


@pytest.mark.clause("ATSP 5.2.2", "ATSP 4.4")
def test_a_telephone_report_is_the_callers_written_down_by_dispatch(world: World) -> None:
    case = world.open(channel=Channel.TELEPHONE)
    [message] = case.messages.all()
    assert (message.author, message.contact, message.by) == (
        "Tess Ward",
        world.technical,
        world.technical.user,
    )
    assert (message.written_by, message.from_provider) == (world.dispatch, False)
    [line] = [each for each in conversation(case, world.engineer) if each.kind == "message"]
    assert line.role == f"{case.reseller.name}, written down by {world.dispatch.name}"
    world.technical.user = None
    world.technical.save(update_fields=["user"])
    without = world.open(channel=Channel.TELEPHONE).messages.get()
    assert (without.author, without.by) == ("Tess Ward", None), "a contact without an account"
