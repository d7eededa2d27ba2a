"""A draft has one row, whoever writes it at the same time, and becomes one case."""

import re
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from cases.case.models import Case
from cases.opening import drafts
from cases.opening.actions import open_from_draft
from contracts.prepaid.actions.ledger import balances
from contracts.roster.permissions import standing_of_contact
from portal.models import Draft, JournalEntry, Upload, User
from portal.typed import reader_token
from tests.cases.pages import words
from tests.cases.world import DAY, NOW, World, make_world

KEY, MINE, OTHER, LAST = (f"6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a0{n}" for n in range(1, 5))


def send(world: World, key: str = KEY) -> Case:
    contact = world.technical
    return open_from_draft(
        world.report(),
        key=key,
        by=user_of(world),
        contact=contact,
        standing=standing_of_contact(contact, NOW),
    )


def user_of(world: World) -> User:
    assert world.technical.user is not None
    return world.technical.user


def whole(world: World, **changes: Any) -> dict[str, Any]:
    typed = {name: value for name, value in world.typed(**changes).items() if value}
    return typed | {"draft": KEY}


def save(browser: Client, typed: dict[str, str], page: str, version: str = "", **more: str) -> Any:
    """A save of a page that types into the draft of the key, by itself."""
    sent = typed | {"draft": KEY, "form_key": page, "draft_version": version} | more
    return browser.post(f"/drafts/?for=/cases/new/?draft={KEY}", sent)


def save_by_button(browser: Client, typed: dict[str, str], page: Any) -> Any:
    """What a browser without scripts sends of the page that it shows, and the page that it gets."""
    hidden = re.findall(
        r'name="(draft|form_key|draft_version)" value="([^"]*)"', page.content.decode()
    )
    form = dict(hidden[-3:])
    return browser.post(f"/cases/new/?draft={form['draft']}", form | typed | {"save": "1"})


def texts() -> list[str]:
    return sorted(Draft.objects.filter(became=None).values_list("title", flat=True))


def left(world: World) -> int:
    return next(b.left for b in balances(world.agreement) if b.pool == "us")


def test_a_form_sent_again_leads_to_its_case_when_no_prepaid_case_is_left(world: World) -> None:
    world.spend("us", left=1)
    case = send(world)
    assert left(world) == 0
    assert send(world) == case
    assert Case.objects.count() == 1


def test_a_form_sent_again_leaves_nothing_but_its_case(world: World) -> None:
    case = send(world)
    entries = JournalEntry.objects.count()
    assert send(world) == case
    assert (Case.objects.count(), JournalEntry.objects.count(), left(world)) == (1, entries, 99)


def test_another_form_of_the_same_user_opens_another_case(world: World) -> None:
    assert send(world) != send(world, drafts.new_key())


def test_a_draft_that_was_discarded_opens_a_case_when_it_is_sent_after_all(world: World) -> None:
    user = user_of(world)
    drafts.keep(user, {"title": "Index"}, KEY, NOW)
    assert drafts.discard(user, KEY, NOW) is None
    assert drafts.draft_of(user, KEY) is None
    assert drafts.case_of(user, KEY) is None
    case = send(world)
    assert drafts.case_of(user, KEY) == case


def test_what_is_typed_on_after_its_draft_was_discarded_is_a_draft_of_its_own(
    world: World, as_user: Any
) -> None:
    user, browser = user_of(world), as_user("technical")
    Upload.objects.create(
        owner=user, place=f"new:{KEY}", account="a", name="trace.log", size=3, offset=3,
        path=f"x/{uuid.uuid4()}", created_at=NOW, expires_at=NOW + DAY,
    )  # fmt: skip
    first = save(browser, {"title": "Index"}, MINE).json()
    assert first["path"] == f"/cases/new/?draft={KEY}"
    browser.post("/cases/drafts/discard/", {"draft": KEY, "draft_version": first["version"]})
    told = save(browser, {"title": "Index, and on"}, MINE, first["version"]).json()
    key = told["path"].partition("draft=")[2]
    assert (told["is_anew"], key != KEY) == (True, True)
    assert drafts.draft_of(user, KEY) is None, "what was discarded does not come back"
    assert drafts.draft_of(user, key).data == {"title": "Index, and on", "form_key": MINE}
    assert drafts.files_of(user, {"draft": key}) == ["trace.log"]
    again = save(browser, {"title": "Once more"}, MINE, told["version"]).json()
    assert again["path"] == told["path"], "a page that did not hear of it meets the same draft"
    assert texts() == ["Once more"]
    page = browser.get(f"/cases/new/?draft={KEY}")
    assert KEY not in page["Location"], "who goes back goes on under another key"
    refused = browser.post(
        f"/cases/new/?draft={KEY}", {"draft": KEY, "title": "Sent", "form_key": OTHER}
    )
    assert refused.status_code == 409
    assert refused.context["key"] not in (KEY, key)
    assert texts() == ["Once more", "Sent"], "what is sent and refused is kept all the same"
    assert f'value="{OTHER}"' in refused.content.decode(), "by the page that is shown"


def test_a_draft_discarded_in_the_list_is_over_for_the_page_that_types_into_it(
    world: World, as_user: Any
) -> None:
    browser = as_user("technical")
    version = save(browser, {"title": "Index"}, MINE).json()["version"]
    browser.post(reverse("draft", args=[Draft.objects.get().pk]), {"draft_version": version})
    told = save(browser, {"title": "Index, and on"}, MINE, version).json()
    assert KEY not in told["path"]


def test_two_tabs_of_one_report_never_erase_each_other(world: World, as_user: Any) -> None:
    browser = as_user("technical")
    version = save(browser, {"title": "Mine", "product": "7"}, MINE).json()["version"]
    refused = save(browser, {"title": "Theirs"}, OTHER)
    assert refused.status_code == 409
    told = refused.json()
    assert told["version"] == version
    assert told["fields"] == {"title": "Mine", "product": "7", "form_key": MINE}
    assert texts() == ["Mine"]
    save(browser, {"title": "Theirs"}, "", aside="1")
    assert texts() == ["Mine", "Theirs"]
    assert words(browser.get("/drafts/")).count("A case to open: ") >= 2
    save(browser, {"title": "Third"}, OTHER, both="1")
    assert texts() == ["Mine", "Theirs", "Third"]
    assert drafts.draft_of(user_of(world), KEY).title == "Third", "the other got a key of its own"


def test_without_scripts_the_text_of_another_tab_becomes_a_draft_of_its_own(
    world: World, as_user: Any
) -> None:
    browser = as_user("technical")
    address = f"/cases/new/?draft={KEY}"
    shown = save_by_button(browser, {"title": "Mine"}, browser.get(address))
    other = save_by_button(browser, {"title": "Theirs"}, browser.get(address))
    assert texts() == ["Theirs"], "a page that saw a text writes over it"
    page = save_by_button(browser, {"title": "Mine, and on"}, shown)
    assert "You had typed another text there" in words(page)
    assert texts() == ["Mine, and on", "Theirs"]
    save_by_button(browser, {"title": "Mine, and further"}, page)
    save_by_button(browser, {"title": "Theirs, and on"}, other)
    assert texts() == ["Mine, and further", "Theirs", "Theirs, and on"]


def test_a_case_that_is_opened_in_one_tab_keeps_what_another_tab_typed(
    world: World, as_user: Any
) -> None:
    browser = as_user("technical")
    save(browser, {"title": "Theirs"}, OTHER)
    sent = browser.post(f"/cases/new/?draft={KEY}", whole(world) | {"form_key": MINE})
    case = Case.objects.get()
    assert sent["Location"] == case.get_absolute_url()
    assert texts() == ["Theirs"]
    assert save(browser, {"title": "Late"}, MINE).json()["done"], "its page is done"
    told = save(browser, {"title": "Theirs, and on"}, OTHER).json()
    assert KEY not in told["path"]
    assert texts() == ["Theirs", "Theirs, and on"]
    assert KEY not in browser.get(f"/cases/new/?draft={KEY}")["Location"]

    again = browser.post(f"/cases/new/?draft={KEY}", whole(world) | {"form_key": LAST})
    assert again["Location"] == case.get_absolute_url(), "the same text is the same case"
    more = whole(world, description="Another Problem") | {"form_key": MINE}
    refused = browser.post(f"/cases/new/?draft={KEY}", more)
    assert f"Case {case.number} was opened from this draft already" in words(refused)
    key = refused.context["key"]
    assert drafts.draft_of(user_of(world), key).data["description"] == "Another Problem"
    assert browser.post(f"/cases/new/?draft={key}", more | {"draft": key}).status_code == 302
    assert Case.objects.count() == 2


def test_a_page_discards_what_it_shows_and_nothing_else(world: World, as_user: Any) -> None:
    browser = as_user("technical")
    version = save(browser, {"title": "Mine"}, MINE).json()["version"]
    save(browser, {"title": "Theirs"}, OTHER, version)
    discard = {"draft": KEY, "draft_version": version}
    page = browser.post("/cases/drafts/discard/", discard, follow=True)
    assert "What you typed elsewhere at" in words(page)
    assert texts() == ["Theirs"]
    save(browser, {"title": ""}, MINE)
    assert texts() == ["Theirs"], "nor does emptying it"
    browser.post("/cases/drafts/discard/", {"draft": KEY, "form_key": OTHER})
    assert texts() == []
    assert save(browser, {"title": "Theirs"}, OTHER).json()["done"], "a late save brings nothing"


def test_a_report_typed_while_signed_out_is_kept_for_its_writer(world: World) -> None:
    token = reader_token(user_of(world))
    told = save(Client(), {"title": "Half"}, MINE, draft_reader=token).json()
    assert told["signed_in"] is False
    kept = drafts.draft_of(user_of(world), KEY)
    assert kept is not None
    assert kept.title == "Half"


def test_what_became_a_case_is_neither_kept_nor_discarded(world: World) -> None:
    user, case = user_of(world), send(world)
    late = drafts.keep(user, {"title": "A save that came late"}, KEY, NOW)
    assert late.draft is not None
    assert late.draft.key != KEY
    drafts.discard(user, KEY, NOW)
    assert drafts.draft_of(user, KEY) is None
    assert drafts.case_of(user, KEY) == case
    assert drafts.latest_drafts(user) == [late.draft]
    assert send(world) == case


def test_what_was_typed_is_kept_without_the_forms_own_fields(world: World) -> None:
    typed = {"draft": KEY, "save": "1", "title": "Index", "release": "6.1.3"}
    draft = drafts.keep(user_of(world), typed, KEY, NOW).draft
    assert draft is not None
    kept = Draft.objects.get()
    assert (kept, kept.key, kept.title) == (draft, KEY, "Index")
    assert kept.data == {"title": "Index", "release": "6.1.3"}


def test_a_key_has_one_row(world: World) -> None:
    row: dict[str, Any] = {"user": user_of(world), "form": "any", "key": "1", "updated_at": NOW}
    Draft.objects.create(**row)
    with pytest.raises(IntegrityError, match="draft_once_a_key"), transaction.atomic():
        Draft.objects.create(**row)


@pytest.fixture
def _closing_connections() -> Iterator[None]:
    yield
    connections.close_all()


def in_threads(*acts: Callable[[], Any]) -> tuple[list[Any], list[threading.Thread]]:
    """Start acts, each in a connection of its own; what comes of them is in the list once their threads end."""
    results: list[Any] = []

    def run(act: Callable[[], Any]) -> None:
        try:
            results.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    return results, threads


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closing_connections")
@pytest.mark.parametrize("free", [1, 50], ids=["the last prepaid case", "enough prepaid cases"])
def test_the_same_form_sent_several_times_at_once_opens_one_case(free: int) -> None:
    world = make_world()
    world.spend("us", left=free)
    start = threading.Barrier(4)

    def act() -> Case:
        start.wait(10)
        return send(world)

    results, threads = in_threads(*[act] * 4)
    for thread in threads:
        thread.join(30)
    assert results == [Case.objects.get()] * 4
    assert left(world) == free - 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closing_connections")
def test_a_save_waits_for_the_case_that_is_being_opened_and_goes_on_as_another_draft() -> None:
    world = make_world()
    user = user_of(world)
    with transaction.atomic():
        send(world)
        results, (saving,) = in_threads(
            lambda: drafts.keep(user, {"title": "A save that came late"}, KEY, NOW)
        )
    saving.join(30)
    [late] = results
    assert late.draft.key != KEY
    assert Draft.objects.get(key=KEY).became == Case.objects.get().pk
    assert texts() == ["A save that came late"]
