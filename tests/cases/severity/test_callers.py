"""Who calls in a severity 1: a Technical Contact of the roster, and nobody else (ATSP 4.5, 5.2.1, 5.2.2)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.handling.actions import may_answer_for, take
from cases.severity.actions import confirm_call, refuse_caller
from contracts.parties.models.parties import Contact
from portal.models import JournalEntry, Notice
from portal.notices import rendering
from portal.rules.refusal import Refusal
from tests.cases.pages import complaints, words
from tests.cases.world import DAY, MINUTE, NOW, World, again, journalled, told
from tests.contracts.factories import make_agreement, put_on_roster

AsUser = Callable[..., Client]
ENGINEER = "engineer@legato.example"
KEEPER = "ada@meridian.example"


def calls(
    browser: Client, case: Case, caller: object, act: str = "confirm-call", **typed: Any
) -> Any:
    fields = {"caller": caller} | typed
    return browser.post(
        f"/cases/{case.pk}/{act}/", {f"{act}-{name}": value for name, value in fields.items()}
    )


def offered(browser: Client, case: Case, text: str) -> list[str]:
    found = browser.get("/lookups/case-callers/", {"q": text, "within": case.pk}).json()
    return [one["text"] for one in found["options"]]


@pytest.mark.clause("ATSP 4.5", "ATSP 5.2.2")
@pytest.mark.parametrize("typed", ["Tess Ward", "tess", "C-4711", "714-555-0101", "(714) 5550101"])
def test_the_caller_is_picked_by_name_code_or_telephone(
    world: World, as_user: AsUser, typed: str
) -> None:
    case = world.open(contact=world.alternate, severity=1)
    assert calls(as_user("dispatch"), case, typed).status_code == 302
    assert again(case).severity == 1
    [entry] = journalled(case, "case.call_confirmed")
    assert "On the telephone: Tess Ward." in entry.text


@pytest.mark.clause("ATSP 4.5", "ATSP 5.2.2")
@pytest.mark.parametrize("typed", ["Tom", "Fritz Kolb", "Ada Lindt"])
def test_who_is_no_technical_contact_starts_no_severity_1(
    world: World, as_user: AsUser, typed: str
) -> None:
    case = world.open(severity=1)
    page = calls(as_user("dispatch"), case, typed)
    assert page.status_code == 409
    assert complaints(page, "confirm-call-caller") == [f"No contact matches “{typed}”."]
    assert (again(case).severity, again(case).awaits_call_for) == (2, 1)


@pytest.mark.clause("ATSP 4.5", "ATSP 5.2.2")
@pytest.mark.parametrize("who", ["foreign", "administrative"])
def test_the_action_refuses_who_is_not_on_the_roster_and_names_the_way_out(
    world: World, who: str
) -> None:
    case = world.open(severity=1)
    with pytest.raises(Refusal) as refused:
        confirm_call(case, by=world.dispatch, at=NOW + MINUTE, caller=getattr(world, who))
    assert refused.value.clause == "ATSP 5.2.2"
    assert "Record the call as refused" in refused.value.way_out
    assert again(case).severity == 2


@pytest.mark.clause("ATSP 5.2.2")
def test_a_line_left_on_last_years_roster_is_none_on_this_years(world: World) -> None:
    old, day = world.agreement, dt.timedelta(days=1)
    later = dt.datetime.combine(old.ends_on + 9 * day, dt.time(18), dt.UTC)
    new = make_agreement(
        reseller=old.reseller,
        provider=old.provider,
        tier="level-2",
        contract_number="M-101",
        effective_on=old.ends_on + day,
        ends_on=old.ends_on + 365 * day,
    )
    put_on_roster(new, world.alternate, pool="us")
    case = world.open()
    assert list(may_answer_for(case, later)) == [world.alternate]
    with pytest.raises(Refusal, match="Tess Ward is not a Technical Contact"):
        confirm_call(case, by=world.dispatch, at=later)
    assert confirm_call(case, by=world.dispatch, at=later, caller=world.alternate).severity == 1


@pytest.mark.clause("D-9", "D-24", "ATSP 5.2.2")
def test_whichever_side_rang_the_one_spoken_to_is_the_one_picked(
    world: World, as_user: AsUser
) -> None:
    case = take(world.open(severity=1), by=world.engineer, at=NOW)
    assert calls(as_user("engineer"), case, world.alternate.pk).status_code == 302
    [entry] = journalled(case, "case.call_confirmed")
    assert "Alma Reed" in entry.text


@pytest.mark.clause("ATSP 5.2.1", "ATSP 4.5")
def test_the_call_of_a_contact_who_still_waits_is_recorded_as_refused(
    world: World, as_user: AsUser
) -> None:
    case = take(world.open(severity=1), by=world.engineer, at=NOW)
    waits = "Nils Berg is new on the roster and may ask for assistance from Fri 7 Mar 2003 09:00"
    with pytest.raises(Refusal, match=waits) as refused:
        confirm_call(case, by=world.dispatch, at=NOW + MINUTE, caller=world.waiting)
    assert refused.value.clause == "ATSP 5.2.1"

    answer = calls(as_user("dispatch"), case, "Nils Berg")

    assert answer.status_code == 302
    assert (again(case).severity, again(case).awaits_call_for) == (2, 1)
    [entry] = journalled(case, "case.caller_refused")
    assert waits in entry.text
    assert told(case, "case_caller_refused") == [ENGINEER, KEEPER]
    confirm_call(case, by=world.dispatch, at=NOW + 3 * DAY, caller=world.waiting)
    assert again(case).severity == 1


@pytest.mark.clause("ATSP 4.5", "ATSP 5.2.2")
def test_a_refused_caller_is_shown_and_told_to_both_sides(world: World, as_user: AsUser) -> None:
    case = take(world.open(severity=1), by=world.engineer, at=NOW)
    before = again(case)
    answer = calls(
        as_user("dispatch"),
        case,
        "Tom Lee, 714-555-0188",
        "refuse-caller",
        reason="A temp of theirs.",
    )
    assert answer.status_code == 302

    after = again(case)
    assert (after.severity, after.standing) == (before.severity, before.standing)
    for who in ("engineer", "administrative", "technical"):
        page = words(as_user(who).get(case.get_absolute_url()))
        assert "Tom Lee, 714-555-0188 called and was refused: A temp of theirs." in page
    entry = JournalEntry.objects.about(case).get(verb="case.caller_refused")
    assert (entry.public, entry.clause, entry.by) == (True, "ATSP 5.2.2", world.dispatch)
    assert told(case, "case_caller_refused") == [ENGINEER, KEEPER]
    for notice in Notice.objects.about(case).filter(
        template="case_caller_refused", channel="email"
    ):
        mail = rendering.render(notice)
        assert "Dina Patel refused the call: A temp of theirs." in mail.text
        assert "Severity 1 still awaits that call." in mail.text


@pytest.mark.clause("ATSP 5.2.2")
def test_who_records_the_refused_call_is_not_told_of_it(world: World) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    refuse_caller(case, by=world.engineer, at=NOW + MINUTE, caller="Tom", reason="Unknown.")
    assert told(case, "case_caller_refused") == [KEEPER]


@pytest.mark.clause("D-23")
def test_a_refused_call_has_its_own_time_and_needs_a_name_and_a_reason(world: World) -> None:
    case, later = world.open(), NOW + 20 * MINUTE
    refuse_caller(
        case, by=world.dispatch, at=NOW + MINUTE, logged_at=later, caller="Tom", reason="Unknown."
    )
    assert journalled(case, "case.caller_refused")[0].at == NOW + MINUTE
    for wrong, field in (
        ({"caller": " "}, "caller"),
        ({"reason": " "}, "reason"),
        ({"at": later + MINUTE}, "at"),
        ({"at": NOW - MINUTE}, "at"),
    ):
        said: dict[str, Any] = {"caller": "Tom", "reason": "Unknown.", "at": later, **wrong}
        with pytest.raises(Refusal) as refused:
            refuse_caller(case, by=world.dispatch, logged_at=later, **said)
        assert refused.value.field == field
    assert len(journalled(case, "case.caller_refused")) == 1


@pytest.mark.clause("ATSP 5.2.2")
def test_callers_are_offered_to_intake_alone_from_the_roster_of_the_case(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    browser = as_user("dispatch")
    for name in ("Tess Ward", "Alma Reed", "Nils Berg", "Sid Vance"):
        assert offered(browser, case, name) == [name]
    for name in ("Ada Lindt", "Fritz Kolb"):
        assert offered(browser, case, name) == []
    assert offered(as_user("technical"), case, "Tess Ward") == []
    Contact.objects.filter(pk=world.alternate.pk).update(left_at=NOW)
    assert offered(browser, case, "Alma Reed") == []
