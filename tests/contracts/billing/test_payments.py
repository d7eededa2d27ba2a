"""Payments: what settles an invoice, what is refused, and what happens when nothing comes (ATSP 3.2)."""

import datetime as dt
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pgtrigger
import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.charges import add_charge
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.actions.payments import record_payment, take_back, use_credit
from contracts.billing.models.charges import ChargeKind
from contracts.billing.models.invoices import Invoice
from contracts.billing.models.payments import InvoicePayment
from portal.models import Deadline, JournalEntry, Notice
from portal.notices.rendering import render
from portal.rules.refusal import Refusal
from tests.contracts.billing.world import AT, DAY, MoneyWorld, balance, swept
from tests.contracts.factories import make_agreement

pytestmark = pytest.mark.django_db
OVERDUE = dt.datetime(2002, 10, 6, 7, 0, 1, tzinfo=dt.UTC)  # a second into 6 October there


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


def pay(
    world: MoneyWorld, invoice: Invoice, amount: str, on: str = "", at: dt.datetime = AT + DAY
) -> InvoicePayment:
    day = dt.date.fromisoformat(on) if on else world.agreement.date_at(at)
    return record_payment(
        invoice, amount=Decimal(amount), dated_on=day, reference="Wire 7", by=world.keeper, at=at
    )


def due(invoice: Invoice) -> Deadline:
    return Deadline.objects.about(invoice).filter(kind="invoice.due").latest("pk")


@pytest.mark.clause("ATSP 3.2")
def test_parts_settle_an_invoice_and_the_last_one_keeps_the_promise(world: MoneyWorld) -> None:
    invoice = world.invoice()
    pay(world, invoice, "45000.00")
    assert balance(invoice) == 80_000
    assert due(invoice).state == "pending"
    pay(world, invoice, "80000.00", at=AT + 2 * DAY)
    assert balance(invoice) == 0
    assert (due(invoice).state, due(invoice).unfinished) == ("met", False)
    reminder = Deadline.objects.about(invoice).get(kind="invoice.reminder")
    assert (reminder.state, reminder.cause) == ("cancelled", "settled")
    assert Notice.objects.about(invoice).filter(template="invoice_paid").count() == 2
    verbs = JournalEntry.objects.about(invoice).values_list("verb", flat=True)
    assert list(verbs) == ["invoice.issued", "invoice.paid", "invoice.paid"]


@pytest.mark.clause("ATSP 3.2", "D-8")
def test_a_payment_of_the_last_day_is_in_time_though_recorded_later(world: MoneyWorld) -> None:
    invoice = world.invoice()
    swept(OVERDUE + DAY)
    assert due(invoice).state == "missed"
    pay(world, invoice, "125000.00", on="2002-10-05", at=OVERDUE + 3 * DAY)
    assert due(invoice).state == "met"
    late = world.invoice(world.charge("10.00"), at=AT)
    swept(OVERDUE + 3 * DAY)
    pay(world, late, "10.00", on="2002-10-06", at=OVERDUE + 3 * DAY)
    row = due(late)
    assert (row.state, row.unfinished, row.met_at > row.due_at) == ("missed", False, True)


@pytest.mark.clause("ATSP 3.2")
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Etc/GMT+12"])
def test_an_invoice_is_listed_as_overdue_when_its_last_day_is_over_there(
    world: MoneyWorld, zone: str
) -> None:
    invoice = world.invoice()
    with pgtrigger.ignore("contracts.Agreement:signed_terms_stay"):  # signed there from the start
        Agreement.objects.filter(pk=world.agreement.pk).update(zone=zone)
    assert invoice.due_on is not None
    over = dt.datetime.combine(invoice.due_on + DAY, dt.time(), ZoneInfo(zone))
    assert not Invoice.objects.in_state("overdue", over - dt.timedelta(seconds=1)).exists()
    assert Invoice.objects.in_state("overdue", over).get() == invoice


@pytest.mark.clause("ATSP 3.2")
def test_the_payer_is_reminded_once_and_told_once_when_it_is_overdue(world: MoneyWorld) -> None:
    invoice = world.invoice()
    for now in (AT + 10 * DAY, AT + 25 * DAY, AT + 25 * DAY, OVERDUE, OVERDUE + 90 * DAY):
        swept(now)
    mails = Notice.objects.about(invoice).filter(channel="email").order_by("pk")
    assert [one.template for one in mails] == [
        "invoice_issued",
        "invoice_reminder",
        *["invoice_overdue"] * 3,
    ]
    assert {one.recipient for one in mails[2:]} == {world.payer, world.keeper, world.reader}
    verbs = JournalEntry.objects.about(invoice).values_list("verb", flat=True)
    assert list(verbs) == ["invoice.issued", "invoice.reminded", "invoice.overdue"]
    assert mails[1].title == "Invoice INV-00001 is due on 5 Oct 2002"


def test_every_mail_says_what_is_owed_by_whom_by_when(world: MoneyWorld) -> None:
    invoice = world.invoice()
    swept(OVERDUE)
    for notice in Notice.objects.about(invoice).filter(channel="email", recipient=world.payer):
        message = render(notice)
        assert "US$125,000.00" in message.text
        assert "INV-00001" in message.subject
        assert "ATSP 3.2" in message.text
        assert f"/agreements/{world.agreement.reference}/invoices/1/" in message.text
        if notice.template != "invoice_overdue":
            assert "5 Oct 2002" in message.text


def test_the_sweep_of_many_invoices_takes_no_more_statements_than_of_few(
    world: MoneyWorld,
) -> None:
    def statements(lines: int, at: dt.datetime) -> int:
        for n in range(lines):
            world.invoice(world.charge(f"{n + 1}.00"), at=at)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            swept(at + 31 * DAY)
        return len(counted)

    few = statements(2, AT)
    assert statements(12, AT + 40 * DAY) <= few + 4


class TestRefused:
    def test_more_than_is_owed(self, world: MoneyWorld) -> None:
        invoice = world.invoice()
        pay(world, invoice, "125.00")
        with pytest.raises(Refusal) as refused:
            pay(world, invoice, "124875.01")
        assert refused.value.field == "amount"
        assert "US$124,875.01 is more than the US$124,875.00" in refused.value.sentence
        pay(world, invoice, "124875.00")
        with pytest.raises(Refusal, match="settled in full"):
            pay(world, invoice, "0.01")

    @pytest.mark.parametrize("amount", ["0.00", "-5.00", "0.004"])
    def test_nothing_or_less(self, world: MoneyWorld, amount: str) -> None:
        with pytest.raises(Refusal, match="is not a valid payment"):
            pay(world, world.invoice(), amount)

    def test_a_day_to_come(self, world: MoneyWorld) -> None:
        with pytest.raises(Refusal, match="1 Dec 2002 is still to come"):
            pay(world, world.invoice(), "1.00", on="2002-12-01")

    @pytest.mark.clause("ATSP 3.2")
    @pytest.mark.parametrize(
        ("day", "said"), [("1999-09-05", "5 Sep 1999"), ("2002-09-04", "4 Sep 2002")]
    )
    def test_a_day_before_the_invoice(self, world: MoneyWorld, day: str, said: str) -> None:
        invoice = world.invoice()
        with pytest.raises(Refusal, match=f"{said} is before Invoice INV-00001") as refused:
            pay(world, invoice, "1.00", on=day)
        assert (refused.value.field, refused.value.clause) == ("dated_on", "ATSP 3.2")
        assert "counts from 5 Sep 2002 on" in refused.value.way_out
        assert balance(invoice) == 125_000
        assert pay(world, invoice, "1.00", on="2002-09-05").amount == 1

    @pytest.mark.parametrize("who", ["reader", "payer", "engineer"])
    def test_by_anybody_but_the_contract_administrator(self, world: MoneyWorld, who: str) -> None:
        invoice, by = world.invoice(), getattr(world, who)
        with pytest.raises(Refusal, match="may not record payments"):
            record_payment(invoice, amount=Decimal(1), dated_on=AT.date(), by=by, at=AT)


class TestCreditNotes:
    def test_a_credit_note_is_set_against_an_invoice_as_far_as_it_fits(
        self, world: MoneyWorld
    ) -> None:
        invoice = world.invoice(world.charge("300.00"))
        note = world.invoice(world.charge("-500.00", ChargeKind.CREDIT))
        use_credit(invoice, note, by=world.keeper, at=AT)
        assert (balance(invoice), balance(note)) == (0, 200)
        assert due(invoice).state == "met"
        verbs = JournalEntry.objects.about(note).values_list("verb", flat=True)
        assert "invoice.credit_used" in verbs

    @pytest.mark.clause("ATSP 9.4")
    def test_a_refund_is_a_credit_note_that_is_paid_out(self, world: MoneyWorld) -> None:
        pay(world, world.invoice(), "125000.00")
        note = world.invoice(
            world.charge("-48438.36", ChargeKind.REFUND, clause="ATSP 9.4"), at=AT + 150 * DAY
        )
        assert note.clause == "ATSP 9.4"
        paid = pay(world, note, "48438.36", at=AT + 160 * DAY)
        assert paid.kind == "refund"
        assert balance(note) == 0

    @pytest.mark.clause("ATSP 9.4")
    def test_no_more_is_paid_out_than_came_in(self, world: MoneyWorld) -> None:
        invoice = world.invoice()
        note = world.invoice(world.charge("-500.00", ChargeKind.CREDIT))
        pay(world, invoice, "300.00")
        with pytest.raises(
            Refusal, match=r"has paid US\$300.00 that it did not get back"
        ) as refused:
            pay(world, note, "300.01")
        assert refused.value.field == "amount"
        pay(world, note, "200.00")
        with pytest.raises(Refusal, match=r"has paid US\$100.00"):
            pay(world, note, "100.01")
        pay(world, note, "100.00")
        use_credit(invoice, note, by=world.keeper, at=AT + DAY)
        assert balance(note) == 0, "and the way out is there"
        another = world.invoice(world.charge("-5.00", ChargeKind.CREDIT))
        with pytest.raises(
            Refusal, match=r"has paid US\$0.00"
        ):  # a credit that was used is no money
            pay(world, another, "0.01")

    def test_only_a_credit_note_of_the_same_parties(self, world: MoneyWorld) -> None:
        invoice, other = world.invoice(), world.invoice(world.charge("5.00"))
        elsewhere = make_agreement(provider=world.agreement.provider)
        theirs = add_charge(
            elsewhere,
            kind=ChargeKind.CREDIT,
            amount=Decimal("-5.00"),
            text="A credit",
            words="5.00.",
            clause="ATSP 17",
            by=None,
            at=AT,
        )
        (note,) = issue_invoices(elsewhere, charges=[theirs], by=world.keeper, at=AT)
        for refused in (other, note):
            with pytest.raises(Refusal, match="cannot be applied to"):
                use_credit(invoice, refused, by=world.keeper, at=AT)


class TestTakingBack:
    def test_a_cheque_that_bounced_is_owed_again_as_of_its_due_date(
        self, world: MoneyWorld
    ) -> None:
        invoice = world.invoice()
        payment = pay(world, invoice, "125000.00")
        take_back(payment, reason="The check bounced", by=world.keeper, at=AT + 3 * DAY)
        assert balance(invoice) == 125_000
        again = due(invoice)
        assert (again.state, again.due_at) == ("pending", invoice.due_at)
        swept(OVERDUE)
        assert due(invoice).state == "missed"
        late = pay(world, invoice, "125000.00", at=OVERDUE + DAY)
        assert balance(invoice) == 0
        take_back(late, reason="It bounced too", by=world.keeper, at=OVERDUE + 2 * DAY)
        assert (due(invoice).state, due(invoice).due_at) == ("pending", OVERDUE + 2 * DAY)

    def test_a_part_taken_back_leaves_the_promise_as_it_is(self, world: MoneyWorld) -> None:
        invoice = world.invoice()
        take_back(pay(world, invoice, "5.00"), reason="Mistyped", by=world.keeper, at=AT + DAY)
        assert Deadline.objects.about(invoice).get(kind="invoice.due").state == "pending"

    def test_a_credit_taken_back_returns_to_its_note(self, world: MoneyWorld) -> None:
        invoice = world.invoice(world.charge("300.00"))
        note = world.invoice(world.charge("-500.00", ChargeKind.CREDIT))
        used = use_credit(invoice, note, by=world.keeper, at=AT)
        take_back(used, reason="Meant for another", by=world.keeper, at=AT)
        assert (balance(invoice), balance(note)) == (300, 500)

    def test_once_and_with_a_reason(self, world: MoneyWorld) -> None:
        payment = pay(world, world.invoice(), "5.00")
        with pytest.raises(Refusal, match="needs a reason"):
            take_back(payment, reason=" ", by=world.keeper, at=AT)
        take_back(payment, reason="Twice typed", by=world.keeper, at=AT)
        with pytest.raises(Refusal, match="already"):
            take_back(payment, reason="Again", by=world.keeper, at=AT)
        with pytest.raises(Refusal, match="may not take payments back"):
            take_back(payment, reason="Again", by=world.payer, at=AT)


def test_payments_are_never_changed(world: MoneyWorld) -> None:
    payment = pay(world, world.invoice(), "5.00")
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        InvoicePayment.objects.filter(pk=payment.pk).update(amount=4)


@pytest.mark.parametrize("settled", [0, 4, 6])
def test_the_database_takes_no_other_number_for_settled_than_the_sum_of_the_payments(
    world: MoneyWorld, settled: int
) -> None:
    invoice = world.invoice()
    pay(world, invoice, "5.00")
    with pytest.raises(IntegrityError, match="the sum of its payments"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(settled=settled)
    assert balance(invoice) == invoice.total - 5


@pytest.mark.parametrize("seed", range(5))
def test_balances_never_drift_whatever_is_done_in_whatever_order(
    world: MoneyWorld, seed: int
) -> None:
    """After any acts: a charge is billed once at most, totals are sums of lines, balances are totals less payments."""
    chance = Random(seed)
    at = AT
    for _ in range(40):
        at += dt.timedelta(hours=chance.randrange(1, 60))
        waiting = list(world.agreement.charges.to_bill())
        issued = list(Invoice.objects.all())
        act = chance.choice(["charge", "charge", "issue", "pay", "pay", "credit", "back"])
        try:
            if act == "charge":
                cents = chance.randrange(-20_000, 60_000)
                kind = ChargeKind.CREDIT if cents < 0 else ChargeKind.WORK
                world.charge(f"{Decimal(cents) / 100:.2f}", kind)
            elif act == "issue" and waiting:
                world.issue(*chance.sample(waiting, chance.randrange(1, len(waiting) + 1)), at=at)
            elif act == "pay" and issued:
                pay(world, chance.choice(issued), f"{chance.randrange(1, 90_000) / 100:.2f}", at=at)
            elif act == "credit" and len(issued) > 1:
                use_credit(*chance.sample(issued, 2), by=world.keeper, at=at)
            elif act == "back" and (paid := list(InvoicePayment.objects.all())):
                take_back(chance.choice(paid), reason="Mistake", by=world.keeper, at=at)
        except Refusal:
            continue
    for invoice in Invoice.objects.all():
        lines = invoice.lines.aggregate(sum=Sum("charge__amount"))["sum"]
        assert invoice.total == lines
        settled = sum(
            payment.amount
            for payment in InvoicePayment.objects.all()
            if invoice.pk in (payment.invoice_id, payment.credit_note_id)
        )
        assert invoice.balance == invoice.amount - settled
        assert 0 <= invoice.balance <= invoice.amount
    charged = world.agreement.charges.aggregate(sum=Sum("amount"))["sum"]
    waits = world.agreement.charges.to_bill().aggregate(sum=Sum("amount"))["sum"] or 0
    billed = Invoice.objects.aggregate(sum=Sum("total"))["sum"] or 0
    assert charged == waits + billed
