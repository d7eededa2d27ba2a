"""A refused call is logged with who, when, why and by whom, and told to whoever keeps the roster."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client

from cases.calls.actions import refuse_call
from cases.calls.models import RefusedCall, Why
from cases.severity.actions import refuse_caller
from contracts.parties.models.parties import OrganisationKind
from contracts.parties.models.provider_people import ProviderPerson
from portal.models import JournalEntry, Notice, User
from portal.notices import rendering
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.cases.pages import complaints, queries, words
from tests.cases.world import HOUR, MINUTE, NOW, World
from tests.contracts.factories import make_agreement, make_organisation

AsUser = Callable[..., Client]
KEEPER = "ada@meridian.example"


def mailed() -> list[Notice]:
    return list(Notice.objects.filter(template="call_refused", channel="email").order_by("pk"))


@pytest.mark.clause("ATSP 5.2.1", "ATSP 5.2.2")
def test_a_refused_contact_is_logged_with_what_stands_against_them(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("dispatch")
    address = f"/telephone/refuse/?contact={world.waiting.pk}"
    form = words(browser.get(address))
    assert "Nils Berg is refused Meridian Data, Anaheim" in form
    assert "Say I’m sorry, you are new on the roster" in form
    why = "New on the roster: may ask for help from Fri 7 Mar 2003 09:00 PST"
    assert why in form

    answer = browser.post(address, {"reason": why, "called_at": "2003-03-05T09:50"})
    assert answer["Location"] == "/telephone/"
    [call] = RefusedCall.objects.all()
    assert (call.caller, call.company, call.contact, call.agreement, call.why) == (
        "Nils Berg",
        "Meridian Data",
        world.waiting,
        world.agreement,
        Why.WAITING,
    )
    assert (call.reason, call.clause, call.by) == (why, "ATSP 5.2.1", world.dispatch)
    assert (call.called_at, call.logged_at) == (NOW - 10 * MINUTE, NOW)
    [entry] = JournalEntry.objects.about(call)
    assert (entry.verb, entry.by, entry.at, entry.logged_at) == (
        "call.refused",
        world.dispatch,
        NOW - 10 * MINUTE,
        NOW,
    )
    [notice] = mailed()
    assert notice.address == KEEPER
    mail = rendering.render(notice)
    assert f"Dina Patel refused the call: {why}" in mail.text
    assert "Nils Berg" in mail.text
    assert "put them on the roster" in mail.text


@pytest.mark.clause("ATSP 5.2.2")
def test_a_caller_on_no_roster_is_logged_as_they_say_who_they_are(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("dispatch")
    found = browser.get("/telephone/", {"q": "Tom Lee"}).content.decode()
    assert 'href="/telephone/refuse/?said=Tom%20Lee"' in found
    form = browser.get("/telephone/refuse/?said=Tom%20Lee").content.decode()
    assert 'value="Tom Lee"' in form
    assert (
        'value="(714) 555 0188"'
        in browser.get("/telephone/refuse/", {"said": "(714) 555 0188"}).content.decode()
    )
    typed = {
        "caller": "Tom Lee",
        "company": "Meridian",
        "telephone": "714-555-0188",
        "reason": "A temp.",
    }
    assert browser.post("/telephone/refuse/", typed).status_code == 302
    [call] = RefusedCall.objects.all()
    assert (call.caller, call.company, call.telephone, call.reason, call.why, call.contact) == (
        "Tom Lee",
        "Meridian",
        "714-555-0188",
        "A temp.",
        Why.UNKNOWN,
        None,
    )
    assert mailed() == [], "nobody knows for whom they called"


@pytest.mark.clause("ATSP 5.2.2")
def test_who_is_authorized_is_refused_only_with_a_reason(world: World, as_user: AsUser) -> None:
    browser = as_user("dispatch")
    address = f"/telephone/refuse/?contact={world.technical.pk}"
    assert "Tess Ward is authorized. Refuse the call only where" in words(browser.get(address))
    page = browser.post(address, {"reason": "", "telephone": "1"})
    assert (page.status_code, RefusedCall.objects.count()) == (409, 0)
    assert complaints(page, "reason") == ["The reason why the call is refused is empty."]
    browser.post(address, {"reason": "Does not know the contact code.", "telephone": "0"})
    [call] = RefusedCall.objects.all()
    assert (call.why, call.clause) == (Why.DOUBT, "ATSP 5.2.2")
    assert [one.address for one in mailed()] == [KEEPER]


def test_mistakes_keep_what_was_typed(world: World, as_user: AsUser) -> None:
    page = as_user("dispatch").post(
        "/telephone/refuse/",
        {
            "caller": "",
            "company": "Nobody Inc",
            "reason": "Whatever",
            "called_at": "2003-03-05T11:00",
        },
    )
    assert page.status_code == 409
    assert "Nobody Inc" in page.content.decode()
    later = as_user("dispatch").post(
        "/telephone/refuse/",
        {"caller": "X", "reason": "Whatever", "called_at": "2003-03-05T11:00"},
    )
    assert complaints(later, "called_at") == ["The time of the call is in the future."]
    with pytest.raises(Refusal, match="You may not refuse a call"):
        refuse_call(by=world.psam, at=NOW, logged_at=NOW, caller="X", reason="Y")


@pytest.mark.clause("ATSP 5.2.2")
def test_the_administrative_contact_is_not_told_of_their_own_call(world: World) -> None:
    refuse_call(by=world.dispatch, at=NOW, logged_at=NOW, contact=world.administrative)
    assert mailed() == []


@pytest.mark.clause("ATSP 4.5", "ATSP 5.2.2")
def test_the_list_has_all_refused_calls_also_those_on_cases(world: World, as_user: AsUser) -> None:
    case = world.open(severity=1)
    refuse_caller(case, by=world.dispatch, at=NOW, caller="Tom Lee", reason="A temp.")
    refuse_call(by=world.dispatch, at=NOW, logged_at=NOW + MINUTE, contact=world.waiting)
    refuse_call(
        by=world.engineer,
        at=NOW - HOUR,
        logged_at=NOW,
        caller="Kim Oh",
        company="Acme",
        reason="No.",
    )
    page = words(as_user("dispatch").get("/telephone/refused/"))
    assert page.index("Nils Berg") < page.index("Tom Lee") < page.index("Kim Oh")
    assert "Kim Oh Acme Nobody we know" in page
    assert f"Dina Patel {case.number}" in page
    beside = words(as_user("dispatch").get("/telephone/"))
    assert "Nils Berg Refused New on the roster" in beside

    narrowed = words(as_user("dispatch").get("/telephone/refused/?why=waiting"))
    assert "Nils Berg" in narrowed
    assert "Tom Lee" not in narrowed
    assert "Kim Oh" in words(as_user("dispatch").get("/telephone/refused/?q=acme"))
    assert "No refused call fits" in words(as_user("dispatch").get("/telephone/refused/?q=zzz"))
    assert "does not exist" in words(as_user("dispatch").get("/telephone/refused/?why=mood"))


def test_the_list_is_paged_and_costs_the_same_for_many(world: World, as_user: AsUser) -> None:
    browser = as_user("dispatch")
    refuse_call(by=world.dispatch, at=NOW, logged_at=NOW, caller="One", reason="No.")
    browser.get("/telephone/refused/")
    with queries() as few:
        browser.get("/telephone/refused/")
    for n in range(26):
        refuse_call(by=world.dispatch, at=NOW, logged_at=NOW, caller=f"Caller {n}", reason="No.")
    with queries() as many:
        page = browser.get("/telephone/refused/")
    assert len(many) == len(few)
    assert page.content.decode().count('id="call-') == 25
    assert "One" in words(browser.get("/telephone/refused/?page=2"))


def test_each_provider_has_the_calls_of_its_own_agreements(world: World) -> None:
    other = make_organisation("CaminoSoft", kind=OrganisationKind.PROVIDER, own_people=True)
    theirs = User.objects.create_user("gwen@caminosoft.example", name="Gwen", roles=[Role.DISPATCH])
    ProviderPerson.objects.create(organisation=other, user=theirs)
    make_agreement(
        reseller=world.foreign.organisation, provider=other, effective_on=dt.date(2002, 9, 4)
    )
    ours = User.objects.get(pk=world.dispatch.pk)
    refuse_call(by=ours, at=NOW, logged_at=NOW, contact=world.waiting)
    refuse_call(by=theirs, at=NOW, logged_at=NOW, contact=world.foreign, reason="In doubt.")
    refuse_call(by=ours, at=NOW, logged_at=NOW, caller="Unknown", reason="No.")

    def seen(user: User) -> set[str]:
        return set(RefusedCall.objects.visible_to(user).values_list("caller", flat=True))

    [call] = RefusedCall.objects.filter(caller="Fritz Kolb")
    assert (call.provider, call.why) == (other, Why.NOT_ON_ROSTER), "on the roster of the other one"
    assert seen(User.objects.get(pk=theirs.pk)) == {"Fritz Kolb"}
    assert seen(User.objects.get(pk=world.dispatch.pk)) == {"Nils Berg", "Unknown"}
    assert seen(world.user("technical")) == set()


@pytest.mark.parametrize(
    "changes", [{"caller": ""}, {"reason": ""}, {"called_at": NOW + HOUR}], ids=str
)
def test_the_database_keeps_who_when_and_why(world: World, changes: dict[str, Any]) -> None:
    fields = {
        "caller": "X",
        "reason": "Y",
        "why": Why.UNKNOWN,
        "called_at": NOW,
        "logged_at": NOW,
        "by": world.dispatch,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        RefusedCall.objects.create(**(fields | changes))
    call = RefusedCall.objects.create(**fields)
    for change in (call.delete, lambda: RefusedCall.objects.update(reason="Z")):
        with pytest.raises(InternalError), transaction.atomic():
            change()
