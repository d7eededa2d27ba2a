"""The pages of an agreement's services, of absences, and the PSAM's home."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contracts.parties.models.parties import Contact
from contracts.services.actions.absences import enter_absence
from contracts.services.actions.calls import record_held
from contracts.services.models.assignments import Absence, Duty
from portal.models import User
from portal.sending import new_key
from tests.cases.pages import complaints, queries, words
from tests.contracts.services.world import DAY, HOUR, NOW, Services, make_services
from tests.seen import carried

pytestmark = pytest.mark.django_db
As = Callable[[User | Contact], Client]


@pytest.fixture
def world(db: None, set_clock: Any) -> Services:
    set_clock(NOW, speed=1e-12)
    return make_services()


@pytest.fixture
def signed_in() -> As:
    def of(who: User | Contact) -> Client:
        client = Client()
        user = who.user if isinstance(who, Contact) else who
        assert user is not None
        client.force_login(user)
        return client

    return of


def page(world: Services, path: str = "services/") -> str:
    return f"/agreements/{world.agreement.reference}/{path}"


def away(user: User, start: dt.datetime, end: dt.datetime) -> Absence:
    return enter_absence(user, starts_at=start, ends_at=end, reason="dentist", by=user, at=NOW)


@pytest.mark.clause("ATSP 14.1", "ATSP 14.2", "ATSP 15.1")
def test_the_reseller_sees_who_serves_it_who_stands_in_and_what_it_is_owed(
    world: Services, signed_in: As
) -> None:
    world.assign_both()
    world.assign("specialist", Duty.ESS)
    away(world.psam, NOW - HOUR, NOW + 3 * DAY)
    away(world.specialist, NOW - HOUR, NOW + DAY)
    text = words(signed_in(world.technical).get(page(world)))
    assert "Paula Samson Premium Support Account Manager Away" in text
    assert "Al Terry alternate PSAM Stands in" in text
    assert "until then cases go to the queue" in text
    assert "dentist" not in text, "why somebody is away is the provider's own"
    assert "Call is held" in text
    assert "Assign somebody" not in text


@pytest.mark.clause("ATSP 15.1")
def test_a_post_that_an_option_bought_and_nobody_fills_is_named(
    world: Services, signed_in: As
) -> None:
    world.assign_both()
    vacant = "Enterprise Support Specialist: nobody is assigned yet"
    for path in ("services/", ""):
        shown = words(signed_in(world.management).get(page(world, path)))
        assert vacant in shown
        assert "Premium Support Account Manager: nobody" not in shown
    assert vacant in words(signed_in(world.technical).get(page(world)))
    world.assign("specialist", Duty.ESS)
    assert vacant not in words(signed_in(world.management).get(page(world)))


def test_only_the_provider_sees_a_coming_gap(world: Services, signed_in: As) -> None:
    world.assign("psam", Duty.PSAM)
    away(world.psam, NOW + 5 * DAY, NOW + 6 * DAY)
    assert "nobody stands in" in words(signed_in(world.management).get(page(world)))
    assert "nobody stands in" not in words(signed_in(world.technical).get(page(world)))
    assert "nobody stands in" in words(signed_in(world.psam).get("/absences/"))


@pytest.mark.clause("ATSP 14")
def test_an_assignment_is_made_on_the_page_and_a_refused_one_keeps_what_was_typed(
    world: Services, signed_in: As
) -> None:
    browser = signed_in(world.administrator)
    typed = {
        "duty": "psam",
        "user": world.specialist.pk,
        "starts_on": "2003-03-10",
        "ends_on": "2003-06-30",
    }
    refused = browser.post(page(world, "services/assign/"), typed)
    assert refused.status_code == 409
    (sentence,) = complaints(refused, "user")
    assert "does not hold the role" in sentence
    assert 'value="2003-06-30"' in refused.content.decode()
    done = browser.post(page(world, "services/assign/"), {**typed, "user": world.psam.pk})
    assert done.status_code == 302
    assert "Paula Samson is Premium Support Account Manager" in words(browser.get(page(world)))
    pk = world.agreement.assignments.get().pk
    ended = browser.post(page(world, f"services/people/{pk}/"), {"ends_on": "2003-04-30"})
    assert ended.status_code == 302
    assert browser.get(page(world, "services/people/999999/")).status_code == 404


@pytest.mark.clause("ATSP 14.1.1")
def test_a_call_goes_from_agenda_to_minutes_on_its_page(world: Services, signed_in: As) -> None:
    world.assign_both()
    browser, reseller = signed_in(world.psam), signed_in(world.technical)
    path = page(world, "calls/7/")
    assert "Open actions of earlier calls" in words(browser.get(path))
    assert "No agenda yet" in words(reseller.get(path))
    agenda = carried(browser.get(path), "agenda")
    agenda |= {"agenda-text": "1. The index", "agenda-planned_at": ""}
    browser.post(f"{path}agenda/", agenda)
    late = agenda | {"form_key": new_key(), "agenda-text": "2. The tapes"}
    page_again = browser.post(f"{path}agenda/", late)
    assert page_again.status_code == 409
    assert "The agenda was changed since you opened this page" in words(page_again)
    assert "2. The tapes" in page_again.content.decode(), "what was typed is kept"
    assert "1. The index" in words(reseller.get(path))
    refused = browser.post(f"{path}held/", {"held-held_at": "2003-03-05T11:00"})
    assert refused.status_code == 409
    assert "after it took place" in words(refused)
    held = {
        "held-held_at": "2003-03-05T09:30",
        "held-participants": [world.technical.pk],
        "held-others": "Tom of sales",
    }
    assert browser.post(f"{path}held/", held).status_code == 302
    assert "The minutes are being written" in words(reseller.get(path))
    browser.post(f"{path}action/", {"action-text": "Send the list", "action-owner": "Paula"})
    browser.post(f"{path}minutes/", {"minutes-text": "We spoke of the index."})
    text = words(reseller.get(path))
    assert "We spoke of the index." in text
    assert "Tess Ward, Tom of sales" in text
    assert "Send the list" in text
    action = world.agreement.calls.get(number=7).actions.get()
    browser.post(f"{path}done/", {"done-action": action.pk})
    assert "Done" in words(reseller.get(path))
    for wrong in ("calls/99/", "calls/7/burn/"):
        assert browser.post(page(world, wrong)).status_code in (404, 405)


@pytest.mark.clause("ATSP 14.1.1")
def test_a_profile_is_written_and_what_changed_is_seen(world: Services, signed_in: As) -> None:
    browser = signed_in(world.psam)
    path = page(world, "services/profile/")
    assert "Nothing written yet" in words(browser.get(path))
    browser.post(f"{path}edit/", {"based_on": 0, "products": "NetWorker 6.1.2\nTwo libraries"})
    browser.post(f"{path}edit/", {"based_on": 1, "products": "NetWorker 6.1.3\nTwo libraries"})
    text = words(signed_in(world.technical).get(path))
    assert "Removed: NetWorker 6.1.2" in text
    assert "Added: NetWorker 6.1.3" in text
    assert "An earlier state" in words(browser.get(f"{path}?revision=1"))
    refused = browser.post(f"{path}edit/", {"based_on": 1, "products": "Typed over"})
    assert refused.status_code == 409
    assert "changed the profile meanwhile" in words(refused)
    assert "Typed over" in words(refused)


@pytest.mark.clause("ATSP 14.2")
def test_the_month_shows_who_is_away_whom_it_touches_and_who_stands_in(
    world: Services, signed_in: As
) -> None:
    world.assign_both()
    browser = signed_in(world.psam)
    typed = {
        "user": world.psam.pk,
        "starts_on": "2003-03-10",
        "ends_on": "2003-03-14",
        "reason": "vacation",
    }
    done = browser.post("/absences/", typed)
    assert done["Location"] == "/absences/?month=2003-03"
    shown = browser.get("/absences/?month=2003-03")
    assert shown.content.decode().count("<li>Paula Samson</li>") == 5
    text = words(shown)
    assert "Paula Samson 10 Mar to 14 Mar 2003 , vacation" in text
    assert "Meridian Data : Al Terry stands in" in text
    assert browser.post("/absences/", typed).status_code == 409
    typed["user"] = world.alternate.pk
    assert "You may not say when Al Terry is away" in words(browser.post("/absences/", typed))
    for month in ("2003-04", "nonsense", "2003-13"):
        assert browser.get(f"/absences/?month={month}").status_code == 200
    absence = Absence.objects.get()
    assert browser.post(f"/absences/{absence.pk}/end/").status_code == 302
    assert not Absence.objects.exists()


@pytest.mark.clause("ATSP 14.1")
def test_a_psam_lands_on_their_resellers_with_what_is_due(world: Services, signed_in: As) -> None:
    browser = signed_in(world.psam)
    landed = browser.get("/", follow=True)
    assert landed.redirect_chain[-1][0] == "/account-management/"
    assert "You have no resellers today" in words(landed)
    world.assign_both()
    record_held(
        world.agreement.calls.get(),
        held_at=NOW,
        participants=[world.technical],
        by=world.psam,
        at=NOW,
    )
    away(world.alternate, NOW + DAY, NOW + 2 * DAY)
    text = words(browser.get("/account-management/"))
    assert "Publish the minutes of call 7" in text
    assert "Hold call 8" in text
    assert "Al Terry" in text


def test_many_resellers_calls_and_absences_cost_the_queries_of_few(
    world: Services, signed_in: As
) -> None:
    world.assign_both()
    browser = signed_in(world.psam)
    away(world.psam, NOW + 5 * DAY, NOW + 6 * DAY)
    paths = ("/account-management/", "/absences/", page(world))
    few = {}
    for path in paths:
        browser.get(path)
        with queries() as made:
            browser.get(path)
        few[path] = len(made)
    for n in range(4):
        other = make_services(f"Other{n} Systems", people=world)
        other.assign_both()
    for n in range(5):
        away(world.alternate, NOW + (10 + 2 * n) * DAY, NOW + (11 + 2 * n) * DAY)
    for path in paths:
        with queries() as made:
            browser.get(path)
        assert len(made) == few[path], path
    assert few["/account-management/"] <= 16
    assert few["/absences/"] <= 14
