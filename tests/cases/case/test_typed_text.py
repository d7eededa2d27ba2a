"""Nothing typed is lost: half a reply, one that was refused, one sent after the session ended, one from an old page."""

import datetime as dt
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from cases.conversation.models import Message, MessageKind
from portal import drafts, sending
from portal.housekeeping import tidy
from portal.models import Draft, User
from tests.cases.pages import queries, words
from tests.cases.world import NOW, World
from tests.contracts.factories import PASSWORD
from tests.seen import carried

AsUser = Callable[..., Client]
HALF = "The index header is torn; load"
KEY = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"


def path_of(case: Case, act: str = "reply") -> str:
    return f"/cases/{case.pk}/{act}/"


def form_of(browser: Client, case: Case, act: str = "reply") -> Any:
    return browser.get(f"/cases/{case.pk}/?act={act}")


def save(browser: Client, path: str, **typed: str) -> Any:
    return browser.post(f"/drafts/?for={path}", typed)


def sign_in(browser: Client, user: User, page: Any, password: str = PASSWORD) -> Any:
    """Send the sign-in form that the page shows, with all that it carries."""
    user.set_password(PASSWORD)
    user.save()
    return browser.post(
        "/account/login/", Hidden(page).found | {"login": user.email, "password": password}
    )


class Hidden(HTMLParser):
    """Reads the hidden fields of a page, as a browser does."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input that is hidden."""
        named = dict(attrs)
        if tag == "input" and named.get("type") == "hidden":
            self.found[named["name"] or ""] = named.get("value") or ""


def test_half_a_reply_is_there_in_another_browser(world: World, as_user: AsUser) -> None:
    case = world.open()
    assert save(as_user("engineer"), path_of(case), **{"reply-body": HALF}).status_code == 200
    page = form_of(as_user("engineer"), case)
    assert page.context["composer"].shown.form["body"].value() == HALF
    assert "did not send it" in words(page)
    assert HALF not in words(form_of(as_user("colleague"), case))
    assert HALF not in words(form_of(as_user("engineer"), world.open()))


def test_what_is_only_asked_about_is_no_draft(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    assert browser.post(f"/cases/{case.pk}/preview/", {"text": HALF}).status_code == 200
    assert (
        as_user("technical")
        .post("/cases/new/matching/", {"title": "Index is empty", "description": HALF})
        .status_code
        == 200
    )
    assert not Draft.objects.exists()


def test_a_tick_is_made_anew_and_a_suggested_day_stays(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("engineer")
    typed = {"downgrade-reason": "One server only.", "downgrade-to": "4"}
    save(browser, path_of(case, "downgrade"), **typed)
    text = form_of(browser, case, "downgrade").content.decode()
    assert "One server only." in text
    assert 'value="4" checked' not in " ".join(text.split())


def test_a_reply_that_was_refused_is_a_draft_until_it_is_sent(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("engineer")
    typed = carried(form_of(browser, case, "downgrade"), "downgrade")
    answer = browser.post(path_of(case, "downgrade"), typed | {"downgrade-reason": HALF})
    assert answer.status_code == 409
    assert HALF in form_of(browser, case, "downgrade").content.decode()
    typed |= {"downgrade-to": "3", "downgrade-ground": "impact_lessened", "downgrade-reason": HALF}
    assert browser.post(path_of(case, "downgrade"), typed).status_code == 302
    assert not Draft.objects.filter(form=drafts.FORM).exists()


def test_a_save_that_arrives_after_its_reply_brings_nothing_back(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("engineer")
    typed = carried(form_of(browser, case), "reply") | {"reply-body": HALF}
    assert browser.post(path_of(case), typed).status_code == 302
    save(browser, path_of(case), **typed)
    assert form_of(browser, case).context["composer"].shown.form["body"].value() is None


def test_a_draft_is_discarded_and_one_that_is_emptied_is_none(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("engineer")
    save(browser, path_of(case), **{"reply-body": HALF})
    answer = save(browser, path_of(case), **{"reply-body": HALF, "discard": "1"})
    assert (answer.status_code, answer["Location"]) == (302, path_of(case))
    assert not Draft.objects.exists()
    save(browser, path_of(case), **{"reply-body": HALF, "form_key": KEY})
    save(browser, path_of(case), **{"reply-body": " ", "form_key": KEY})
    assert not Draft.objects.exists()


@pytest.mark.parametrize("path", ["//else.example/", "https://else.example/", "/none/", "", "x"])
def test_a_draft_is_kept_for_addresses_of_the_portal_only(as_user: AsUser, path: str) -> None:
    assert save(as_user("engineer"), path, body=HALF).status_code == 400
    assert not Draft.objects.exists()


def test_a_character_that_cannot_be_kept_takes_no_other_with_it() -> None:
    assert drafts.typed_in({"reply-body": f"{HALF}\0 it"}) == {"reply-body": f"{HALF} it"}


def test_of_very_many_drafts_the_latest_are_put_back(world: World) -> None:
    minutes = range(drafts.LATEST + 1)
    for n in minutes:
        at = NOW + dt.timedelta(minutes=n)
        drafts.keep(world.engineer, f"/cases/{n}/reply/", {"reply-body": str(n)}, at)
    found = drafts.latest(world.engineer).values()
    assert {one.data["reply-body"] for one in found} == {str(n) for n in minutes[1:]}


def test_the_buttons_of_a_draft_leave_no_draft_of_their_own(world: World) -> None:
    for name in ("discard_draft", "matching"):
        drafts.keep_at(world.user("technical"), reverse(name), {"title": "Half"}, NOW)
    assert not Draft.objects.exists()


def test_what_is_sent_to_a_page_that_is_not_there_is_not_kept(
    world: World, as_user: AsUser
) -> None:
    typed = {"reply-body": HALF}
    assert as_user("foreign").post(path_of(world.open()), typed).status_code == 404
    assert as_user("engineer").post("/none/", typed).status_code == 404
    assert Client().post("/none/", typed).status_code == 404, "nobody need sign in for that"
    assert not Draft.objects.exists()


def test_what_is_too_long_or_secret_is_not_kept(world: World, as_user: AsUser) -> None:
    browser, case = as_user("engineer"), world.open()
    save(browser, path_of(case), **{"reply-body": "x" * (drafts.MOST + 1)})
    assert not Draft.objects.exists()
    save(browser, path_of(case), **{"reply-body": HALF, "password": PASSWORD, "old_password": "x"})
    assert Draft.objects.get().data == {"reply-body": HALF}


def test_a_reply_sent_after_the_session_ended_is_in_its_form_after_signing_in(
    world: World, as_user: AsUser
) -> None:
    case, browser = world.open(), as_user("engineer")
    typed = carried(form_of(browser, case), "reply") | {"reply-body": f'{HALF} "<b>" & the rest'}
    browser.session.flush()

    page = browser.post(path_of(case), typed)
    assert page.status_code == 401
    assert "nothing was sent yet" in words(page)
    page = sign_in(browser, world.engineer, page, "a wrong password")
    assert "nothing was sent yet" in words(page)
    answer = sign_in(browser, world.engineer, page)
    assert answer["Location"] == path_of(case)

    page = browser.get(answer["Location"], follow=True)
    assert page.redirect_chain == [(f"/cases/{case.pk}/?act=reply#acts", 302)]
    form = page.context["composer"].shown.form
    assert form["body"].value() == f'{HALF} "<b>" & the rest'
    assert "Nothing was sent" in words(page)
    assert not Message.objects.filter(case=case, kind=MessageKind.REPLY).exists()
    sent = carried(page, "reply") | {"reply-body": HALF}
    assert browser.post(path_of(case), sent).status_code == 302
    assert Message.objects.filter(case=case, kind=MessageKind.REPLY).count() == 1


def test_who_signs_in_instead_is_told_of_no_form_that_is_not_theirs(
    world: World, as_user: AsUser
) -> None:
    case, browser = world.open(), as_user("engineer")
    typed = carried(form_of(browser, case), "reply") | {"reply-body": HALF}
    browser.session.flush()
    answer = sign_in(browser, world.user("technical"), browser.post(path_of(case), typed))
    page = browser.get(answer["Location"], follow=True)
    assert 'name="reply-body"' not in page.content.decode()
    said = words(page)
    assert "Nothing was sent" in said
    assert "What you typed is in the form" not in said
    assert "where that form is yours to send, it stands in it again" in said


def test_a_button_pressed_after_the_session_ended_leads_back_to_its_page(
    world: World, as_user: AsUser
) -> None:
    case, browser = world.open(), Client()
    page = browser.post(path_of(case, "take"), {"seen": "x"})
    assert page.status_code == 401
    answer = sign_in(browser, world.engineer, page)
    page = browser.get(answer["Location"], follow=True)
    assert page.status_code == 200
    assert "Nothing was done" in words(page)


def test_a_report_sent_after_the_session_ended_is_a_draft_of_its_own(
    world: World, as_user: AsUser
) -> None:
    browser = Client()
    path = f"/cases/new/?draft={KEY}"
    page = browser.post(path, world.typed(severity=3) | {"draft": KEY})
    user = world.technical.user
    assert user is not None
    answer = sign_in(browser, user, page)
    assert answer["Location"] == path
    page = browser.get(path)
    assert page.context["form"]["title"].value() == world.typed()["title"]
    assert Draft.objects.get().form == "cases.open"
    assert not Case.objects.exists()


def test_a_form_from_before_a_sign_in_elsewhere_is_kept_for_its_sender(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    strict = as_user("engineer", enforce_csrf_checks=True)
    ours = {"HTTP_ORIGIN": "http://testserver"}
    page = strict.post(path_of(case), {"reply-body": HALF}, **ours)
    assert page.status_code == 403
    assert f'href="{path_of(case)}"' in page.content.decode()
    assert HALF in form_of(strict, case).content.decode()


@pytest.mark.parametrize(
    "headers",
    [{}, {"HTTP_ORIGIN": "https://else.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}],
)
def test_a_form_of_another_site_leaves_no_draft(
    world: World, as_user: AsUser, headers: dict[str, str]
) -> None:
    case = world.open()
    strict = as_user("engineer", enforce_csrf_checks=True)
    page = strict.post(path_of(case), {"reply-body": HALF}, **headers)
    assert page.status_code == 403
    assert not Draft.objects.exists()


def test_a_page_asks_for_drafts_once_and_only_where_it_shows_a_form(
    world: World, as_user: AsUser
) -> None:
    case, browser = world.open(), as_user("engineer")
    for act in ("reply", "downgrade"):
        save(browser, path_of(case, act), **{f"{act}-body": HALF})
    for address, asked in (("/queue/", 0), (f"/cases/{case.pk}/?act=reply", 1)):
        with queries() as seen:
            browser.get(address)
        assert len([sql for sql in seen if "portal_draft" in sql]) == asked


def test_housekeeping_throws_old_drafts_and_sent_forms_away(world: World) -> None:
    user = world.engineer
    drafts.keep(user, "/cases/1/reply/", {"reply-body": HALF}, NOW - drafts.KEPT)
    for days in (31, 29):  # typed on
        at = NOW - dt.timedelta(days=days)
        drafts.keep(user, "/cases/2/reply/", {"reply-body": HALF}, at)
    Draft.objects.create(user=user, form="cases.open", key=KEY, updated_at=NOW - 2 * drafts.KEPT)
    for key, at in (("old", NOW - sending.KEPT), ("new", NOW)):
        sending.SentForm.objects.create(user=user, key=key, at=at)
    assert tidy(NOW + dt.timedelta(seconds=1)) == {
        "drafts": 1,
        "sent_forms": 1,
        "uploads": 0,
        "presences": 0,
        "meanings": 0,
    }
    assert {each.form for each in Draft.objects.all()} == {"cases.open", drafts.FORM}
    assert sending.SentForm.objects.get().key == "new"


def test_the_longest_reply_in_any_script_survives_a_lost_session(
    world: World, as_user: AsUser
) -> None:
    case, text = world.open(), "語" * 50_000
    page = Client().post(
        path_of(case),
        urlencode({"reply-body": text}),
        content_type="application/x-www-form-urlencoded",
    )
    assert page.status_code == 401
    assert Hidden(page).found["kept-reply-body"] == text
