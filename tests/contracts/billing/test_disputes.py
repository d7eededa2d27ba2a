"""Disputes: raised promptly, answered, settled in good faith (ATSP 3.2)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import InternalError, transaction

from contracts.billing.actions.disputes import answer_dispute, raise_dispute, settle_dispute
from contracts.billing.actions.payments import record_payment
from contracts.billing.models.disputes import Dispute, Outcome
from contracts.billing.models.invoices import Invoice
from portal.models import Deadline, JournalEntry, Notice
from portal.rules.refusal import Refusal
from tests.contracts.billing.world import AT, DAY, MoneyWorld, balance, swept

pytestmark = pytest.mark.django_db
REASON = "We took one PSAM, not two."
OVERDUE = dt.datetime(2002, 10, 6, 7, 0, 1, tzinfo=dt.UTC)


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


@pytest.fixture
def invoice(world: MoneyWorld) -> Invoice:
    return world.invoice()


@pytest.fixture
def dispute(world: MoneyWorld, invoice: Invoice) -> Dispute:
    return raise_dispute(invoice, reason=REASON, by=world.payer, at=AT + DAY)


def told(invoice: Invoice, template: str) -> set[str]:
    found = Notice.objects.about(invoice).filter(template=template, channel="email")
    return {one.recipient.email for one in found if one.recipient}


@pytest.mark.clause("ATSP 3.2")
def test_a_dispute_is_marked_and_both_sides_write(
    world: MoneyWorld, invoice: Invoice, dispute: Dispute
) -> None:
    assert Invoice.objects.with_dispute().get(pk=invoice.pk).disputed
    assert told(invoice, "invoice_dispute") == {world.keeper.email, world.reader.email}
    answer_dispute(dispute, body="Page 1 has two.", by=world.keeper, at=AT + 2 * DAY)
    assert world.payer.email in told(invoice, "invoice_dispute")
    answer_dispute(dispute, body="Ours has one.", by=world.payer, at=AT + 3 * DAY)
    assert [one.body for one in dispute.messages.all()] == [
        REASON,
        "Page 1 has two.",
        "Ours has one.",
    ]
    entry = JournalEntry.objects.about(invoice).get(verb="invoice.disputed")
    assert (entry.text, entry.clause) == (REASON, "ATSP 3.2")


@pytest.mark.clause("ATSP 3.2")
def test_upheld_it_gives_a_credit_note_that_is_set_against_the_invoice(
    world: MoneyWorld, invoice: Invoice, dispute: Dispute
) -> None:
    settle_dispute(
        dispute,
        outcome=Outcome.UPHELD,
        body="One PSAM too many.",
        credit=Decimal("22500.00"),
        by=world.keeper,
        at=AT + 4 * DAY,
    )
    assert balance(invoice) == 102_500
    note = Invoice.objects.get(kind="credit_note")
    assert (note.total, balance(note)) == (Decimal(-22_500), 0)
    line = note.lines.get().charge
    assert (line.clause, line.reference) == ("ATSP 3.2", invoice.label)
    assert line.words == "US$22,500.00 of US$125,000.00: One PSAM too many."
    dispute.refresh_from_db()
    assert (dispute.outcome, dispute.credit) == ("upheld", line)
    assert not Invoice.objects.with_dispute().get(pk=invoice.pk).disputed


def test_upheld_in_full_nothing_is_owed(
    world: MoneyWorld, invoice: Invoice, dispute: Dispute
) -> None:
    settle_dispute(
        dispute,
        outcome=Outcome.UPHELD,
        body="Withdrawn by us.",
        credit=invoice.total,
        by=world.keeper,
        at=AT + 4 * DAY,
    )
    assert balance(invoice) == 0
    assert Deadline.objects.about(invoice).get(kind="invoice.due").state == "met"


def test_upheld_after_it_was_paid_the_credit_waits_to_be_used(
    world: MoneyWorld, invoice: Invoice, dispute: Dispute
) -> None:
    record_payment(
        invoice, amount=invoice.total, dated_on=AT.date(), by=world.keeper, at=AT + 2 * DAY
    )
    settle_dispute(
        dispute,
        outcome=Outcome.UPHELD,
        body="You are right.",
        credit=Decimal(100),
        by=world.keeper,
        at=AT + 4 * DAY,
    )
    assert balance(Invoice.objects.get(kind="credit_note")) == 100


@pytest.mark.clause("ATSP 3.2")
def test_while_it_is_open_the_payer_is_not_reminded_and_the_due_date_stays(
    world: MoneyWorld, invoice: Invoice, dispute: Dispute
) -> None:
    swept(OVERDUE)
    assert not told(invoice, "invoice_reminder")
    assert told(invoice, "invoice_overdue") == {world.keeper.email, world.reader.email}
    assert Deadline.objects.about(invoice).get(kind="invoice.due").state == "missed"
    entry = JournalEntry.objects.about(invoice).get(verb="invoice.overdue")
    assert "it is disputed" in entry.text
    settle_dispute(
        dispute, outcome=Outcome.REJECTED, body="Page 1.", by=world.keeper, at=OVERDUE + DAY
    )
    assert world.payer.email in told(invoice, "invoice_overdue"), "now they are"
    assert balance(invoice) == invoice.total


def test_the_administrative_contact_withdraws(
    world: MoneyWorld, invoice: Invoice, dispute: Dispute
) -> None:
    with pytest.raises(Refusal, match="may not withdraw"):
        settle_dispute(dispute, outcome=Outcome.WITHDRAWN, body="No", by=world.keeper, at=AT)
    settle_dispute(
        dispute, outcome=Outcome.WITHDRAWN, body="We found it.", by=world.payer, at=AT + 2 * DAY
    )
    raise_dispute(invoice, reason="Another thing.", by=world.payer, at=AT + 3 * DAY)
    assert invoice.disputes.count() == 2


class TestRefused:
    @pytest.mark.parametrize("who", ["keeper", "reader", "engineer"])
    def test_a_dispute_by_the_provider(self, world: MoneyWorld, invoice: Invoice, who: str) -> None:
        with pytest.raises(Refusal, match="reseller's Administrative Contact"):
            raise_dispute(invoice, reason=REASON, by=getattr(world, who), at=AT)

    @pytest.mark.clause("ATSP 1.1")
    def test_a_dispute_by_a_technical_contact(self, world: MoneyWorld, invoice: Invoice) -> None:
        entry = world.agreement.roster.filter(standing="technical").exclude(
            contact__user__in=[world.payer]
        )
        contact = entry.exclude(contact__user=None).first()
        assert contact is not None
        with pytest.raises(Refusal, match="Administrative Contact"):
            raise_dispute(invoice, reason=REASON, by=contact.contact.user, at=AT)

    def test_a_second_dispute_an_empty_one_and_one_of_a_credit_note(
        self, world: MoneyWorld, invoice: Invoice, dispute: Dispute
    ) -> None:
        with pytest.raises(Refusal, match="disputed already"):
            raise_dispute(invoice, reason="More.", by=world.payer, at=AT)
        other = world.invoice(world.charge("5.00"))
        with pytest.raises(Refusal, match="has a reason") as refused:
            raise_dispute(other, reason="  ", by=world.payer, at=AT)
        assert refused.value.field == "reason"
        note = world.invoice(world.charge("-5.00", "credit"))
        with pytest.raises(Refusal, match="asks for nothing"):
            raise_dispute(note, reason="Hm.", by=world.payer, at=AT)

    @pytest.mark.parametrize("credit", [None, Decimal(0), Decimal("125000.01")])
    def test_a_credit_that_does_not_fit(
        self, world: MoneyWorld, dispute: Dispute, credit: Decimal | None
    ) -> None:
        with pytest.raises(Refusal, match="does not fit") as refused:
            settle_dispute(
                dispute, outcome=Outcome.UPHELD, body="Yes", credit=credit, by=world.keeper, at=AT
            )
        assert refused.value.field == "credit"

    def test_what_is_settled(self, world: MoneyWorld, dispute: Dispute) -> None:
        settle_dispute(dispute, outcome=Outcome.REJECTED, body="No.", by=world.keeper, at=AT)
        with pytest.raises(Refusal, match="was rejected"):
            answer_dispute(dispute, body="But", by=world.payer, at=AT)
        with pytest.raises(InternalError, match="settled_stays"), transaction.atomic():
            Dispute.objects.filter(pk=dispute.pk).update(outcome="withdrawn")

    def test_letters_of_strangers(self, world: MoneyWorld, dispute: Dispute) -> None:
        with pytest.raises(Refusal, match="may not write"):
            answer_dispute(dispute, body="Hello", by=world.engineer, at=AT)
        with pytest.raises(Refusal, match="may not write"):
            answer_dispute(dispute, body="Hello", by=world.reader, at=AT)
        with pytest.raises(Refusal, match="nothing to send"):
            answer_dispute(dispute, body=" ", by=world.payer, at=AT)
