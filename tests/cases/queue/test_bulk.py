"""Acting on many cases at once: each as if alone, with what came of each, and taken back within ten minutes."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.bulk.actions import MOST, UNDONE_WITHIN, Wanted, do, undo
from cases.bulk.models import BulkAct, Kind
from cases.case.models import Case
from cases.case.rebuilding import differences
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import State
from cases.conversation.actions import note
from cases.handling.actions import take
from cases.resolution.actions.closing import close
from cases.watching.actions import watch
from portal.rules.refusal import Refusal
from tests.cases.pages import words
from tests.cases.queue.test_page import shown
from tests.cases.world import MINUTE, NOW, World, again

AsUser = Callable[..., Client]


def done(world: World, wanted: Wanted, cases: list[Case], **more: Any) -> BulkAct:
    """Do it as the engineer, by a new form."""
    given = {"key": str(uuid.uuid4()), "by": world.engineer, "at": NOW} | more
    return do(wanted, cases, **given)


def test_each_case_is_refused_for_itself_and_the_others_are_done(world: World) -> None:
    free, closed = world.open(), world.open()
    close(closed, by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward")
    theirs = take(world.open(), by=world.colleague, at=NOW)
    act = done(world, Wanted(Kind.TAKE), [again(each) for each in (free, closed, theirs)])

    came = {item.case_id: (item.done, item.refused) for item in act.items.all()}
    assert came[free.pk] == (True, "")
    assert came[closed.pk][0] is came[theirs.pk][0] is False
    assert came[theirs.pk][1] == "Colin Reyes has the case."
    assert again(free).owner == world.engineer
    assert again(theirs).owner == world.colleague


def test_what_is_taken_back_is_as_it_was_and_the_journal_tells_it(world: World) -> None:
    free, theirs = world.open(), take(world.open(), by=world.specialist, at=NOW)
    act = done(world, Wanted(Kind.ASSIGN, to=world.colleague), [free, again(theirs)])
    assert again(free).owner == again(theirs).owner == world.colleague
    assert again(free).state == State.IN_PROGRESS

    undo(act, by=world.engineer, at=NOW + MINUTE)
    assert (again(free).owner, again(free).state) == (None, State.NEW)
    assert again(theirs).owner == world.specialist
    assert list(differences()) == [], "the journal makes the cases again"
    with pytest.raises(Refusal, match="taken back already"):
        undo(act, by=world.engineer, at=NOW + MINUTE)


def test_a_case_that_changed_since_stays_as_it_is(world: World) -> None:
    one, other, noted = world.open(), world.open(), world.open()
    act = done(world, Wanted(Kind.TAKE), [one, other, noted])
    world.reply(one, NOW + MINUTE)
    note(noted, by=world.engineer, at=NOW + MINUTE, body="A note changes nothing of the case.")
    undo(act, by=world.engineer, at=NOW + 2 * MINUTE)
    assert again(one).owner == world.engineer
    assert again(other).owner is again(noted).owner is None
    kept = act.items.get(case=one)
    assert (kept.undone, kept.kept) == (False, "The case was changed since.")


def test_it_is_taken_back_within_ten_minutes_by_whoever_did_it(world: World) -> None:
    act = done(world, Wanted(Kind.TAKE), [world.open()])
    with pytest.raises(Refusal, match="somebody else"):
        undo(act, by=world.colleague, at=NOW)
    with pytest.raises(Refusal, match="time to take it back"):
        undo(act, by=world.engineer, at=NOW + UNDONE_WITHIN + dt.timedelta(seconds=1))
    undo(act, by=world.engineer, at=NOW + UNDONE_WITHIN)


def test_the_same_form_sent_again_does_nothing_again(world: World) -> None:
    case, key = world.open(), str(uuid.uuid4())
    first = done(world, Wanted(Kind.TAKE), [case], key=key)
    assert done(world, Wanted(Kind.TAKE), [again(case)], key=key) == first
    assert first.items.count() == 1


def test_cases_move_to_a_state_that_theirs_allows(world: World) -> None:
    new = world.open()
    relieved = Case.objects.get(pk=world.open().pk)
    Case.objects.filter(pk=relieved.pk).update(state=State.RELIEVED, relieved_at=NOW)
    act = done(world, Wanted(Kind.MOVE, move=Move.WAIT_FOR_ENGINEERING), [new, again(relieved)])
    assert again(new).state == State.WAITING_FOR_ENGINEERING
    assert act.items.get(case=relieved).refused.startswith("A case that is relieved cannot")
    undo(act, by=world.engineer, at=NOW)
    assert again(new).state == State.NEW


def test_watched_cases_are_watched_by_whoever_selected_them(world: World, as_user: AsUser) -> None:
    one, other, third = world.open(), world.open(), world.open()
    watch(other, by=world.dispatch, at=NOW)
    act = done(world, Wanted(Kind.WATCH), [one, other], by=world.dispatch)
    came = {item.case_id: item.refused for item in act.items.all()}
    assert came == {one.pk: "", other.pk: "You watch it already."}
    browser = as_user("dispatch")
    assert set(shown(browser.get("/queue/?watched=1"))) == {one.pk, other.pk}
    browser.post("/views/new/?list=/queue/%3Fwatched=1", {"name": "Seen", "shared": "all"})
    assert "Seen 2" in words(browser.get("/queue/"))
    assert "Seen 0" in words(as_user("engineer").get("/queue/"))
    undo(act, by=world.dispatch, at=NOW)
    assert shown(browser.get("/queue/?watched=1")) == [other.pk]
    assert third.pk not in came


def test_at_most_so_many_are_changed_at_once(world: World) -> None:
    with pytest.raises(Refusal, match=f"at most {MOST} can be changed"):
        done(world, Wanted(Kind.TAKE), [world.open()] * (MOST + 1))
    with pytest.raises(Refusal, match="No case is selected"):
        done(world, Wanted(Kind.TAKE), [])


def test_the_queue_says_what_was_done_and_takes_it_back(world: World, as_user: AsUser) -> None:
    mine, other = world.open(severity=3), world.open(severity=2)
    browser = as_user("engineer")
    sent = {"act": "take", "case": [mine.pk], "list": "/queue/?severity=3"}
    back = browser.post("/queue/bulk/", sent, follow=True)
    assert back.redirect_chain[-1][0] == "/queue/?severity=3"
    assert "1 case is yours now." in words(back)
    act = BulkAct.objects.get()
    assert "Done" in words(browser.get(f"/queue/bulk/{act.pk}/"))
    assert as_user("colleague").get(f"/queue/bulk/{act.pk}/").status_code == 404

    back = browser.post(f"/queue/bulk/{act.pk}/undo/", {"list": "/queue/"}, follow=True)
    assert "Taken back on 1 case." in words(back)
    assert again(mine).owner is None

    every = {"act": "assign", "to": world.colleague.pk, "all": "1", "list": "/queue/?severity=2"}
    browser.post("/queue/bulk/", every)
    assert (again(mine).owner, again(other).owner) == (None, world.colleague)
    wrong = browser.post("/queue/bulk/", {"act": "assign", "to": "zzz", "case": [mine.pk]})
    assert wrong.status_code == 409
    assert "No engineer matches “zzz”." in words(wrong)


def test_dispatch_assigns_and_neither_takes_nor_moves(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("dispatch")
    page = browser.get("/queue/").content.decode()
    assert 'value="assign"' in page
    assert 'value="take"' not in page
    browser.post("/queue/bulk/", {"act": "take", "case": [case.pk]})
    assert again(case).owner is None
    assert "You may not take a case." in words(
        browser.get(f"/queue/bulk/{BulkAct.objects.latest('pk').pk}/")
    )
    browser.post("/queue/bulk/", {"act": "assign", "to": world.engineer.pk, "case": [case.pk]})
    assert again(case).owner == world.engineer
