"""Disputes: a reseller questions an invoice, both sides write, and it is settled in good faith (ATSP 3.2)."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum

from contracts.billing import notices
from contracts.billing.actions.charges import LONGEST, add_charge
from contracts.billing.actions.invoices import DUE, issue_invoices
from contracts.billing.actions.payments import use_credit
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.disputes import Dispute, DisputeMessage, Outcome
from contracts.billing.models.invoices import Invoice
from contracts.billing.permissions import require_administrative, require_keeper
from contracts.billing.rules.money import money_text, round_cents
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import Deadline, DeadlineState, User
from portal.notices import outbox
from portal.rules.refusal import Refusal

_SETTLED = {
    Outcome.UPHELD: Verb.INVOICE_DISPUTE_UPHELD,
    Outcome.REJECTED: Verb.INVOICE_DISPUTE_REJECTED,
    Outcome.WITHDRAWN: Verb.INVOICE_DISPUTE_WITHDRAWN,
}


@transaction.atomic
def raise_dispute(invoice: Invoice, *, reason: str, by: User, at: dt.datetime) -> Dispute:
    """Mark an invoice as disputed, with the reason as the first letter about it.

    The due date stays, since invoices are paid without offset; reminders to the reseller pause while it is open.
    Raises Refusal unless `by` is the reseller's Administrative Contact, without a reason, for a credit note, and
    while another dispute about it is open.
    """
    require_administrative(by, invoice.agreement, act="dispute an invoice")
    locks.lock(invoice)
    if invoice.is_credit_note:
        raise Refusal(
            f"{invoice.title} asks for nothing.",
            clause=invoice.clause,
            way_out="Dispute the invoice that it is about.",
        )
    if invoice.disputes.filter(settled_at=None).exists():
        raise Refusal(
            f"{invoice.title} is disputed already.",
            clause=invoice.clause,
            way_out="Write into the dispute that is open.",
        )
    body = _said(reason, "A dispute has a reason.", invoice, field="reason")
    dispute = Dispute.objects.create(invoice=invoice, raised_at=at, raised_by=by)
    DisputeMessage.objects.create(dispute=dispute, body=body, at=at, by=by)
    _journal(dispute, Verb.INVOICE_DISPUTED, body, by=by, at=at)
    notices.disputed(dispute, body=body, at=at)
    return dispute


@transaction.atomic
def answer_dispute(dispute: Dispute, *, body: str, by: User, at: dt.datetime) -> DisputeMessage:
    """Write to the other side about an open dispute. Refused to who is no party to it, and once it is settled."""
    _party(dispute, by, "write about a dispute")
    locks.lock(dispute.invoice)
    _still_open(dispute)
    body = _said(body, "There is nothing to send.", dispute.invoice, field="body")
    message = DisputeMessage.objects.create(dispute=dispute, body=body, at=at, by=by)
    _journal(dispute, Verb.INVOICE_DISPUTE_ANSWERED, body, by=by, at=at)
    notices.answered(dispute, message=message.pk, body=body, by=by, at=at)
    return message


@transaction.atomic
def settle_dispute(
    dispute: Dispute,
    *,
    outcome: Outcome,
    body: str,
    credit: Decimal | None = None,
    line: Charge | None = None,
    by: User,
    at: dt.datetime,
) -> Dispute:
    """Settle a dispute with a last word: upheld with a credit, rejected, or withdrawn.

    An upheld one gives a credit note at once and sets it against the invoice as far as that is unpaid. `line` is the
    line that it gives back, in part or whole; without one it gives back of the invoice as a whole. After a
    rejected or withdrawn one the invoice is owed as it stands; what fell due meanwhile is told now. Raises Refusal
    unless `by` is a contract administrator (to withdraw: the Administrative Contact), without a word, once it is
    settled, and for a credit that is nothing, or more than is left of the invoice or of the line.
    """
    if outcome == Outcome.WITHDRAWN:
        require_administrative(by, dispute.invoice.agreement, act="withdraw a dispute")
    else:
        require_keeper(by, dispute.invoice.agreement, act="settle a dispute")
    invoice = dispute.invoice
    locks.lock_all([invoice.agreement, invoice])
    _still_open(dispute)
    body = _said(body, "A dispute is settled with a reason.", invoice, field="body")
    if outcome == Outcome.UPHELD:
        dispute.credit = _credit(invoice, credit, line, body, by=by, at=at)
    DisputeMessage.objects.create(dispute=dispute, body=body, at=at, by=by)
    dispute.outcome, dispute.settled_at, dispute.settled_by = outcome, at, by
    dispute.save()
    _journal(dispute, _SETTLED[outcome], body, by=by, at=at)
    notices.settled(dispute, body=body, by=by, at=at)
    if dispute.credit is not None:
        note = issue_invoices(invoice.agreement, charges=[dispute.credit], by=by, at=at)[0]
        if Invoice.objects.get(pk=invoice.pk).balance:
            use_credit(invoice, note, by=by, at=at)
    _tell_what_fell_due(invoice, at=at)
    return dispute


def _credit(
    invoice: Invoice,
    credit: Decimal | None,
    line: Charge | None,
    body: str,
    *,
    by: User,
    at: dt.datetime,
) -> Charge:
    """The charge line that an upheld dispute takes off the invoice."""
    amount = round_cents(credit or Decimal(0))
    left = invoice.total - invoice.given_back()
    if line is not None:
        left = min(left, _left_of(invoice, line))
    if not 0 < amount <= left:
        what = f"“{line.text}”" if line else invoice.title
        raise Refusal(
            f"A credit of {money_text(amount, invoice.currency)} does not fit {what}.",
            clause=invoice.clause,
            way_out=f"Give more than nothing and at most {money_text(left, invoice.currency)}.",
            field="credit",
        )
    total = money_text(line.amount if line else invoice.total, invoice.currency)
    what = f", {line.text}" if line else ""
    return add_charge(
        invoice.agreement,
        kind=ChargeKind.CREDIT,
        text=f"Credit for {invoice.label}, disputed{what}"[:LONGEST],
        words=f"{money_text(amount, invoice.currency)} of {total}: {body}",
        amount=-amount,
        clause=invoice.clause,
        reference=invoice.label,
        gives_back=line,
        by=by,
        at=at,
    )


def _left_of(invoice: Invoice, line: Charge) -> Decimal:
    """What of a line was not given back by name. Raises Refusal for a line of another document."""
    if not invoice.lines.filter(charge=line).exists():
        raise Refusal(
            f"“{line.text}” is no line of {invoice.title}.",
            clause=invoice.clause,
            way_out="Choose one of its lines, or the invoice as a whole.",
            field="line",
        )
    given = Charge.objects.filter(Q(gives_back=line) | Q(takes_back=line))
    return line.amount + (given.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))


def _tell_what_fell_due(invoice: Invoice, *, at: dt.datetime) -> None:
    """Tell the payer now of a payment that fell due while the dispute was open, if it is still owed."""
    missed = (
        Deadline.objects.about(invoice)
        .unfinished()
        .filter(kind=DUE, state=DeadlineState.MISSED)
        .soonest_first()
        .last()
    )
    if missed is None:
        return
    found = Invoice.objects.for_pages().get(pk=invoice.pk)
    readers = notices.readers_of(found, at)
    outbox.post_many([notices.overdue(found, missed, readers, to_reseller=True)], at=at)


def _party(dispute: Dispute, user: User, act: str) -> None:
    if user.is_provider:
        require_keeper(user, dispute.invoice.agreement, act=act)
    else:
        require_administrative(user, dispute.invoice.agreement, act=act)


def _still_open(dispute: Dispute) -> None:
    """Raise Refusal when it was settled, also meanwhile."""
    dispute.refresh_from_db(fields=["settled_at", "outcome"])
    if not dispute.is_open:
        raise Refusal(
            f"The dispute was {dispute.get_outcome_display()}.",
            clause=dispute.invoice.clause,
            way_out="Dispute the invoice anew if there is another reason.",
        )


def _said(text: str, otherwise: str, invoice: Invoice, *, field: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(
            otherwise, clause=invoice.clause, way_out="Write it in your own words.", field=field
        )
    return text


def _journal(dispute: Dispute, verb: Verb, body: str, *, by: User, at: dt.datetime) -> None:
    journal.record(
        dispute.invoice,
        verb,
        by=by,
        at=at,
        public=True,
        clause=dispute.invoice.clause,
        text=body,
        dispute=dispute.pk,
    )
