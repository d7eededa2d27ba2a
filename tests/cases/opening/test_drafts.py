"""A draft has one row, whoever writes it at the same time, and becomes one case."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from cases.case.models import Case
from cases.opening import drafts
from cases.opening.actions import open_from_draft
from contracts.prepaid.actions.ledger import balances
from contracts.roster.permissions import standing_of_contact
from portal.models import Draft, JournalEntry, User
from tests.cases.world import NOW, World, make_world

KEY = "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01"


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
    assert drafts.discard(user, KEY, NOW)
    assert drafts.case_of(user, KEY) is None
    case = send(world)
    assert drafts.case_of(user, KEY) == case


def test_a_save_that_arrives_after_its_draft_was_discarded_brings_nothing_back(
    world: World, as_user: Any
) -> None:
    user, browser = user_of(world), as_user("technical")
    typed = {"draft": KEY, "title": "Index"}
    assert browser.post("/cases/new/draft/", typed).status_code == 204
    browser.post("/cases/drafts/discard/", {"draft": KEY})
    assert browser.post("/cases/new/draft/", typed).status_code == 410, "the page says: not saved"
    assert drafts.draft_of(user, KEY) is None
    page = browser.get(f"/cases/new/?draft={KEY}")
    assert KEY not in page["Location"], "who goes back goes on under another key"
    refused = browser.post(f"/cases/new/?draft={KEY}", typed)
    assert refused.status_code == 409
    kept = drafts.draft_of(user, KEY)
    assert kept is not None, "what is sent and refused is kept all the same"


def test_what_became_a_case_is_neither_kept_nor_discarded(world: World) -> None:
    user, case = user_of(world), send(world)
    assert drafts.keep(user, {"title": "A save that came late"}, KEY, NOW) is None
    assert not drafts.discard(user, KEY, NOW)
    assert drafts.draft_of(user, KEY) is None
    assert drafts.latest_drafts(user) == []
    assert send(world) == case


def test_what_was_typed_is_kept_without_the_forms_own_fields(world: World) -> None:
    typed = {"draft": KEY, "csrfmiddlewaretoken": "secret", "title": "Index", "release": "6.1.3"}
    draft = drafts.keep(user_of(world), typed, KEY, NOW)
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
def test_a_save_waits_for_the_case_that_is_being_opened_and_is_dropped() -> None:
    world = make_world()
    user = user_of(world)
    with transaction.atomic():
        send(world)
        results, (saving,) = in_threads(
            lambda: drafts.keep(user, {"title": "A save that came late"}, KEY, NOW)
        )
    saving.join(30)
    assert results == [None]
    assert Draft.objects.get().became == Case.objects.get().pk
