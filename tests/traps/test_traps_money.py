"""The traps of invoicing that peers fell into."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import AgreementState, EndCause
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.invoices import Invoice
from portal.models import Deadline, Notice
from portal.rules.refusal import Refusal
from tests.contracts.billing.world import AT, DAY, MoneyWorld, swept

ENDED = dt.date(2003, 2, 1)


@pytest.fixture
def world(db: None) -> MoneyWorld:
    """An agreement that was terminated with effect from 2003-02-01, its first year invoiced."""
    made = MoneyWorld()
    made.invoice()
    made.charge("2500.00", text="Before", incurred_on=ENDED - DAY)
    made.charge("2500.00", text="After", incurred_on=ENDED)
    agreement = made.agreement
    agreement.state, agreement.end_cause = AgreementState.ENDED, EndCause.TERMINATED
    agreement.ended_on = ENDED
    agreement.save()
    return made


@pytest.mark.trap(24)
@pytest.mark.clause("ATSP 9.4", "ATSP 9.5")
def test_charges_after_the_end_are_not_invoiced(world: MoneyWorld) -> None:
    later = AT + 300 * DAY
    before, after = Charge.objects.get(text="Before"), Charge.objects.get(text="After")
    with pytest.raises(Refusal, match="after the agreement ended") as refused:
        world.issue(before, after, at=later)
    assert "1 Feb 2003" in refused.value.sentence
    assert world.invoice(before, at=later).total == 2500, "what was incurred before still is"
    refund = world.charge("-100.00", ChargeKind.REFUND, clause="ATSP 9.4", incurred_on=ENDED)
    assert world.invoice(refund, at=later).total == -100, "and what is given back"


@pytest.mark.trap(24)
@pytest.mark.clause("ATSP 9.4")
def test_no_invoice_comes_by_itself_once_the_agreement_ended(world: MoneyWorld) -> None:
    """No job makes invoices: nothing pends that could, and a sweep years later has made none."""
    before = set(Invoice.objects.values_list("pk", flat=True))
    kinds = set(Deadline.objects.filter(state="pending").values_list("kind", flat=True))
    assert {kind for kind in kinds if kind.startswith("invoice.")} <= {
        "invoice.due",
        "invoice.reminder",
    }
    for years in range(1, 4):
        swept(AT + years * 365 * DAY)
    assert set(Invoice.objects.values_list("pk", flat=True)) == before
    issued = Notice.objects.filter(template="invoice_issued").values_list("subject_id", flat=True)
    assert set(issued) == before


@pytest.mark.trap(24)
def test_the_last_invoice_is_derived_from_its_lines(
    world: MoneyWorld,
) -> None:
    """No last-invoiced date can go wrong: a line is billed when it is on an invoice, and only once."""
    assert not [
        field.name
        for model in (type(world.agreement), Charge)
        for field in model._meta.get_fields()
        if "invoiced" in field.name
    ]
    line = Charge.objects.get(text="Before")
    world.invoice(line, at=AT + 300 * DAY)
    with pytest.raises(Refusal, match="already billed"):
        world.issue(line, at=AT + 301 * DAY)
    assert [one.text for one in world.agreement.charges.to_bill()] == ["After"]
