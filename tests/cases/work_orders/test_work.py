"""Work on the case page: asking for it, the notice of 7.1, and what the conversation tells of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cases.case.models import Case
from cases.handling.actions import take
from cases.resolution.actions.closing import close
from cases.work_orders.actions import ask_for_work, may_not_be_software
from contracts.billing.models.charges import StandardFee
from contracts.work_orders.actions import authorising
from contracts.work_orders.models import WorkOrder
from portal.models import JournalEntry
from tests.cases.pages import forms, queries, words
from tests.cases.world import HOUR, MINUTE, NOW, World

AsUser = Callable[..., Client]


def do(browser: Client, case: Case, act: str, **typed: Any) -> Any:
    fields = {f"{act}-{name}": value for name, value in typed.items()}
    return browser.post(f"/cases/{case.pk}/{act}/", fields)


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18")
def test_a_contact_asks_for_work_and_the_case_tells_of_it(world: World, as_user: AsUser) -> None:
    case = take(world.open(), by=world.engineer, at=NOW)
    browser = as_user("technical")
    page = words(browser.get(f"/cases/{case.pk}/?act=work"))
    assert "On-site replication support: US$2,500.00 a day, plus travel and living" in page
    assert "Replication support from a remote site: US$1,500.00 a day" in page
    done = do(
        browser,
        case,
        "work",
        rate="on-site-support",
        problem="The index is corrupt.",
        place="end_user",
        end_user_site="Harbour Freight Lines, Oakland",
    )
    assert done.status_code == 302
    order = WorkOrder.objects.get()
    assert (order.case_number, order.case_title, order.engineer, order.contact) == (
        case.pk,
        case.title,
        world.engineer,
        world.technical,
    )
    assert order.where == "Harbour Freight Lines, Oakland"
    page = words(as_user("engineer").get(f"/cases/{case.pk}/"))
    assert "asked for work" in page
    assert f"Work order {order.number}, On-site technical support: The index is corrupt." in page
    assert "Estimate the work that was asked for" in page
    assert "Estimate awaited" in page


def test_work_at_ones_own_site_and_from_afar(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("administrative")
    for rate in ("on-site-replication", "remote-replication"):
        answer = do(browser, case, "work", rate=rate, problem="It dumps core.", place="own")
        assert answer.status_code == 302
    remote, own = WorkOrder.objects.all()
    assert (own.site, remote.site) == (world.technical.site, None)


def test_a_refused_request_keeps_what_was_typed(world: World, as_user: AsUser) -> None:
    case = world.open()
    answer = do(
        as_user("technical"),
        case,
        "work",
        rate="on-site-support",
        problem="It dumps core.",
        place="end_user",
        end_user_site="",
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "On-site work is at one site" in page
    assert "It dumps core." in page


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_asks_for_work_hands_over_watches_and_does_nothing_else(
    world: World, as_user: AsUser
) -> None:
    page = as_user("administrative").get(f"/cases/{world.open().pk}/")
    assert forms(page) == ["work", "hand-over", "watch"]
    assert "You read this case; Technical Contacts work on it." in words(page)


@pytest.mark.clause("ATSP 5.2.6", "ATSP 7.1")
def test_the_notice_that_it_may_not_be_the_software(world: World, as_user: AsUser) -> None:
    StandardFee.objects.create(
        code="time_and_materials", amount=250, starts_on=NOW.date(), set_at=NOW
    )
    case = take(world.open(), by=world.engineer, at=NOW)
    answer = do(
        as_user("engineer"), case, "not-software", grounds="The drive reports errors.", hours="4"
    )
    assert answer.status_code == 302
    order = WorkOrder.objects.get()
    assert order.estimated_total == Decimal(1000)
    page = as_user("technical").get(f"/cases/{case.pk}/")
    said = words(page)
    assert "Say whether we proceed: the Problem may not be in the Software" in said
    assert "notified that the Problem may not be in the Software" in said
    assert order.get_absolute_url() in page.content.decode()
    authorising.decline(order, by=world.user("technical"), at=NOW)
    said = words(as_user("engineer").get(f"/cases/{case.pk}/"))
    assert "does not want it pursued" in said
    assert "Not pursued" in said
    again = do(as_user("engineer"), case, "not-software", grounds="Once more.")
    assert again.status_code == 302


def test_a_second_notice_waits_for_the_answer_to_the_first(world: World, as_user: AsUser) -> None:
    case = world.open()
    may_not_be_software(case, grounds="The drive.", by=world.engineer, at=NOW)
    answer = do(as_user("engineer"), case, "not-software", grounds="The drive again.")
    assert answer.status_code == 409
    assert "The drive again." in answer.content.decode()


def test_logged_work_appears_only_on_the_orders_page(world: World) -> None:
    from contracts.work_orders.actions import logs as work_logs

    case = world.open()
    order = may_not_be_software(case, grounds="The drive.", by=world.engineer, at=NOW)
    work_logs.log_work(
        order,
        began_at=NOW,
        ended_at=NOW + HOUR,
        text="Read the log.",
        by=world.engineer,
        at=NOW + 2 * HOUR,
    )
    told = JournalEntry.objects.about(case).filter(verb__startswith="work.")
    assert [(one.verb, one.public) for one in told] == [("work.notified", True)]


def test_a_closed_case_takes_no_work(world: World, as_user: AsUser) -> None:
    case = close(
        world.open(), by=world.engineer, at=NOW, reason="other-vendor", agreed_by="Tess Ward"
    )
    page = as_user("engineer").get(f"/cases/{case.pk}/")
    assert not {"work", "not-software"} & set(forms(page))


def test_the_case_page_asks_no_more_for_its_work_orders(world: World, as_user: AsUser) -> None:
    case = world.open()
    browser = as_user("technical")
    browser.get(f"/cases/{case.pk}/")
    with queries() as without:
        browser.get(f"/cases/{case.pk}/")
    for n in range(3):
        ask_for_work(
            case,
            rate="remote-replication",
            problem="It dumps core.",
            by=world.user("technical"),
            at=NOW + n * MINUTE,
        )
    with queries() as many:
        page = browser.get(f"/cases/{case.pk}/")
    assert len(many) == len(without)
    assert words(page).count("Estimate awaited") == 3
