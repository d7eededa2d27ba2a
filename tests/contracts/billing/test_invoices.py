"""Invoices: what goes on which, their numbers, their due dates, and that they never change (ATSP 3.1, 3.2)."""

import datetime as dt
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, connections, transaction

from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.billing.actions.invoices import add_tax, issue_invoices
from contracts.billing.models.charges import Authorisation, Charge, ChargeKind
from contracts.billing.models.invoices import Invoice, InvoiceNumber
from contracts.ending.actions.successions import record_succession
from portal.models import Deadline, JournalEntry, Notice
from portal.rules.refusal import Refusal
from tests.contracts.billing.world import AT, DAY, MoneyWorld, balance
from tests.contracts.factories import NORDLICHT_FILE, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


@pytest.mark.clause("ATSP 3.1", "ATSP 3.2")
def test_the_years_fees_are_one_invoice_due_in_thirty_days(world: MoneyWorld) -> None:
    invoice = world.invoice()
    assert (invoice.label, invoice.total, invoice.currency) == ("INV-00001", 125_000, "USD")
    assert invoice.issued_on == dt.date(2002, 9, 5)
    assert invoice.due_on == dt.date(2002, 10, 5)
    lines = [(line.position, line.charge.text) for line in invoice.lines.all()]
    assert lines == [(1, "ATSP Level II"), (2, "2 × PSAM Level II from 3 Sep 2002")]
    due = Deadline.objects.about(invoice).get(kind="invoice.due")
    assert due.due_at == dt.datetime(2002, 10, 6, 7, 0, tzinfo=dt.UTC), "the end of the day there"
    assert (due.clause, due.promise) == ("ATSP 3.2", True)
    assert (
        "30 days from the invoice date, 5 Sep 2002: to the end of 5 Oct 2002, without offset."
        in due.words
    )
    reminder = Deadline.objects.about(invoice).get(kind="invoice.reminder")
    assert reminder.due_at == dt.datetime(2002, 9, 28, 15, 0, tzinfo=dt.UTC), "08:00 there"
    assert not world.agreement.charges.to_bill().exists()


@pytest.mark.clause("ATSP 3.2", "ATSP 20.2")
def test_an_invoice_names_both_parties_with_their_addresses(world: MoneyWorld) -> None:
    first = world.invoice()
    assert first.provider_address == "2350 West El Camino Real\nMountain View, CA 94040\nUSA"
    assert first.reseller_address == "4905 E. La Palma Ave\nAnaheim, CA 92807\nUSA"
    provider = world.agreement.provider
    type(provider).objects.filter(pk=provider.pk).update(
        address="", city="", state="", postal_code="", country=""
    )
    world.agreement = Agreement.objects.get(pk=world.agreement.pk)
    later = world.invoice(world.charge("5.00"))
    assert "2350 West El Camino Real" in later.provider_address, "that for its notices"


@pytest.mark.clause("ATSP 19.3")
def test_an_invoice_is_the_successors_from_its_day_on(world: MoneyWorld) -> None:
    before = world.invoice(world.charge("5.00"))
    record_succession(
        world.agreement,
        to=world.agreement.programme.transfers[0].to[0],
        name="EMC Corporation",
        since=(AT + DAY).date(),
        reason="The merger.",
        by=world.keeper,
        at=AT + DAY,
    )
    after = world.invoice(world.charge("5.00"), at=AT + DAY)
    assert (before.provider_name, after.provider_name) == (
        "Legato Systems, Inc.",
        "EMC Corporation, successor in interest to Legato Systems, Inc.",
    )


def test_issuing_is_journalled_and_told_to_the_administrative_contact_once(
    world: MoneyWorld,
) -> None:
    invoice = world.invoice()
    entry = JournalEntry.objects.about(invoice).get(verb="invoice.issued")
    assert entry.public
    assert entry.text.startswith("Invoice INV-00001: US$125,000.00. 30 days from")
    told = Notice.objects.about(invoice).filter(step="issued")
    assert {(one.recipient, one.channel) for one in told} == {
        (world.payer, "email"),
        (world.payer, "inbox"),
    }
    assert told[0].url == f"/agreements/{world.agreement.reference}/invoices/1/"


def test_where_nobody_can_be_written_to_an_alarm_says_so(world: MoneyWorld) -> None:
    world.agreement.roster.filter(standing="administrative").update(removed_at=AT)
    invoice = world.invoice()
    alarms = Notice.objects.about(invoice).filter(template="alarm")
    assert "Send it by post" in alarms[0].title
    assert {one.recipient for one in alarms} == {world.keeper}


@pytest.mark.clause("ATSP Ex.D")
def test_travel_and_living_expenses_are_separately_invoiced_and_due_upon_receipt(
    world: MoneyWorld,
) -> None:
    work = world.charge("5000.00")
    expenses = world.charge("812.40", ChargeKind.EXPENSES, clause="ATSP Ex.D")
    first, second = world.issue(work, expenses)
    assert [(one.total, one.terms, one.due_on) for one in (first, second)] == [
        (Decimal(5000), "net", dt.date(2002, 10, 5)),
        (Decimal("812.40"), "on_receipt", dt.date(2002, 9, 5)),
    ]
    assert second.clause == "ATSP Ex.D"
    kinds = Deadline.objects.about(second).values_list("kind", flat=True)
    assert list(kinds) == ["invoice.due"], "there is no time for a reminder"


def test_a_credit_stands_on_a_credit_note_of_its_own(world: MoneyWorld) -> None:
    world.invoice()
    note = world.invoice(world.charge("-500.00", ChargeKind.CREDIT))
    assert (note.label, note.total, note.due_on) == ("CRN-00002", -500, None)
    assert not Deadline.objects.about(note).exists()
    assert balance(note) == 500


def test_an_invoice_of_nothing_falls_due_on_no_day(world: MoneyWorld) -> None:
    empty = world.invoice(world.charge("0.00"))
    assert (empty.total, balance(empty)) == (0, 0)
    assert not Deadline.objects.about(empty).exists(), "nothing is owed"


@pytest.mark.clause("ATSP 9.1", "ATSP 16")
def test_purchase_orders_are_named_once_each(world: MoneyWorld) -> None:
    def order(number: str) -> Authorisation:
        return Authorisation.objects.create(
            agreement=world.agreement,
            kind="purchase_order",
            number=number,
            given_by="Ada",
            dated_on=AT.date(),
            received_at=AT,
        )

    first = order("PO-7")
    lines = [
        world.charge("1.00", authorisation=first),
        world.charge("2.00", authorisation=first),
        world.charge("3.00", authorisation=order("PO-8")),
    ]
    (invoice,) = world.issue(*lines, purchase_order=" PO-1 ")
    assert invoice.purchase_orders == "PO-1, PO-7, PO-8"


@pytest.mark.clause("ATSP 13.1")
def test_a_tax_comes_on_top_also_after_the_end(world: MoneyWorld) -> None:
    _end(world.agreement)
    tax = add_tax(
        world.agreement,
        text="Sales tax of California, 7.75 % of US$5,000.00",
        amount=Decimal("387.50"),
        by=world.keeper,
        at=AT + 400 * DAY,
    )
    assert (tax.clause, tax.kind) == ("ATSP 13.1", "tax")
    assert world.invoice(tax, at=AT + 400 * DAY).total == Decimal("387.50")
    with pytest.raises(Refusal, match="is not a valid tax"):
        add_tax(world.agreement, text="T", amount=Decimal(0), by=world.keeper, at=AT)
    with pytest.raises(Refusal, match="may not charge a tax"):
        add_tax(world.agreement, text="T", amount=Decimal(1), by=world.reader, at=AT)


class TestRefused:
    def test_nothing_chosen(self, world: MoneyWorld) -> None:
        with pytest.raises(Refusal, match="No line is chosen"):
            issue_invoices(world.agreement, charges=[], by=world.keeper, at=AT)

    @pytest.mark.parametrize("who", ["reader", "engineer", "payer"])
    def test_by_anybody_but_the_contract_administrator(self, world: MoneyWorld, who: str) -> None:
        with pytest.raises(Refusal, match="may not issue invoices"):
            issue_invoices(
                world.agreement,
                charges=world.agreement.charges.all(),
                by=getattr(world, who),
                at=AT,
            )
        assert not Invoice.objects.exists()

    def test_a_line_twice(self, world: MoneyWorld) -> None:
        charges = list(world.agreement.charges.all())
        world.issue(*charges)
        with pytest.raises(Refusal, match="“ATSP Level II” is not waiting to be invoiced"):
            world.issue(*charges)
        assert Invoice.objects.count() == 1

    def test_a_line_of_another_agreement(self, world: MoneyWorld) -> None:
        foreign = world.charge("1.00")
        with pytest.raises(Refusal, match="is not waiting to be invoiced"):
            issue_invoices(load(NORDLICHT_FILE), charges=[foreign], by=world.keeper, at=AT)

    def test_under_a_draft(self, world: MoneyWorld) -> None:
        line = world.charge("1.00")
        world.agreement.state = AgreementState.DRAFT
        with pytest.raises(Refusal, match="Nothing is invoiced"):
            world.issue(line)


def test_numbers_go_on_without_a_gap_when_issuing_fails(world: MoneyWorld) -> None:
    world.invoice()
    line = world.charge("1.00")
    failing = transaction.atomic()
    failing.__enter__()
    assert world.invoice(line).number == 2
    failing.__exit__(RuntimeError, RuntimeError(), None)
    assert world.invoice(world.charge("2.00")).number == 2


@pytest.mark.parametrize("billed", [True, False])
def test_the_database_alone_says_which_charges_are_on_a_document(
    world: MoneyWorld, billed: bool
) -> None:
    charge = world.charge("2.00")
    if billed:
        world.invoice(charge)
    assert Charge.objects.get(pk=charge.pk).on_document is billed
    with pytest.raises(IntegrityError, match="when a line bills it"), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(on_document=not billed)


def test_an_issued_invoice_never_changes(world: MoneyWorld) -> None:
    invoice = world.invoice()
    for change in ({"total": 1}, {"due_on": dt.date(2003, 1, 1)}, {"purchase_orders": "X"}):
        with pytest.raises(InternalError, match="immutable"), transaction.atomic():
            Invoice.objects.filter(pk=invoice.pk).update(**change)
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        invoice.lines.all().delete()


def test_a_renamed_reseller_leaves_the_invoice_as_it_was(world: MoneyWorld) -> None:
    invoice = world.invoice()
    world.agreement.reseller.name = "MTI Successor"
    world.agreement.reseller.save()
    assert Invoice.objects.get(pk=invoice.pk).reseller_name == "MTI Technology Corporation"


@pytest.fixture
def _closing_connections() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closing_connections")
def test_invoices_issued_at_once_have_numbers_without_a_gap() -> None:
    """Two agreements of one provider, real connections in real threads, and a charge that all want to bill."""
    world = MoneyWorld()
    other = load(NORDLICHT_FILE)
    disputed = world.charge("9.99")
    jobs: list[tuple[Agreement, Any]] = [(world.agreement, disputed)] * 4
    for n in range(8):
        world_line = world.charge(f"{n + 1}.00")
        jobs.append((world.agreement, world_line))
    jobs += [(other, charge) for charge in other.charges.all()]
    start, outcomes = threading.Barrier(len(jobs)), []

    def bill(agreement: Agreement, charge: Any) -> None:
        start.wait()
        try:
            issue_invoices(agreement, charges=[charge], by=None, at=AT)
            outcomes.append("issued")
        except Refusal:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=bill, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    assert outcomes.count("refused") == 3, "the disputed line is billed once"
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(jobs) - 3 + 1))
    assert InvoiceNumber.objects.get().last == len(numbers)


def _end(agreement: Agreement, on: dt.date = dt.date(2003, 2, 1)) -> None:
    agreement.state = AgreementState.ENDED
    agreement.ended_on, agreement.end_cause = on, EndCause.TERMINATED
    agreement.save()
