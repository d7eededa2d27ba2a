"""What the queue puts on top, what it says above the list, and what its rows tell of clocks that act by themselves."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.handling.actions import take
from cases.information.actions import request_information
from tests.cases.pages import words
from tests.cases.queue.test_page import ROWS, shown
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World

AsUser = Callable[..., Client]
LEAD = {"HX-Request": "true", "HX-Target": "queue-lead"}


@pytest.mark.clause("ATSP 4.3.1", "ATSP 4.6")
def test_severity_1_stands_before_a_severity_2_that_breaks_sooner(
    world: World, as_user: AsUser
) -> None:
    overdue = world.open(NOW - 3 * HOUR, severity=2)
    critical = world.open(NOW - MINUTE, severity=1, channel=Channel.TELEPHONE)
    updated = world.reply(world.open(NOW, severity=1, channel=Channel.TELEPHONE), NOW)

    assert critical.severity == updated.severity == 1
    assert shown(as_user("engineer").get("/queue/")) == [critical.pk, updated.pk, overdue.pk]


def test_an_index_serves_the_order_of_the_queue(world: World) -> None:
    world.open()
    first = Case.objects.visible_to(world.engineer).open().most_urgent_first()[:25]

    with connection.cursor() as cursor:
        for otherwise in ("sort", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{otherwise} = off")
        plan = first.values("pk").explain()

    assert "Index Only Scan using case_queue" in plan, plan
    assert "Sort" not in plan, plan


def test_the_heading_counts_what_the_list_shows(world: World, as_user: AsUser) -> None:
    take(world.open(), by=world.engineer, at=NOW)
    world.open(severity=3)
    world.open(severity=3)
    browser = as_user("engineer")

    assert "3 open cases, severity 1 on top" in words(browser.get("/queue/"))
    assert "2 open cases under these filters" in words(browser.get("/queue/?severity=3"))
    assert "1 open case under these filters" in words(browser.get("/queue/?mine=1"))
    assert "0 open cases under these filters" in words(browser.get("/queue/?severity=4"))


def test_the_heading_keeps_up_by_itself(world: World, as_user: AsUser) -> None:
    world.open(severity=3)
    browser = as_user("engineer")
    first = browser.get("/queue/?severity=3", headers=LEAD)
    assert words(first).startswith("1 open case under these filters")
    same = {**LEAD, "If-None-Match": first["ETag"]}
    assert browser.get("/queue/?severity=3", headers=same).status_code == 304
    world.open(severity=3)
    assert words(browser.get("/queue/?severity=3", headers=same)).startswith("2 open cases")


@pytest.mark.clause("ATSP 4.9.1")
def test_a_row_shows_the_information_clock_that_is_about_to_act(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - 20 * HOUR), NOW - 19 * HOUR)
    request_information(case, by=world.engineer, at=NOW, missing=["the trace"])
    world.open(NOW - DAY)
    browser = as_user("engineer")
    rows = browser.get("/queue/", headers=ROWS)

    row = rows.content.decode().partition(f'id="case-{case.pk}"')[2].partition("</tr>")[0]
    assert "Information from the contact" in row
    assert "Update the contact" in row
    assert words(rows).count("Information from the contact") == 1
    assert "We wait for your information" in words(as_user("technical").get("/cases/"))


@pytest.mark.clause("ATSP 4.9.1")
def test_the_live_rows_answer_when_an_information_clock_begins(
    world: World, as_user: AsUser
) -> None:
    case = world.reply(world.open(NOW - HOUR), NOW)
    browser = as_user("engineer")
    first = browser.get("/queue/", headers=ROWS)
    request_information(case, by=world.engineer, at=NOW, missing=["the trace"])
    changed = browser.get("/queue/", headers={**ROWS, "If-None-Match": first["ETag"]})
    assert "Information from the contact" in words(changed)
