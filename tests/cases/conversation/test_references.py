"""What texts name, as links for those who may see it; and the case on paper."""

import re
from collections.abc import Callable

from django.test import Client

from cases.conversation.actions import add_information, note, reply
from cases.handling.actions import assign, take
from tests.cases.pages import queries
from tests.cases.world import HOUR, MINUTE, NOW, World

AsUser = Callable[..., Client]
LOG = "\n".join(f"03/05/03 10:{n % 60:02d}:11 nsrd[{n}]: media notice" for n in range(900))


def test_articles_and_agreements_are_links_for_those_who_may_see_them(
    world: World, as_user: AsUser
) -> None:
    case, article = world.open(), world.article(number="KB-20417")
    world.article(number="KB-20418", published_at=None, fix="", fix_published_at=None)
    own, other = world.agreement.reference, world.foreign_agreement.reference
    text = f"KB-20417, article KB-20418, X-KB-20417, agreement {own}, agreement {other}."
    reply(case, by=world.engineer, at=NOW, body=text)
    contact = as_user("technical").get(f"/cases/{case.pk}/").content.decode()
    assert f'href="/search/?q={article.number}&amp;kind=articles">KB-20417</a>' in contact
    assert "X-KB-20417" in contact
    assert "article KB-20418, X" in contact, "a draft is nobody's to know of"
    assert f'<a href="/agreements/{own}/">agreement {own}</a>' in contact
    assert f'href="/agreements/{other}/"' not in contact
    ours = as_user("engineer").get(f"/cases/{case.pk}/").content.decode()
    assert f'<a href="/agreements/{other}/">agreement {other}</a>' in ours
    assert ">article KB-20418</a>" in ours


def test_names_of_all_kinds_cost_one_statement(world: World, as_user: AsUser) -> None:
    case, other = world.open(), world.open()
    world.article(number="KB-20417")
    browser = as_user("engineer")
    note(case, by=world.engineer, at=NOW, body=f"#{other.pk}")
    browser.get(f"/cases/{case.pk}/")
    with queries() as one_kind:
        browser.get(f"/cases/{case.pk}/")
    for n in range(4):
        text = f"#{other.pk}, KB-20417, agreement {world.agreement.reference}"
        note(case, by=world.engineer, at=NOW + n * MINUTE, body=text)
    with queries() as all_kinds:
        page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert page.count(">KB-20417</a>") == 4
    assert len(all_kinds) == len(one_kind)


def test_an_authors_name_leads_to_their_cases_where_the_reader_may_look(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW)
    add_information(case, by=world.user("technical"), at=NOW, body="The trace is here.")
    contact = as_user("technical").get(f"/cases/{case.pk}/").content.decode()
    assert 'href="/search/?q=contact%3A%22Tess+Ward%22">Tess Ward</a>' in contact
    assert ">Carla Stone</a>" not in contact, "the provider's people have no page for them"
    ours = as_user("engineer").get(f"/cases/{case.pk}/").content.decode()
    assert 'href="/search/?q=owner%3A%22Carla+Stone%22">Carla Stone</a>' in ours


def test_on_paper_stands_the_whole_case_and_no_form(world: World, as_user: AsUser) -> None:
    case = world.open()
    for n in range(60):
        note(case, by=world.engineer, at=NOW + n * MINUTE, body=f"Entry {n}.\n{LOG}")
    browser = as_user("engineer")
    shown = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "nsrd[899]" not in shown, "on the screen it is loaded when it is opened"
    paper = browser.get(f"/cases/{case.pk}/?print=1").content.decode()
    assert paper.count("nsrd[899]") == 60 - paper.count("Show the whole message")
    assert paper.count("nsrd[899]") >= 40
    assert "composer-panel" not in paper


def test_folded_events_stand_in_the_order_of_the_page(world: World, as_user: AsUser) -> None:
    case = world.open(NOW - HOUR)
    assign(case, to=world.colleague, by=world.dispatch, at=NOW - 2 * MINUTE)
    take(case, by=world.engineer, at=NOW - MINUTE)
    browser = as_user("engineer")
    for order, first in (("newest", "took the case"), ("oldest", "opened the case")):
        page = browser.get(f"/cases/{case.pk}/?order={order}").content.decode()
        fold = re.search(r'(?s)<ol class="fold-list">(.*?)</ol>', page)
        assert fold is not None
        assert re.findall(r'event-what">([^<]+)<', fold[1])[0] == first


def test_a_restored_note_is_a_note_and_no_reply(world: World, as_user: AsUser) -> None:
    case, browser = world.open(), as_user("engineer")
    browser.post(
        f"/drafts/?for=/cases/{case.pk}/note/",
        {"form_key": "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01", "note-body": "They are late payers."},
    )
    assert "late payers" in browser.get(f"/cases/{case.pk}/?act=note").content.decode()
    for page in ("", "?act=reply", "?act=call"):
        assert "late payers" not in browser.get(f"/cases/{case.pk}/{page}").content.decode()
