"""Two pages of one form never erase each other's text; one's drafts are listed, and nobody else's."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal import drafts, typed
from portal.draft_rows import Hand
from portal.housekeeping import tidy
from portal.models import Draft, User
from portal.models.sent import SentForm
from tests.cases.pages import queries, words

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
PATH = "/cases/7/reply/"
MINE, THEIRS, LAST = (f"6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a0{n}" for n in (1, 2, 3))
HALF, OTHER = {"body": "The index header is torn"}, {"body": "Run nsrck with level 6"}


@pytest.fixture
def user(db: None, set_clock: Any) -> User:
    set_clock(NOW)
    return User.objects.create_user("carla@legato.example", name="Carla Stone")


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def kept(user: User, text: dict[str, str], page: str = "", version: Any = "") -> Any:
    return drafts.keep(user, PATH, text, NOW, Hand(page, str(version)))


def texts() -> list[str]:
    return sorted(draft.data["body"] for draft in Draft.objects.all())


def save(browser: Client, text: dict[str, str], page: str, version: Any = "", **more: str) -> Any:
    return browser.post(
        f"/drafts/?for={PATH}", text | {"form_key": page, "draft_version": str(version)} | more
    )


@pytest.mark.parametrize(
    ("page", "rests", "is_written"),
    [
        (MINE, False, True),
        (THEIRS, True, True),
        (THEIRS, False, False),
        ("", True, True),
        ("", False, False),
    ],
    ids=["its own", "seen", "not seen", "no key, seen", "no key"],
)
def test_a_page_writes_over_what_it_wrote_or_saw_and_over_nothing_else(
    user: User, page: str, rests: bool, is_written: bool
) -> None:
    first = kept(user, HALF, MINE).draft
    written = kept(user, OTHER, page, first.version if rests else "")
    assert (written.elsewhere is None) == is_written
    assert texts() == [(OTHER if is_written else HALF)["body"]]
    if not is_written:
        assert written.elsewhere.data == HALF


def test_a_version_that_was_there_once_is_not_there_again(user: User) -> None:
    seen = kept(user, HALF, MINE).draft.version
    drafts.empty(user, PATH, Hand(MINE))
    assert kept(user, OTHER, MINE).draft.version != seen
    assert kept(user, HALF, THEIRS, seen).elsewhere is not None


def test_the_same_text_typed_twice_is_no_other_text(user: User) -> None:
    kept(user, HALF | {"seen": "a", "form_key": MINE}, MINE)
    assert kept(user, HALF | {"seen": "b", "form_key": THEIRS}, THEIRS).draft


def test_a_save_is_one_statement(user: User) -> None:
    kept(user, HALF, MINE)
    for page in (MINE, LAST):
        with queries() as seen:
            kept(user, OTHER if page == MINE else HALF, page)
        assert len(seen) == (1 if page == MINE else 3), "what is refused is looked at"


def test_a_form_that_is_done_ends_its_own_text_only(user: User) -> None:
    kept(user, OTHER, THEIRS)
    with queries() as seen:
        drafts.done(user, PATH, Hand(MINE), NOW)
    assert len(seen) == 1
    assert texts() == [OTHER["body"]]
    drafts.done(user, PATH, Hand(THEIRS), NOW)
    assert not Draft.objects.exists()
    assert kept(user, OTHER, THEIRS).done.key == THEIRS, (
        "a save that comes late brings nothing back"
    )
    assert not Draft.objects.exists()


def test_a_text_of_a_form_that_was_done_gives_way(user: User) -> None:
    kept(user, HALF, MINE)
    SentForm.objects.create(user=user, key=MINE, at=NOW)
    assert drafts.latest(user) == {}
    assert kept(user, OTHER, THEIRS).draft


def test_the_later_page_is_told_what_was_typed_elsewhere_and_keeps_what_it_leaves(
    user: User, browser: Client
) -> None:
    first = save(browser, HALF, MINE).json()
    answer = save(browser, OTHER, THEIRS)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["version"], told["fields"]) == (first["version"], HALF | {"form_key": MINE})
    assert dt.datetime.fromisoformat(told["at"]).replace(microsecond=0) == NOW
    save(browser, HALF, "", aside="1")
    assert save(browser, OTHER, THEIRS, told["version"]).status_code == 200
    assert texts() == sorted([HALF["body"], OTHER["body"]])
    assert save(browser, HALF | {"body": "more"}, MINE, first["version"]).status_code == 409


def test_a_page_that_leaves_before_it_chose_loses_neither(browser: Client) -> None:
    save(browser, HALF, MINE)
    assert save(browser, OTHER, THEIRS, both="1").status_code == 200
    assert texts() == sorted([HALF["body"], OTHER["body"]])
    assert Draft.objects.get(form=drafts.FORM).data["body"] == OTHER["body"]


def test_discarding_in_one_tab_leaves_what_is_typed_in_another(browser: Client) -> None:
    save(browser, HALF, MINE)
    page = save(browser, OTHER, THEIRS, discard="1")
    assert page.status_code == 302
    assert texts() == [HALF["body"]]
    save(browser, {"body": ""}, THEIRS)
    assert texts() == [HALF["body"]], "nor does emptying it"
    save(browser, HALF, MINE, discard="1")
    assert not Draft.objects.exists()


def test_what_was_discarded_elsewhere_and_is_typed_on_is_kept_and_told(browser: Client) -> None:
    version = save(browser, HALF, MINE).json()["version"]
    draft = Draft.objects.get()
    browser.post(reverse("draft", args=[draft.pk]), {"draft_version": version})
    assert not Draft.objects.exists()
    assert save(browser, OTHER, MINE, version).json()["is_anew"]
    assert texts() == [OTHER["body"]]


def test_a_browser_learns_which_of_its_forms_were_done(user: User, browser: Client) -> None:
    other = User.objects.create_user("colin@legato.example", name="Colin Reyes")
    for who, key in ((user, MINE), (other, THEIRS)):
        SentForm.objects.create(user=who, key=key, at=NOW)
    answer = browser.post("/drafts/done/", {"key": [MINE, THEIRS, LAST]})
    assert answer.json() == {"done": [MINE]}


def test_who_is_signed_out_while_typing_is_kept_for_and_nobody_else_is(
    user: User, browser: Client
) -> None:
    token = typed.reader_token(user)
    other = User.objects.create_user("colin@legato.example", name="Colin Reyes")
    strange = Client()
    assert save(strange, HALF, MINE, draft_reader=token).json()["signed_in"] is False
    assert Draft.objects.get().user == user
    for wrong in ("", "x", str(user.pk), f"{token}x"):
        assert save(strange, OTHER, THEIRS, draft_reader=wrong).status_code == 302
    browser.force_login(other)
    assert save(browser, OTHER, THEIRS, draft_reader=token).json() == {"reader": False}
    user.is_active = False
    user.save()
    assert save(strange, OTHER, MINE, draft_reader=token).status_code == 302
    assert texts() == [HALF["body"]]


def test_a_page_with_an_old_token_is_given_a_new_one(user: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    for site, is_given in (("same-origin", True), ("cross-site", False)):
        answer = strict.post(f"/drafts/?for={PATH}", HALF, HTTP_SEC_FETCH_SITE=site)
        assert answer.status_code == 403
        assert answer["Content-Type"].startswith("application/json") == is_given
    token = strict.post(f"/drafts/?for={PATH}", HALF, HTTP_SEC_FETCH_SITE="same-origin").json()
    sent = HALF | {"csrfmiddlewaretoken": token["token"]}
    assert strict.post(f"/drafts/?for={PATH}", sent).status_code == 200


def test_a_text_too_long_to_be_kept_is_told_how_long_it_is(browser: Client) -> None:
    answer = save(browser, {"body": "x" * drafts.MOST}, MINE)
    assert answer.status_code == 413
    assert answer.json()["most"] == "520,000 characters"
    assert not Draft.objects.exists()


def test_drafts_are_listed_with_the_way_back_and_read_in_full(user: User, browser: Client) -> None:
    save(browser, {"body": f"{HALF['body']}. " * 30}, MINE, draft_title="Case 7 – Reply")
    save(browser, OTHER, "", aside="1", draft_title="Case 7 – Reply")
    assert {draft.title for draft in Draft.objects.all()} == {"Case 7 – Reply"}
    for number in range(3):
        drafts.keep(user, f"/cases/{number}/note/", HALF, NOW - dt.timedelta(days=1))
    with queries() as seen:
        page = browser.get("/drafts/")
    assert len([sql for sql in seen if "portal_draft" in sql]) == 1
    said, text = words(page), page.content.decode()
    assert said.count("Case 7 – Reply") >= 2
    assert "Cases · 1 · note" in said, "a form without a name is told by its address"
    assert f'href="{PATH}"' in text
    assert "Set aside" in said
    one = browser.get(
        reverse("draft", args=[Draft.objects.get(title="Case 7 – Reply", form=drafts.FORM).pk])
    )
    assert words(one).count(HALF["body"]) == 30
    other = User.objects.create_user("colin@legato.example", name="Colin Reyes")
    browser.force_login(other)
    assert "No drafts" in words(browser.get("/drafts/"))


def test_a_text_set_aside_goes_back_into_its_form_and_the_one_there_is_set_aside(
    user: User, browser: Client
) -> None:
    save(browser, HALF, MINE)
    save(browser, OTHER, THEIRS, both="1")
    aside = Draft.objects.get(form=drafts.ASIDE)
    answer = browser.post(
        reverse("draft", args=[aside.pk]), {"draft_version": aside.version, "put_back": "1"}
    )
    assert answer["Location"] == PATH
    assert Draft.objects.get(form=drafts.FORM).data["body"] == HALF["body"]
    assert Draft.objects.get(form=drafts.ASIDE).data["body"] == OTHER["body"]


def test_a_list_that_is_older_than_the_text_discards_nothing(browser: Client) -> None:
    old = save(browser, HALF, MINE).json()["version"]
    save(browser, OTHER, MINE)
    draft = Draft.objects.get()
    page = browser.post(reverse("draft", args=[draft.pk]), {"draft_version": old}, follow=True)
    assert "You typed on in it" in words(page)
    assert texts() == [OTHER["body"]]


def test_the_drafts_of_a_person_who_left_go_with_their_account(user: User) -> None:
    kept(user, HALF, MINE)
    assert tidy(NOW)["drafts"] == 0
    user.is_active = False
    user.save()
    assert tidy(NOW)["drafts"] == 1
    assert not Draft.objects.exists()


def test_texts_set_aside_are_kept_as_long_as_drafts(user: User) -> None:
    drafts.set_aside(user, PATH, HALF, NOW - drafts.KEPT)
    assert tidy(NOW + dt.timedelta(seconds=1))["drafts"] == 1


def test_secrets_are_never_kept() -> None:
    sent = {
        "body": "x",
        "password": "a",
        "new_password1": "b",
        "client_secret": "c",
        "draft_reader": "d",
    }
    assert drafts.typed_in(sent) == {"body": "x"}
