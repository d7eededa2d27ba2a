"""How a case page shows its conversation: folded events, permalinks, what is new, what is long."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client

from cases.conversation.actions import add_information, note, reply
from cases.conversation.models import Look, Message
from cases.handling.actions import assign, take
from tests.cases.pages import queries, words
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World

AsUser = Callable[..., Client]
LOG = "\n".join(f"03/05/03 10:{n % 60:02d}:11 nsrd[{n}]: media notice" for n in range(5_000))


def page_of(case: Any, more: str = "") -> str:
    return f"/cases/{case.pk}/{more}"


def test_events_between_messages_are_one_line_that_tells_them(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    assign(case, to=world.colleague, by=world.dispatch, at=NOW - 2 * MINUTE)
    take(case, by=world.engineer, at=NOW - MINUTE)
    reply(case, by=world.engineer, at=NOW, body="Done.")
    page = as_user("engineer").get(page_of(case)).content.decode()
    fold = re.search(r'(?s)<li class="event event-fold".*?</summary>', page)
    assert fold is not None
    told = " ".join(re.sub(r"<[^>]+>", " ", fold[0]).split())
    assert told.startswith("3 events opened the case, assigned the case, took the case")


def test_a_permalink_leads_to_the_page_that_holds_its_message(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    for n in range(120):
        note(case, by=world.engineer, at=NOW + n * MINUTE, body=f"Entry {n}.")
    first = case.messages.get(body="Entry 3.")
    browser = as_user("engineer")
    for order in ("newest", "oldest"):
        page = browser.get(page_of(case, f"?order={order}&at=m{first.pk}")).content.decode()
        assert f'id="m{first.pk}"' in page
    assert (
        f'id="m{first.pk}"'
        not in browser.get(page_of(case, "?order=newest&at=m0")).content.decode()
    )


def test_what_came_since_one_looked_is_marked_until_one_looks_again(
    world: World, as_user: AsUser, set_clock: Any
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    browser = as_user("engineer")
    assert 'id="new"' not in browser.get(page_of(case)).content.decode(), "all is new at first"
    add_information(case, by=world.technical.user, at=NOW + DAY, body="The trace is here.")
    reply(case, by=world.engineer, at=NOW + DAY + MINUTE, body="Thank you.")
    for later in (2 * MINUTE, 5 * MINUTE):
        set_clock(NOW + DAY + later)
        page = browser.get(page_of(case))
        said = "the contact's words and the missed update are new, one's own words are not"
        assert "2 new since you looked" in words(page), said
        text = page.content.decode()
        assert (
            text.index("The trace is here.")
            < text.index('id="new"')
            < text.index("opened the case")
        )
    set_clock(NOW + 2 * DAY)
    assert 'id="new"' not in browser.get(page_of(case)).content.decode()
    assert Look.objects.filter(case=case).count() == 1


def test_a_case_that_a_text_names_is_a_link_only_for_those_who_may_see_it(
    world: World, as_user: AsUser
) -> None:
    own, foreign, case = world.open(), world.open(contact=world.foreign), world.open()
    reply(
        case, by=world.engineer, at=NOW, body=f"As in #{own.pk} and case {foreign.pk}, `#{own.pk}`."
    )
    contact = as_user("technical").get(page_of(case)).content.decode()
    assert f'<a href="{page_of(own)}">#{own.pk}</a>' in contact
    assert f'href="{page_of(foreign)}"' not in contact
    assert f"<code>#{own.pk}</code>" in contact
    ours = as_user("engineer").get(page_of(case)).content.decode()
    assert f'<a href="{page_of(foreign)}">case {foreign.pk}</a>' in ours


def test_two_hundred_messages_and_a_log_of_five_thousand_lines_stay_a_small_page(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    Message.objects.bulk_create(
        Message(case=case, kind="reply", channel="web", by=world.engineer, author="Carla Stone",
                from_provider=True, at=NOW + n * MINUTE, formatted=True,
                body=f"Entry {n}.\n{LOG[:49_000]}" if n % 2 else "The index was scanned. " * 900)
        for n in range(200)
    )  # fmt: skip
    browser = as_user("engineer")
    browser.get(page_of(case))
    with queries() as made:
        page = browser.get(page_of(case))
    assert len(page.content) < 120_000
    assert len(made) <= 11
    text = page.content.decode()
    assert f"{LOG[:49_000].count(chr(10)) + 1:,} lines" in text, "a log is folded, not cut"
    whole = re.findall(r'hx-get="(/cases/\d+/messages/\d+/)"', text)
    block = re.findall(r'hx-get="(/cases/\d+/messages/\d+/\?block=0)"', text)
    assert "The index was scanned. " * 899 in browser.get(whole[0]).content.decode()
    assert "nsrd[900]" in browser.get(block[0]).content.decode()
    assert browser.get(block[0].replace("=0", "=7")).status_code == 404


def test_a_note_in_full_is_the_providers(world: World, as_user: AsUser) -> None:
    case = world.open()
    note(case, by=world.engineer, at=NOW, body="Ours.")
    address = page_of(case, f"messages/{case.messages.get(body='Ours.').pk}/")
    assert as_user("engineer").get(address).status_code == 200
    assert as_user("technical").get(address).status_code == 404


def test_a_preview_shows_the_text_as_it_will_read(world: World, as_user: AsUser) -> None:
    case = world.open()
    page = as_user("technical").post(page_of(case, "preview/"), {"text": "**Now** <b>"})
    assert page.content.decode().strip() == "<p><strong>Now</strong> &lt;b&gt;</p>"
    assert as_user("foreign").post(page_of(case, "preview/"), {"text": "x"}).status_code == 404
