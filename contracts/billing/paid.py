"""What of an agreement's lines was paid and not given back, as the database has it (ATSP 3.2, 9.1, 9.4)."""

from collections import defaultdict
from decimal import Decimal

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.disputes import Dispute
from contracts.billing.models.invoices import InvoiceLine
from contracts.billing.rules.paid import Billed, Owed, paid_for


def owed_on(agreement: Agreement) -> dict[Charge, Owed]:
    """Each line that asked for money: what of it was not given back, and what of that is paid (three queries).

    Given back is what a dispute credited, what was taken back and what a termination refunded, whether its credit
    note was issued or not. A line that is not invoiced is not paid.
    """
    charges = list(agreement.charges.all())
    on_invoice = InvoiceLine.objects.filter(invoice__agreement=agreement, invoice__kind="invoice")
    lines: dict[int, list[int]] = defaultdict(list)
    settled: dict[int, Decimal] = {}
    for charge, invoice, paid in on_invoice.values_list("charge", "invoice", "invoice__settled"):
        lines[invoice].append(charge)
        settled[invoice] = paid
    disputes = Dispute.objects.filter(invoice__agreement=agreement, credit__isnull=False)
    disputed = dict(disputes.values_list("credit", "invoice"))

    asked = {one.pk: one.amount for one in charges if one.amount >= 0}
    of_line: dict[int, Decimal] = defaultdict(Decimal)
    of_invoice: dict[int, Decimal] = defaultdict(Decimal)
    besides = Decimal(0)
    for one in charges:
        line = one.takes_back_id or one.gives_back_id
        if one.amount >= 0:
            continue
        if line is not None:
            of_line[line] -= one.amount
        elif one.pk in disputed:
            of_invoice[disputed[one.pk]] -= one.amount
        else:
            besides -= one.amount

    found = paid_for(
        [
            Billed(
                {key: asked[key] for key in keys},
                settled[invoice],
                of_invoice[invoice],
                {key: of_line[key] for key in keys if key in of_line},
            )
            for invoice, keys in sorted(lines.items())
        ],
        given_besides=besides,
    )
    waiting = {
        key: Owed(max(amount - of_line[key], Decimal(0)), Decimal(0))
        for key, amount in asked.items()
        if key not in found
    }
    return {one: (found | waiting)[one.pk] for one in charges if one.pk in asked}


def price_of_cases(agreement: Agreement) -> Decimal | None:
    """What the Cases of page 1 were bought at: their fee as charged, less what of it was given back (ATSP 9.1).

    None while no fee for them was charged.
    """
    fees = [owed.amount for one, owed in owed_on(agreement).items() if one.kind == ChargeKind.CASES]
    return sum(fees, Decimal(0)) if fees else None
