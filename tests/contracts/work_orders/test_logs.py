"""Logged work, expenses with receipts, the signed copy, and what an order is settled with (ATSP 7.2, 16, Ex.D)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from contracts.agreements.models.agreements import AgreementState
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.page import account
from contracts.work_orders.actions import authorising, working
from contracts.work_orders.actions import logs as work_logs
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.bills import bill_of
from contracts.work_orders.models import WorkExpense, WorkOrder
from contracts.work_orders.rules.orders import Outcome, State
from portal.deadlines.sweep import sweep
from portal.models import Attachment, Notice
from portal.rules.refusal import Refusal
from tests.contracts.work_orders.world import (
    AT,
    DAY,
    HOUR,
    MINUTE,
    PDF,
    SECOND,
    WorkWorld,
    again,
    make_work_world,
    told,
    verbs,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> WorkWorld:
    return make_work_world()


def finished(world: WorkWorld, order: WorkOrder, day: int = 4) -> WorkOrder:
    return working.finish(order, by=world.engineer, at=AT + day * DAY, text="Replicated.")


def settled(world: WorkWorld, order: WorkOrder, **changes: Any) -> list[Charge]:
    return work_logs.settle(order, by=world.keeper, at=AT + 9 * DAY, **changes)


# --- logging -----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 17")
def test_work_is_logged_and_stands_on_the_bill(world: WorkWorld) -> None:
    order = world.under_way()
    world.log(order)
    world.log(order, day=2, days=Decimal("0.5"))
    found = bill_of(order)
    assert (found.work_total, [one.quantity for one in found.work]) == (
        Decimal(3750),
        [Decimal(1), Decimal("0.5")],
    )
    assert verbs(order)[-2:] == ["work.logged", "work.logged"]


@pytest.mark.parametrize(
    "changes",
    [
        {"by": "technical"},
        {"by": "keeper"},
        {"text": " "},
        {"days": None},
        {"began_at": AT, "ended_at": AT + MINUTE},  # before it was authorized
    ],
)
def test_a_refused_log_leaves_nothing(world: WorkWorld, changes: dict[str, Any]) -> None:
    order = world.under_way()
    if "by" in changes:
        changes = {"by": world.user(changes["by"])}
    with pytest.raises(Refusal):
        world.log(order, **changes)
    assert not order.logs.exists()


def test_the_same_persons_time_is_logged_once_and_anothers_beside_it(world: WorkWorld) -> None:
    order = world.under_way()
    log = world.log(order)
    with pytest.raises(Refusal, match="logged already"):
        world.log(order)
    world.log(order, by=world.manager)
    work_logs.take_back(log, by=world.engineer, at=AT + 3 * DAY)
    world.log(order)
    assert order.logs.standing().count() == 2
    assert order.logs.count() == 3


@pytest.mark.clause("ATSP 7.3.2")
def test_section_7_work_before_the_instruction_may_be_logged_and_is_not_billable(
    world: WorkWorld,
) -> None:
    world.set_rate()
    order = world.notified()
    log = world.log(order, hours=2)
    assert log.quantity == 2
    line = bill_of(order).work[0]
    assert (line.clause, line.is_billable) == ("ATSP 7.3.2", False)


def test_a_line_is_taken_back_once_and_never_after_the_settlement(world: WorkWorld) -> None:
    order = world.under_way()
    log, cost = world.log(order), world.expense(order)
    with pytest.raises(Refusal):
        work_logs.take_back(log, by=world.user("administrative"), at=AT + 3 * DAY)
    work_logs.take_back(cost, by=world.keeper, at=AT + 3 * DAY)
    work_logs.take_back(cost, by=world.engineer, at=AT + 4 * DAY)
    cost.refresh_from_db()
    assert (cost.taken_back_at, cost.taken_back_by) == (AT + 3 * DAY, world.keeper)
    assert bill_of(order).expenses_total == 0
    settled(world, finished(world, order))
    with pytest.raises(Refusal):
        work_logs.take_back(log, by=world.engineer, at=AT + 10 * DAY)


# --- expenses ----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 17", "ATSP 18", "ATSP Ex.D")
def test_an_expense_of_on_site_work_keeps_its_receipt(world: WorkWorld) -> None:
    order = world.under_way("on-site-support")
    cost = world.expense(order)
    receipt = Attachment.objects.about(cost).get()
    assert (receipt.purpose, receipt.name) == ("receipt", "flight.pdf")
    line = bill_of(order).expenses[0]
    assert (line.amount, line.clause, line.is_billable) == (Decimal("420.10"), "ATSP Ex.D", True)


@pytest.mark.clause("ATSP 16")
def test_remote_replication_has_no_expenses(world: WorkWorld) -> None:
    order = world.under_way("remote-replication")
    with pytest.raises(Refusal, match="has no travel and living") as refused:
        world.expense(order)
    assert (refused.value.clause, refused.value.field) == ("ATSP 16", "amount")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"receipt": None}, "receipt"),
        ({"receipt": Paper("flight.pdf", b"MZ\x00\x01")}, "receipt"),
        ({"amount": Decimal(0)}, "amount"),
        ({"text": " "}, "text"),
        ({"incurred_at": AT + 2 * DAY + SECOND}, "incurred_at"),
    ],
)
def test_an_expense_comes_with_its_receipt_amount_and_time(
    world: WorkWorld, changes: dict[str, Any], field: str
) -> None:
    order = world.under_way()
    with pytest.raises(Refusal) as refused:
        world.expense(order, **changes)
    assert refused.value.field == field
    assert not WorkExpense.objects.exists()


@pytest.mark.clause("ATSP 7.3.2", "ATSP 7.3.3", "ATSP 17")
def test_expenses_are_owed_from_the_authorization_to_the_very_instant_of_the_notice(
    world: WorkWorld,
) -> None:
    order = world.under_way()
    stopped_at = AT + DAY
    authorising.stop(order, by=world.user("technical"), at=stopped_at, text="Stop.")
    assert order.authorised_at is not None
    for incurred_at in (
        order.authorised_at - SECOND,
        order.authorised_at,
        stopped_at,
        stopped_at + SECOND,
    ):
        world.expense(again(order), incurred_at=incurred_at)
    lines = bill_of(again(order)).expenses
    assert [one.is_billable for one in lines] == [False, True, True, False]
    assert lines[3].clause == "ATSP 17, ATSP 7.3.3"


# --- cover -------------------------------------------------------------------------------------


def test_both_sides_are_told_once_when_the_work_comes_to_more_than_is_authorised(
    world: WorkWorld,
) -> None:
    order = world.under_way(amount=Decimal(4000))
    world.log(order)
    assert told(order, "beyond") == set()
    world.log(order, day=2)
    world.log(order, day=3)
    assert told(order, "beyond") == {"Mathew Keane", "Terri Hirsch", "Carla Stone"}
    assert (
        Notice.objects.about(order).filter(step__startswith="beyond", channel="inbox").count() == 3
    )


# --- the signed copy ---------------------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.D")
def test_the_signed_exhibit_is_kept_with_on_site_work_only(world: WorkWorld) -> None:
    order = world.requested()
    paper = Paper("Exhibit D signed.pdf", PDF)
    for who in ("administrative", "keeper", "engineer"):
        work_logs.add_signed_copy(order, paper=paper, by=world.user(who), at=AT + HOUR)
    kept = Attachment.objects.about(order).get()
    assert (kept.purpose, kept.name) == ("signed_copy", "Exhibit D signed.pdf")
    with pytest.raises(Refusal):
        work_logs.add_signed_copy(order, paper=paper, by=world.user("technical"), at=AT + HOUR)
    remote = world.requested("remote-replication")
    with pytest.raises(Refusal, match="No exhibit is signed"):
        work_logs.add_signed_copy(remote, paper=paper, by=world.keeper, at=AT + HOUR)


# --- settling ----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 17", "ATSP Ex.D")
def test_work_and_expenses_become_lines_that_name_the_case_and_the_purchase_order(
    world: WorkWorld,
) -> None:
    order = world.under_way()
    world.log(order)
    world.log(order, day=2)
    world.expense(order)
    work, costs = settled(world, finished(world, order))
    assert (work.kind, work.amount, work.clause, work.reference) == (
        ChargeKind.WORK,
        Decimal(5000),
        "ATSP 17",
        "100245",
    )
    assert work.words == "2 days × US$2,500.00: US$5,000.00."
    assert work.text == f"On-site replication support, work order {order.number}, case 100245"
    assert work.authorisation == order.authorisations.get()
    assert (costs.kind, costs.amount, costs.clause, costs.words) == (
        ChargeKind.EXPENSES,
        Decimal("420.10"),
        "ATSP Ex.D",
        "US$420.10: US$420.10.",
    )
    order = again(order)
    assert order.stands is State.SETTLED
    assert set(order.charges.all()) == {work, costs}
    assert told(order, "settled") == {"Mathew Keane", "Terri Hirsch"}
    with pytest.raises(Refusal):
        settled(world, order)


@pytest.mark.clause("ATSP 7.2")
def test_a_few_seconds_of_work_are_logged_and_owed(world: WorkWorld) -> None:
    world.set_rate(360)
    order = world.instructed()
    world.log(order, ended_at=AT + DAY + 5 * SECOND)
    order = working.decide(
        finished(world, order),
        outcome=Outcome.NOT_SOFTWARE,
        words="The drive.",
        by=world.engineer,
        at=AT + 5 * DAY,
    )
    assert [one.amount for one in settled(world, order)] == [Decimal("0.50")]


@pytest.mark.clause("ATSP 7.2")
def test_work_beyond_midnight_is_at_the_rate_of_each_day(world: WorkWorld) -> None:
    world.set_rate(200)
    world.set_rate(300, dt.date(2003, 3, 7))
    order = world.instructed()
    eleven = dt.datetime(2003, 3, 7, 7, 0, tzinfo=dt.UTC)  # at night, an hour before 7 March there
    world.log(order, began_at=eleven, ended_at=eleven + 3 * HOUR, at=eleven + DAY)
    lines = bill_of(again(order)).work
    assert [(one.quantity, one.rate) for one in lines] == [(1, 200), (2, 300)]


@pytest.mark.clause("ATSP 9.5", "ATSP 7.2", "ATSP 17", "ATSP Ex.D")
@pytest.mark.parametrize("day", [150, 200])
def test_work_on_a_case_carried_past_the_years_end_is_invoiced(world: WorkWorld, day: int) -> None:
    """The year ends on day 182; the work is done before or after it, and settled later."""
    order = world.under_way()
    world.log(order, day=day)
    world.expense(order, incurred_at=AT + day * DAY, at=AT + (day + 1) * DAY)
    sweep(AT + 205 * DAY)
    agreement = again(order).agreement
    assert agreement.state == AgreementState.ENDED
    order = finished(world, order, day=206)
    charges = work_logs.settle(order, by=world.keeper, at=AT + 210 * DAY)
    assert {one.incurred_on for one in charges} == {(AT + day * DAY).date()}
    work, costs = issue_invoices(agreement, charges=charges, by=world.keeper, at=AT + 211 * DAY)
    assert (work.total, costs.total) == (Decimal(2500), Decimal("420.10"))
    assert (work.terms, costs.terms) == ("net", "on_receipt")
    assert not [row for row in account(agreement, AT + 211 * DAY).waiting if row.after_end]


@pytest.mark.clause("ATSP 16")
def test_remote_replication_is_one_line(world: WorkWorld) -> None:
    order = world.under_way("remote-replication")
    world.log(order)
    (work,) = settled(world, finished(world, order))
    assert (work.amount, work.clause) == (Decimal(1500), "ATSP 16")


@pytest.mark.clause("ATSP 7.3.3")
def test_work_after_the_notice_is_not_charged(world: WorkWorld) -> None:
    order = world.under_way()
    world.log(order)
    order = authorising.stop(
        order, by=world.user("technical"), at=AT + DAY + 20 * HOUR, text="Stop."
    )
    world.log(order, day=2)
    (work,) = settled(world, order)
    assert work.amount == 2500
    assert "Not charged: 1 day, done after the notice to stop was received" in work.words


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3.1")
@pytest.mark.parametrize(
    ("outcome", "amount"), [(Outcome.SOFTWARE, 0), (Outcome.NOT_SOFTWARE, 750)]
)
def test_section_7_is_charged_by_the_hour_only_if_the_cause_is_not_the_software(
    world: WorkWorld, outcome: Outcome, amount: int
) -> None:
    world.set_rate()
    order = world.instructed()
    world.log(order, hours=3)
    order = finished(world, order)
    with pytest.raises(Refusal) as undecided:
        settled(world, order)
    assert undecided.value.clause == "ATSP 7.2"
    order = working.decide(
        order, outcome=outcome, words="The drive.", by=world.engineer, at=AT + 5 * DAY
    )
    charges = settled(world, order)
    assert sum(charge.amount for charge in charges) == amount
    assert [charge.kind for charge in charges] == (["time_and_materials"] if amount else [])
    assert again(order).stands is State.SETTLED


@pytest.mark.clause("ATSP 7.2")
def test_without_a_then_current_rate_nothing_is_settled(world: WorkWorld) -> None:
    order = world.instructed()
    world.log(order, hours=3)
    order = working.decide(
        finished(world, order),
        outcome=Outcome.NOT_SOFTWARE,
        words="The drive.",
        by=world.engineer,
        at=AT + 5 * DAY,
    )
    with pytest.raises(Refusal, match="No then-current rate"):
        settled(world, order)
    world.set_rate(200)
    world.set_rate(250, dt.date(2003, 3, 6))  # the work was done on that day
    assert settled(world, order)[0].words == "3 hours × US$250.00: US$750.00."


@pytest.mark.clause("ATSP 17")
def test_no_more_than_the_authorized_amount_is_charged(world: WorkWorld) -> None:
    order = world.under_way(amount=Decimal(4000))
    world.log(order)
    world.log(order, day=2)
    order = finished(world, order)
    with pytest.raises(Refusal) as refused:
        settled(world, order)
    assert refused.value.field == "up_to_cover"
    (work,) = settled(world, order, up_to_cover=True)
    assert work.amount == 4000
    assert work.words.endswith("charged US$4,000.00, the most that is authorized.")


@pytest.mark.parametrize("who", ["engineer", "administrative", "dispatch"])
def test_only_a_contract_administrator_settles(world: WorkWorld, who: str) -> None:
    order = finished(world, world.under_way())
    with pytest.raises(Refusal):
        work_logs.settle(order, by=world.user(who), at=AT + 9 * DAY)
    assert settled(world, order) == []
