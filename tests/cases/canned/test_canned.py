"""Canned answers: kept, shared, retired, and filled by a case."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.canned.actions import keep, retire, use_again
from cases.canned.filling import values_of
from cases.canned.models import CannedAnswer
from cases.canned.rules import PLACES, filled, require_known
from portal.models import Draft, JournalEntry, User
from portal.rules.refusal import Refusal
from portal.typed import reader_token
from tests.cases.pages import queries, words
from tests.cases.world import HOUR, MINUTE, NOW, World, status_of

AsUser = Callable[..., Client]
TEXT = "Dear {contact},\n\ncase {case} ({product} {release}) is with {engineer}. Next: {update}."


def kept(by: User, title: str = "In work", **more: Any) -> CannedAnswer:
    return keep(None, by=by, at=NOW, **{"title": title, "body": TEXT, "shared": False, **more})


def test_an_unknown_place_is_refused_with_those_that_there_are() -> None:
    require_known("{contact} { a: 1 } ${HOME} {}")
    with pytest.raises(Refusal, match=r"Nothing fills {kontact}, {x-y}\.") as refused:
        require_known("{kontact} {case} {x-y}")
    assert all(f"{{{name}}}" in refused.value.way_out for name in PLACES)


def test_a_place_without_a_value_says_so() -> None:
    assert filled("{release}, {end_user}, {other}", {"release": "6.1"}) == (
        "6.1, [end user: not known], {other}"
    )


def test_a_case_fills_every_place(world: World) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW - HOUR)
    every = kept(world.engineer, body=" | ".join(f"{{{name}}}" for name in PLACES))
    values = values_of(case, by=world.colleague, at=NOW)
    said = dict(zip(PLACES, filled(every.body, values).split(" | "), strict=True))
    assert said["contact"] == "Tess Ward"
    assert said["case"] == case.number
    assert (said["product"], said["release"]) == ("NetWorker", "6.1.3")
    assert (said["engineer"], said["me"]) == ("Carla Stone", "Colin Reyes")
    assert said["promise"] == "Thu 6 Mar 2003 09:00 PST"
    assert said["update"] == "Thu 6 Mar 2003 10:00 PST", "as a reply at 10:00 would set it"
    world.reply(case, NOW)
    assert f"{status_of(case).due_at:%H:%M}" == "18:00", "and so it does, in UTC"
    assert "not known" not in "".join(said.values())


def test_who_kept_and_changed_it_stands_in_the_journal(world: World) -> None:
    answer = kept(world.engineer, shared=True)
    keep(answer, title="In work", body="Soon.", shared=True, by=world.manager, at=NOW + MINUTE)
    retire(answer, by=world.engineer, at=NOW + 2 * MINUTE)
    use_again(answer, by=world.engineer, at=NOW + 3 * MINUTE)
    told = JournalEntry.objects.about(answer).in_order().values_list("verb", "by_name")
    assert list(told) == [
        ("answer.kept", "Carla Stone"),
        ("answer.changed", "Mona Grant"),
        ("answer.retired", "Carla Stone"),
        ("answer.used_again", "Carla Stone"),
    ]


def test_ones_own_are_ones_own_and_shared_ones_are_their_owners_to_change(world: World) -> None:
    own, shared = kept(world.engineer), kept(world.engineer, "Shared", shared=True)
    seen = CannedAnswer.objects.visible_to
    assert set(seen(world.colleague)) == {shared}
    assert set(seen(world.engineer)) == {own, shared}
    assert set(seen(world.user("technical"))) == set()
    with pytest.raises(Refusal, match="Carla Stone's to change"):
        retire(shared, by=world.colleague, at=NOW)
    with pytest.raises(Refusal, match="may not keep canned answers"):
        kept(world.account_manager)
    with pytest.raises(Refusal, match="already"):
        kept(world.engineer)


def test_a_retired_answer_is_offered_no_more(world: World, as_user: AsUser) -> None:
    answer, case = kept(world.engineer), world.open()
    browser = as_user("engineer")
    address = f"/cases/{case.pk}/answers/?act=reply&q=wor"
    ask = {"HTTP_ACCEPT": "application/json"}
    offered = browser.get(address, **ask).json()["options"]
    assert [(each["text"], each["value"].splitlines()[0]) for each in offered] == [
        ("In work", "Dear Tess Ward,")
    ]
    browser.post(f"/answers/{answer.pk}/retire/")
    assert browser.get(address, **ask).json()["options"] == []
    assert "In work" in words(browser.get("/answers/?retired=1"))
    assert "In work" not in words(browser.get("/answers/"))


def test_without_scripts_an_answer_is_put_behind_what_was_typed(
    world: World, as_user: AsUser
) -> None:
    answer, case = kept(world.engineer), world.open()
    browser = as_user("engineer")
    page = f"/cases/{case.pk}/answers/?act=note"
    typed = {"form_key": "6f1d1d6e-7b0f-4f0c-9a55-0c6f6c1f8a01", "note-body": "Seen."}
    assert browser.post(page, typed).url == page
    assert "Dear Tess Ward," in words(browser.get(page))
    led = browser.post(page, {"insert": answer.pk})
    assert led.url == f"/cases/{case.pk}/?act=note#acts"
    shown = browser.get(led.url).content.decode()
    assert "Seen.\n\nDear Tess Ward," in shown
    draft = Draft.objects.get()
    assert draft.path == f"/cases/{case.pk}/note/"
    reply = browser.get(f"/cases/{case.pk}/?act=reply").content.decode()
    assert "Dear Tess Ward," not in reply, "what is typed as a note stays a note"


def test_what_is_sent_for_an_answer_after_the_session_ended_is_the_draft_of_its_act(
    world: World,
) -> None:
    case = world.open()
    typed = {"note-body": "Seen.", "draft_reader": reader_token(world.engineer)}
    answer = Client().post(f"/cases/{case.pk}/answers/?act=note", typed)
    assert answer.status_code == 401
    draft = Draft.objects.get()
    assert (draft.user, draft.path) == (world.engineer, f"/cases/{case.pk}/note/")
    assert draft.data == {"note-body": "Seen."}


def test_the_form_is_refused_with_what_was_typed(world: World, as_user: AsUser) -> None:
    browser = as_user("engineer")
    answer = browser.post("/answers/new/", {"title": "Bad", "body": "Dear {kontact}"})
    assert answer.status_code == 409
    assert "Nothing fills {kontact}." in words(answer)
    assert "Dear {kontact}" in answer.content.decode()
    browser.post("/answers/new/", {"title": "Good", "body": "Dear {contact}", "shared": "on"})
    assert CannedAnswer.objects.get().shared


def test_two_who_change_one_answer_do_not_write_over_each_other(
    world: World, as_user: AsUser
) -> None:
    answer = kept(world.engineer, shared=True)
    browser = as_user("engineer")
    seen = browser.get(f"/answers/{answer.pk}/").context["act"].seen
    keep(answer, title="In work", body="Other.", shared=True, by=world.manager, at=NOW)
    typed = {"title": "In work", "body": "Mine.", "shared": "on", "seen": seen}
    assert browser.post(f"/answers/{answer.pk}/", typed).status_code == 409
    assert CannedAnswer.objects.get().body == "Other."


def test_the_pages_ask_the_same_for_one_answer_and_for_many(world: World, as_user: AsUser) -> None:
    case, browser = world.open(), as_user("engineer")
    kept(world.engineer, "First")
    pages = ("/answers/", f"/cases/{case.pk}/answers/?act=reply")

    def counted() -> list[int]:
        counts = []
        for address in pages:
            browser.get(address)
            with queries() as made:
                browser.get(address)
            counts.append(len(made))
        return counts

    one = counted()
    for n in range(10):
        kept(world.engineer, f"Answer {n}")
    assert counted() == one
