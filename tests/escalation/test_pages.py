"""The severity-1 board, the wall screen, one escalation's page, and the panel on the case page."""

import re

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.resolution.actions.closing import fail_relief, give_relief
from contracts.programmes.rules.terms import Act
from escalation import actions
from escalation.panel import case_panel
from escalation.views.board import ON_A_PAGE
from portal.models import Deadline, DeadlineState
from portal.navigation import home_of, navigation_for
from portal.panels import panels_for, register_panel
from tests.cases.pages import complaints
from tests.escalation.world import (
    HOUR,
    MINUTE,
    SECOND,
    T,
    World,
    make_reseller,
    states,
    step_of,
    swept,
    timeline_of,
)

BOARD = reverse("escalations")
WALL = reverse("escalation_wall")


@pytest.fixture
def at_six(world: World, set_clock) -> World:
    """The world at T + 5 h 45 min: swept, nothing done."""
    world.open_case()
    swept(T + 5 * HOUR + 45 * MINUTE)
    set_clock(T + 5 * HOUR + 45 * MINUTE)
    return world


def the_case(world: World):
    return world.agreement.cases.get(severity=1)


def as_user(client: Client, user) -> Client:
    client.force_login(user)
    return client


def shown(client: Client, url: str, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def words_of(html: str) -> str:
    """The page as a reader reads it."""
    without = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without))


@pytest.mark.clause("ATSP 14.3", "ATSP Ex.C")
def test_the_board_shows_a_running_escalation_mark_by_mark(at_six: World, client: Client) -> None:
    html = shown(as_user(client, at_six.management), BOARD)

    text = words_of(html)
    assert "Index corrupt after the upgrade" in text
    assert "5 h 45 min" in text
    assert "CSE: Update the technical contact" in text
    assert 'data-standing="missed"' in html
    assert 'data-standing="due"' in html
    assert 'data-standing="to_come"' in html
    assert 'href="#mark-hotshot-to_come"' in html
    assert "T+2 h · Call the reseller" in html


@pytest.mark.clause("ATSP Ex.C")
def test_my_duties_come_first(at_six: World, client: Client) -> None:
    psam = words_of(shown(as_user(client, at_six.psam), BOARD))
    sales = words_of(shown(as_user(Client(), at_six.sales), BOARD))

    assert psam.index("Your duties") < psam.index("since T")
    assert "Call the reseller" in psam.split("since T")[0]
    assert "Your duties" not in sales


def test_an_empty_board_is_calm(world: World, client: Client) -> None:
    text = words_of(shown(as_user(client, world.cse), BOARD))

    assert "No severity 1 case is at work" in text
    assert "No severity 1 case is at work" in words_of(shown(client, WALL))


def test_severity_1_without_the_option_is_shown_as_running_without_exhibit_c(
    world: World, client: Client
) -> None:
    agreement, contact = make_reseller(
        world.version, world.agreement.provider, "Plainview", world.people, psam_option=False
    )
    plain = World(world.people, world.version, agreement, contact, world.product)
    case = plain.open_case(title="Client will not install", owner=None)

    text = words_of(shown(as_user(client, world.cse), BOARD))

    assert "Severity 1 without Exhibit C" in text
    assert "Client will not install" in text
    take = reverse("case_act", args=[case.pk, "take"])
    page = shown(client, BOARD)
    form = page[page.index(f'action="{take}"') :].split("</form>")[0]
    typed = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert client.post(take, typed)["Location"] == BOARD
    case.refresh_from_db()
    assert case.owner == world.cse
    assert f'action="{take}"' not in shown(client, BOARD)
    detail = words_of(shown(client, reverse("escalation", args=[case.pk])))
    assert "Exhibit C does not run on this case" in detail


PAGES = [("escalations", []), ("escalation_wall", []), ("escalation", ["case"])]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_the_pages_are_the_providers_own(
    at_six: World, client: Client, name: str, args: list[str]
) -> None:
    url = reverse(name, args=[the_case(at_six).pk] if args else [])

    assert client.get(url).status_code == 302, "signed out: to the sign-in"
    assert as_user(client, at_six.contact.user).get(url).status_code == 403
    for user in at_six.people.values():
        assert as_user(Client(), user).get(url).status_code == 200


@pytest.mark.parametrize("act", ["log", "waive"])
def test_a_reseller_posts_nothing(at_six: World, client: Client, act: str) -> None:
    case = the_case(at_six)
    before = states(case)
    url = (
        reverse("escalation_log", args=[case.pk])
        if act == "log"
        else reverse("escalation_waive", args=[step_of(case, "status-from-management-6h").pk])
    )

    response = as_user(client, at_six.contact.user).post(
        url, {"act": Act.INFORM_SALES.value, "note": "x"}
    )

    assert response.status_code == 403
    assert states(case) == before


def test_a_case_that_is_not_there_is_not_found(at_six: World, client: Client) -> None:
    as_user(client, at_six.cse)
    missing = the_case(at_six).pk + 1

    assert client.get(reverse("escalation", args=[missing])).status_code == 404
    assert client.post(reverse("escalation_log", args=[missing])).status_code == 404
    assert client.post(reverse("escalation_waive", args=[10**9])).status_code == 404
    case = the_case(at_six)
    assert client.get(reverse("escalation", args=[case.pk]), {"timeline": "9"}).status_code == 404


@pytest.mark.parametrize("url", [BOARD, WALL])
def test_the_live_part_is_the_inside_alone_and_unchanged_costs_nothing(
    at_six: World, client: Client, url: str
) -> None:
    as_user(client, at_six.psam)
    headers = {"HX-Request": "true", "HX-Target": "board"}

    first = client.get(url, headers=headers)
    again = client.get(url, headers=headers | {"If-None-Match": first["ETag"]})

    assert b"<html" not in first.content
    assert first["X-Portal-Now"].startswith("2004-03-06T03:55")
    assert (again.status_code, again.content) == (304, b"")
    actions.log_act(
        the_case(at_six),
        by=at_six.psam,
        at=T + 5 * HOUR,
        logged_at=T + 5 * HOUR,
        act=Act.INFORM_SALES,
        note="Told.",
    )
    changed = client.get(url, headers=headers | {"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


@pytest.mark.clause("ATSP Ex.C", "D-14")
def test_the_page_of_an_escalation_shows_each_step_with_clause_time_and_why(
    at_six: World, client: Client
) -> None:
    case = the_case(at_six)

    html = shown(as_user(client, at_six.psam), reverse("escalation", args=[case.pk]))

    text = words_of(html)
    assert "Mon 8 Mar 08:00 PST" in text, "D-14: the next opening"
    assert "outside business hours" in text
    assert "ATSP Ex.C" in text
    assert "missed, 3 h 45 min late so far" in text
    for step in timeline_of(case).steps.filter(commitment=False):
        assert f'id="step-{step.pk}"' in html
    assert f'id="step-{step_of(case, "update-20h").pk}"' not in html, "goes without saying"
    everything = shown(client, reverse("escalation", args=[case.pk]) + "?all=1")
    assert f'id="step-{step_of(case, "update-20h").pk}"' in everything


@pytest.mark.clause("ATSP Ex.C")
def test_an_act_is_logged_from_the_page(at_six: World, client: Client) -> None:
    case = the_case(at_six)
    as_user(client, at_six.psam)

    response = client.post(
        reverse("escalation_log", args=[case.pk]),
        {
            "act": Act.CALL_RESELLER_MANAGEMENT.value,
            "note": "Spoke to Ms. Ito.",
            "at": "2004-03-05T16:05",
        },
    )

    assert response.status_code == 302
    step = step_of(case, "call-management-2h")
    assert step.done_at == T + 115 * MINUTE, "16:05 in the reader's zone"
    assert states(case)["call-management-2h"] == DeadlineState.MET
    assert "Spoke to Ms. Ito." in words_of(shown(client, response["Location"]))


@pytest.mark.clause("ATSP Ex.C")
def test_a_refused_log_keeps_what_was_typed(at_six: World, client: Client) -> None:
    case = the_case(at_six)

    response = as_user(client, at_six.psam).post(
        reverse("escalation_log", args=[case.pk]),
        {"act": Act.INFORM_SALES.value, "note": "A long account.", "at": "2004-03-07T10:00"},
    )

    html = response.content.decode()
    assert response.status_code == 409
    (sentence,) = complaints(response, "at")
    assert "in the future" in sentence
    assert "A long account." in html


@pytest.mark.clause("D-14")
def test_a_duty_is_waived_from_the_page(at_six: World, client: Client) -> None:
    case = the_case(at_six)
    step = step_of(case, "status-from-management-6h")
    as_user(client, at_six.psam)
    page = shown(client, reverse("escalation", args=[case.pk]) + f"?waive={step.pk}")
    assert "Waive a duty" in page

    refused = client.post(reverse("escalation_waive", args=[step.pk]), {"note": ""})
    assert refused.status_code == 409
    assert "needs a note" in words_of(refused.content.decode())
    done = client.post(reverse("escalation_waive", args=[step.pk]), {"note": "Known already."})
    assert done.status_code == 302
    assert "Waived by Paula Samson: Known already." in words_of(shown(client, done["Location"]))


@pytest.mark.clause("D-13")
def test_an_ended_escalation_says_why_and_can_be_opened_beside_the_new_one(
    at_six: World, client: Client, set_clock
) -> None:
    case = the_case(at_six)
    give_relief(case, by=at_six.cse, at=T + 6 * HOUR, body="Set the switch.")
    fail_relief(case, by=at_six.contact.user, at=T + 7 * HOUR, reason="Again.")
    set_clock(T + 7 * HOUR)
    url = reverse("escalation", args=[case.pk])

    as_user(client, at_six.cse)
    assert "Escalation 2, running" in words_of(shown(client, url))
    first = words_of(shown(client, f"{url}?timeline=1"))
    assert "Relief was given: the escalation ends." in first
    assert "Log what you did" not in first


@pytest.mark.clause("D-13")
def test_the_canceled_steps_of_an_ended_escalation_are_folded_with_their_count(
    at_six: World, client: Client, set_clock
) -> None:
    case = the_case(at_six)
    give_relief(case, by=at_six.cse, at=T + 6 * HOUR, body="Set the switch.")
    set_clock(T + 7 * HOUR)
    html = shown(as_user(client, at_six.cse), f"{reverse('escalation', args=[case.pk])}?all=1")
    called_off = Deadline.objects.about(case).filter(
        kind__startswith="escalation.", state=DeadlineState.CANCELLED
    )
    steps, folded = html.split('<details class="more-duties" id="called-off">')
    folded = folded.split("</details>")[0]
    assert f"{called_off.count()} canceled steps" in folded
    assert folded.count('data-standing="cancelled"') == called_off.count() > 10
    assert '<li class="step" data-standing="cancelled"' not in " ".join(steps.split())
    assert "cancelled" not in words_of(html)


def test_the_board_asks_the_database_as_often_for_many_as_for_one(
    world: World, client: Client, set_clock
) -> None:
    world.open_case()
    at = T + 4 * HOUR + SECOND
    swept(at)
    set_clock(at)
    as_user(client, world.psam)
    shown(client, BOARD)
    with CaptureQueriesContext(connection) as one:
        shown(client, BOARD)

    agreement, contact = make_reseller(
        world.version, world.agreement.provider, "Nordlicht", world.people
    )
    other = World(world.people, world.version, agreement, contact, world.product)
    for n in range(5):
        world.open_case(T + n * MINUTE)
        other.open_case(T + n * MINUTE, owner=None)
    swept(at)
    with CaptureQueriesContext(connection) as many:
        html = shown(client, BOARD)

    assert html.count('<article class="card escalation"') == ON_A_PAGE
    assert "of 11 escalations" in words_of(html)
    assert len(many) <= len(one) + 2, "who takes an unowned case; duties on other pages"
    assert len(many) <= 12


def test_the_page_asks_the_database_as_often_late_as_early(
    world: World, client: Client, set_clock
) -> None:
    case = world.open_case()
    as_user(client, world.psam)
    url = reverse("escalation", args=[case.pk])
    counts = []
    for after in (HOUR, 80 * HOUR):
        swept(T + after)
        set_clock(T + after)
        shown(client, url)
        with CaptureQueriesContext(connection) as captured:
            shown(client, url)
        counts.append(len(captured))

    assert counts[0] == counts[1]


HOMES = ["management", "senior", "vp", "director", "cpe", "executive"]


def test_the_people_of_exhibit_c_land_on_the_board(world: World) -> None:
    for who in HOMES:
        assert home_of(world.people[who]) == BOARD
    assert home_of(world.cse) != BOARD
    assert home_of(world.people["psam"]) == "/account-management/"
    assert home_of(world.dispatch) != BOARD


def test_the_navigation_counts_what_runs_for_the_provider_only(at_six: World) -> None:
    (entry,) = [e for e in navigation_for(at_six.cse, BOARD) if e.label == "Severity 1"]
    assert (entry.badge, entry.active) == (1, True)
    assert "Severity 1" not in [e.label for e in navigation_for(at_six.contact.user, "/")]


def request_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


@pytest.mark.clause("ATSP Ex.C")
def test_the_panel_tells_the_contact_what_is_owed_to_them_alone(at_six: World) -> None:
    case = the_case(at_six)

    contact = words_of(case_panel(request_of(at_six.contact.user), case))
    engineer = words_of(case_panel(request_of(at_six.cse), case))

    assert "You hear from us every hour" in contact
    assert "An engineer calls you back" in contact
    assert "Your PSAM calls your management" in contact
    for internal in ("sales", "Get status", "Director", "The whole timeline"):
        assert internal not in contact
    assert "The whole timeline" in engineer
    assert "Make the initial response" in engineer


def test_the_panel_is_silent_and_free_below_severity_1(
    world: World, django_assert_num_queries
) -> None:
    case = world.open_case(severity=2)
    request = request_of(world.cse)

    with django_assert_num_queries(0):
        assert case_panel(request, case) == ""


def test_the_panel_costs_one_statement(at_six: World, django_assert_max_num_queries) -> None:
    case = the_case(at_six)
    request = request_of(at_six.contact.user)

    with django_assert_max_num_queries(1):
        assert case_panel(request, case)


def test_the_case_page_finds_the_panel_at_its_place(at_six: World) -> None:
    shown_there = panels_for("case.aside", request_of(at_six.cse), the_case(at_six))

    assert any("Severity 1 escalation" in html for html in shown_there)


def test_panels_appear_in_order_and_once_each() -> None:
    def late(request, subject) -> str:
        return f"late {subject}"

    def early(request, subject) -> str:
        return f"early {subject}"

    def silent(request, subject) -> str:
        return ""

    for render in (late, silent, late):
        register_panel("tests.place", render, position=90)
    register_panel("tests.place", early, position=5)

    assert panels_for("tests.place", None, "x") == ["early x", "late x"]  # type: ignore[arg-type]
    assert panels_for("tests.nowhere", None, "x") == []  # type: ignore[arg-type]
