"""What a termination gives back: never more than was paid and not yet given back (ATSP 9.4; D-5)."""

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db.models import Sum

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.charges import LONGEST, take_back_charge
from contracts.billing.actions.disputes import raise_dispute, settle_dispute
from contracts.billing.actions.payments import record_payment, take_back, use_credit
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.disputes import Dispute, Outcome
from contracts.billing.models.invoices import Invoice
from contracts.billing.models.payments import InvoicePayment
from contracts.ending.actions.reseller_agreements import record_reseller_agreement
from contracts.ending.actions.terminations import refunds_on, terminate_agreement
from contracts.prepaid.actions.extension import (
    PurchaseOrder,
    accept_extension,
    ask_for_extension,
    decline_extension,
    offer_of,
)
from contracts.prepaid.actions.ledger import settle
from portal.rules.refusal import Refusal
from tests.contracts.billing.world import AT, DAY, MoneyWorld, balance
from tests.contracts.factories import reserve, spend

pytestmark = pytest.mark.django_db
SPENT_AT = dt.datetime(2003, 5, 10, 19, 0, tzinfo=dt.UTC)


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


def pay(world: MoneyWorld, invoice: Invoice, amount: str, at: dt.datetime = AT) -> InvoicePayment:
    on = world.agreement.date_at(at)
    return record_payment(invoice, amount=Decimal(amount), dated_on=on, by=world.keeper, at=at)


def uphold(world: MoneyWorld, invoice: Invoice, credit: str, line: Charge | None = None) -> Dispute:
    dispute = raise_dispute(invoice, reason="Not ours.", by=world.payer, at=AT + DAY)
    return settle_dispute(
        dispute,
        outcome=Outcome.UPHELD,
        body="You are right.",
        credit=Decimal(credit),
        line=line,
        by=world.keeper,
        at=AT + DAY,
    )


def terminate(world: MoneyWorld, basis: str, at: dt.datetime) -> Agreement:
    on = world.agreement.date_at(at)
    record_reseller_agreement(
        world.agreement,
        standing="terminated",
        since=on,
        reason="Our letter.",
        by=world.keeper,
        at=at,
    )
    return terminate_agreement(
        world.agreement, on=on, basis=basis, reason="So.", by=world.keeper, at=at
    )


def given(agreement: Agreement, kind: str = ChargeKind.REFUND) -> dict[str, Decimal]:
    """What the termination gave back, by the line that it gives back of."""
    lines = agreement.charges.filter(kind=kind).exclude(gives_back=None)
    return {one.gives_back.text: -one.amount for one in lines if one.gives_back}


def extended(world: MoneyWorld) -> Charge:
    """All cases are used on 2003-05-10, and 68 more are bought for four months."""
    for pool in ("us", "emea"):
        spend(world.agreement, pool)
    order = PurchaseOrder("PO-9", "Terri Hirsch", dt.date(2003, 5, 10), Decimal("26666.68"))
    asked = ask_for_extension(world.agreement, order, by=world.payer, at=SPENT_AT)
    charge = accept_extension(asked, by=world.reader, at=SPENT_AT).charge
    assert charge is not None
    return charge


@pytest.mark.clause("ATSP 9.4", "ATSP 3.2", "D-5")
@pytest.mark.parametrize("basis", ["time", "cases"])
def test_what_a_dispute_gave_back_is_not_given_back_again(world: MoneyWorld, basis: str) -> None:
    invoice = world.invoice()
    pay(world, invoice, "125000.00")
    uphold(world, invoice, "125000.00")
    both = refunds_on(world.agreement, world.agreement.date_at(AT + 2 * DAY))
    assert [refund.lines for refund in both] == [(), ()]
    ended = terminate(world, basis, AT + 2 * DAY)
    assert given(ended) == given(ended, ChargeKind.CREDIT) == {}
    assert ended.charges.aggregate(sum=Sum("amount"))["sum"] == 0


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_after_a_dispute_about_a_line_the_rest_is_prorated(world: MoneyWorld) -> None:
    invoice = world.invoice()
    pay(world, invoice, "125000.00")
    psam = world.agreement.charges.get(kind=ChargeKind.OPTION)
    uphold(world, invoice, "22500.00", psam)
    ended = terminate(world, "time", dt.datetime(2003, 5, 10, 19, 0, tzinfo=dt.UTC))
    assert given(ended) == {
        "ATSP Level II": Decimal("25424.66"),  # 80,000 for 116 of 365 days
        psam.text: Decimal("7150.68"),  # 22,500 for 116 of 365 days
    }


@pytest.mark.clause("ATSP 9.4", "ATSP 9.1", "D-5", "D-47")
def test_used_cases_give_nothing_back_and_those_of_an_extension_their_own_price(
    world: MoneyWorld,
) -> None:
    pay(world, world.invoice(), "125000.00")
    pay(world, world.invoice(extended(world), at=SPENT_AT), "26666.68", SPENT_AT)
    _, by_cases = refunds_on(world.agreement, dt.date(2003, 5, 10))
    lines = {line.text: (line.amount, line.words) for line in by_cases.lines}
    assert lines["ATSP Level II"][0] == 0
    assert lines["Extension of 4 months"] == (
        Decimal("26666.68"),
        "US$26,666.68 for 68 unused of 68 cases: US$26,666.68.",
    )
    reserve(world.agreement, "US", reference="100001", by=None, at=SPENT_AT)
    settle("100001", charged=True, clause="ATSP 2.3", by=None, at=SPENT_AT)
    ended = terminate(world, "cases", SPENT_AT)
    assert given(ended)["Extension of 4 months"] == Decimal("26274.52")  # 67 of 68
    assert "ATSP Level II" not in given(ended)


@pytest.mark.clause("ATSP 9.4", "ATSP 9.1", "D-5", "D-47")
def test_of_two_extensions_the_later_ones_cases_are_those_unused(world: MoneyWorld) -> None:
    first, later = extended(world), SPENT_AT + 30 * DAY
    for pool in ("us", "emea"):
        spend(world.agreement, pool)
    offer = offer_of(world.agreement, later)
    assert offer is not None
    order = PurchaseOrder("PO-10", "Terri Hirsch", dt.date(2003, 6, 9), offer.total)
    asked = ask_for_extension(world.agreement, order, by=world.payer, at=later)
    second = accept_extension(asked, by=world.reader, at=later).charge
    _, by_cases = refunds_on(world.agreement, dt.date(2003, 6, 9))
    given_back = {line.key: line.amount + line.let_off for line in by_cases.lines}
    assert second is not None
    assert (given_back[first.pk], given_back[second.pk]) == (0, offer.total)


@pytest.mark.clause("ATSP 9.4", "ATSP 9.1", "D-5")
def test_an_extension_that_was_declined_brought_no_cases(world: MoneyWorld) -> None:
    spend(world.agreement, "emea")
    spend(world.agreement, "us", left=1)
    reserve(world.agreement, "US", reference="100001", by=None, at=SPENT_AT)
    order = PurchaseOrder("PO-9", "Terri Hirsch", dt.date(2003, 5, 10), Decimal("26666.68"))
    asked = ask_for_extension(world.agreement, order, by=world.payer, at=SPENT_AT)
    decline_extension(asked, by=world.reader, at=SPENT_AT, reason="Too late.")
    settle("100001", charged=False, clause="ATSP 2.3", by=None, at=SPENT_AT)
    _, by_cases = refunds_on(world.agreement, dt.date(2003, 5, 10))
    [fee] = [line for line in by_cases.lines if line.text == "ATSP Level II"]
    assert "for 1 unused of 200 cases" in fee.words


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_the_longest_line_is_given_back_too(world: MoneyWorld) -> None:
    text = "x" * LONGEST
    world.charge("365.00", ChargeKind.CONTACT, text=text, clause="ATSP 2.1")
    ended = terminate(world, "time", AT + 2 * DAY)
    assert given(ended, ChargeKind.CREDIT)[text] > 0


@pytest.mark.clause("ATSP 9.4", "ATSP 9.1", "D-5")
def test_by_time_an_extension_is_for_the_days_from_its_own(world: MoneyWorld) -> None:
    pay(world, world.invoice(), "125000.00")
    pay(world, world.invoice(extended(world), at=SPENT_AT), "26666.68", SPENT_AT)
    ended = terminate(world, "time", SPENT_AT + 58 * DAY)  # 7 July: 58 of 116 days are left
    assert given(ended)["Extension of 4 months"] == Decimal("13333.34")


@pytest.mark.clause("ATSP 9.4", "ATSP 2.1", "D-5")
def test_the_fee_of_a_contact_is_given_back_for_the_days_that_remain(world: MoneyWorld) -> None:
    contact = world.charge(
        "365.00", ChargeKind.CONTACT, text="Contact beyond the slots: Ann", clause="ATSP 2.1"
    )
    pay(world, world.invoice(), "125365.00")
    for basis in refunds_on(world.agreement, dt.date(2003, 5, 10)):
        line = next(one for one in basis.lines if one.key == contact.pk)
        assert line.words.startswith("US$365.00 for 116 of 363 days")
        assert line.amount == Decimal("116.64")


@pytest.mark.clause("ATSP 9.4", "ATSP 9.5", "D-5")
def test_of_an_unpaid_fee_nothing_is_given_back_and_the_unused_part_is_not_owed(
    world: MoneyWorld,
) -> None:
    invoice = world.invoice()
    ended = terminate(world, "cases", AT + 2 * DAY)
    assert given(ended) == {}
    assert given(ended, ChargeKind.CREDIT)["ATSP Level II"] == 80_000
    note = Invoice.objects.get(kind="credit_note")
    assert balance(note) == 0, "set against the invoice at once, never to be paid out"
    assert balance(invoice) == 125_000 + note.total == Decimal("493.15")


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_of_work_and_taxes_nothing_is_given_back(world: MoneyWorld) -> None:
    work = world.charge("1600.00")
    tax = world.charge("82.50", ChargeKind.TAX, text="Sales tax")
    invoice = world.invoice(work, tax)
    pay(world, invoice, "1682.50")
    ended = terminate(world, "time", AT + 2 * DAY)
    assert not ended.charges.filter(gives_back__in=[work, tax]).exists()


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_of_a_fee_paid_in_part_the_reseller_pays_what_was_used(world: MoneyWorld) -> None:
    invoice = world.invoice()
    pay(world, invoice, "50000.00")
    ended = terminate(world, "cases", AT + 2 * DAY)
    refunded, let_off = given(ended), given(ended, ChargeKind.CREDIT)
    assert refunded["ATSP Level II"] == 32_000  # of 50,000 as 80 to 45
    assert let_off["ATSP Level II"] == 48_000
    owed = balance(invoice) - sum(refunded.values())
    assert 50_000 + owed == Decimal("493.15")


@pytest.mark.clause("ATSP 9.4", "D-5")
def test_of_a_line_that_is_not_invoiced_the_unused_part_is_credited_beside_it(
    world: MoneyWorld,
) -> None:
    ended = terminate(world, "cases", AT + 2 * DAY)
    assert given(ended) == {}
    waits = ended.charges.to_bill().aggregate(sum=Sum("amount"))["sum"]
    assert waits == Decimal("493.15")
    line = ended.charges.get(kind=ChargeKind.CASES)
    with pytest.raises(Refusal, match="was given back already"):
        take_back_charge(line, reason="Again.", by=world.keeper, at=AT + 3 * DAY)


@pytest.mark.clause("ATSP 9.4", "ATSP 3.2", "D-5")
@pytest.mark.parametrize("paid_out", [False, True])
def test_a_payment_that_bounces_after_the_refund_leaves_the_used_part_to_be_paid(
    world: MoneyWorld, paid_out: bool
) -> None:
    invoice = world.invoice()
    payment = pay(world, invoice, str(invoice.total))
    at = AT + 30 * DAY
    terminate(world, "time", at)
    note = world.invoice(at=at)
    if paid_out:
        pay(world, note, str(-note.total), at)
    take_back(payment, reason="The check bounced.", by=world.keeper, at=at + DAY)
    assert balance(invoice) == invoice.total, "it is owed again"
    if paid_out:
        held = -note.total
    else:
        with pytest.raises(Refusal, match="cannot be paid"):
            pay(world, note, "0.01", at + DAY)
        use_credit(invoice, note, by=world.keeper, at=at + DAY)
        held = Decimal(0)
    used = invoice.total + note.total
    assert balance(invoice) - held == used, "net, what was used"


@pytest.mark.clause("ATSP 9.4", "ATSP 3.2")
def test_what_a_termination_gave_back_is_not_given_back_again_by_a_dispute(
    world: MoneyWorld,
) -> None:
    invoice = world.invoice()
    pay(world, invoice, "125000.00")
    terminate(world, "cases", AT + 2 * DAY)
    assert Invoice.objects.get(pk=invoice.pk).given_back() == Decimal("124506.85")
    with pytest.raises(Refusal, match="does not fit") as refused:
        uphold(world, invoice, "493.16")
    assert "at most US$493.15" in refused.value.way_out
    line = world.agreement.charges.get(kind=ChargeKind.OPTION)
    with pytest.raises(Refusal, match="was given back already"):
        take_back_charge(line, reason="Again.", by=world.keeper, at=AT + 3 * DAY)


@pytest.mark.clause("ATSP 3.2")
def test_a_line_is_not_given_back_twice_by_name(world: MoneyWorld) -> None:
    invoice = world.invoice()
    psam = world.agreement.charges.get(kind=ChargeKind.OPTION)
    uphold(world, invoice, "40000.00", psam)
    with pytest.raises(Refusal, match="does not fit “2 × PSAM") as refused:
        uphold(world, invoice, "5000.01", psam)
    assert "at most US$5,000.00" in refused.value.way_out
    stranger = world.charge("5.00")
    with pytest.raises(Refusal, match="is no line of") as refused:
        settle_dispute(
            Dispute.objects.get(settled_at=None),
            outcome=Outcome.UPHELD,
            body="Yes.",
            credit=Decimal(5),
            line=stranger,
            by=world.keeper,
            at=AT + DAY,
        )
    assert refused.value.field == "line"


@pytest.mark.clause("ATSP 9.4", "D-5")
@pytest.mark.parametrize("seed", range(8))
def test_whatever_happened_before_no_more_is_given_back_than_was_paid(
    world: MoneyWorld, seed: int
) -> None:
    """Random payments, disputes, lines taken back, credits used: then the termination."""
    chance = Random(seed)
    at = AT
    for _ in range(25):
        at += dt.timedelta(hours=chance.randrange(1, 60))
        act = chance.choice(["issue", "pay", "pay", "dispute", "back", "bounce", "use", "charge"])
        waiting, issued = list(world.agreement.charges.to_bill()), list(Invoice.objects.all())
        try:
            if act == "issue" and waiting:
                world.issue(*chance.sample(waiting, chance.randrange(1, len(waiting) + 1)), at=at)
            elif act == "pay" and issued:
                pay(world, chance.choice(issued), f"{chance.randrange(1, 9_000_000) / 100:.2f}", at)
            elif act == "dispute" and issued:
                uphold(world, chance.choice(issued), f"{chance.randrange(1, 4_000_000) / 100:.2f}")
            elif act == "back":
                line = chance.choice(list(world.agreement.charges.all()))
                take_back_charge(line, reason="Mistake", by=world.keeper, at=at)
            elif act == "bounce" and (rows := list(InvoicePayment.objects.all())):
                take_back(chance.choice(rows), reason="Bounced", by=world.keeper, at=at)
            elif act == "use" and len(issued) > 1:
                use_credit(*chance.sample(issued, 2), by=world.keeper, at=at)
            elif act == "charge":
                world.charge("730.00", chance.choice([ChargeKind.CONTACT, ChargeKind.WORK]), at=at)
        except Refusal:
            continue
    rows = InvoicePayment.objects.filter(credit_note=None)
    came = sum_of(rows.filter(invoice__kind="invoice"), "amount")
    went = sum_of(rows.filter(invoice__kind="credit_note"), "amount")
    notes = sum_of(Invoice.objects.filter(kind="credit_note"), "balance")
    credits = -sum_of(world.agreement.charges.to_bill().filter(amount__lt=0), "amount")

    ended = terminate(world, chance.choice(["time", "cases"]), at + DAY)

    refunded = sum(given(ended).values(), Decimal(0))
    assert 0 <= refunded <= max(came - went - notes - credits, 0)
    assert sum_of(ended.charges, "amount") >= 0, "no more is given back than was asked for"


def sum_of(rows: Any, field: str) -> Decimal:
    return Decimal(rows.aggregate(sum=Sum(field))["sum"] or 0)
