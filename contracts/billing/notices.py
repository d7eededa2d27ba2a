"""Notices about invoices, to the reseller's Administrative Contact and to the provider's bookkeepers (ATSP 3.2)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from contracts.agreements.models.options import AgreementOption
from contracts.billing.models.disputes import Dispute
from contracts.billing.models.invoices import MONEY_READERS, Invoice
from contracts.billing.models.payments import InvoicePayment
from contracts.billing.rules.money import money_text
from contracts.parties.people import Staff
from contracts.parties.presence import written_to
from contracts.roster.models.entries import RosterEntry, RosterRole
from portal.alarms import raise_alarm
from portal.deadlines import Due
from portal.models import User
from portal.notices import outbox
from portal.notices.outbox import NoticeDraft, Recipient
from portal.ui.words import day as day_words


class Readers:
    """Whom to tell about some resellers' money at an instant, for two queries however many there are."""

    def __init__(self, resellers: Iterable[int], at: dt.datetime) -> None:
        self._payers: dict[int, list[Recipient]] = {}
        entries = (
            RosterEntry.objects.current(at)
            .filter(agreement__reseller__in=set(resellers), standing=RosterRole.ADMINISTRATIVE)
            .select_related("contact__user", "agreement")
            .order_by("contact_id", "pk")
        )
        seen: set[int] = set()
        for entry in entries:
            contact = entry.contact
            who = written_to(contact)
            if contact.pk in seen or who is None:
                continue
            seen.add(contact.pk)
            self._payers.setdefault(entry.agreement.reseller_id, []).append(who)
        self._staff = Staff(*MONEY_READERS, at=at)

    def of_reseller(self, reseller: int) -> list[Recipient]:
        """A reseller's Administrative Contact, if Exhibit A names one with an address."""
        return self._payers.get(reseller, [])

    def keepers(self, invoice: Invoice) -> list[User]:
        """Those who keep the books of the invoice's provider."""
        return self._staff.of(invoice.agreement)

    def payers(self, invoice: Invoice) -> list[Recipient]:
        """The Administrative Contact of the invoice's reseller; nobody when Exhibit A names none with an address."""
        return self.of_reseller(invoice.agreement.reseller_id)


def readers_of(invoice: Invoice, at: dt.datetime) -> Readers:
    """Whom to tell about one invoice."""
    return Readers([invoice.agreement.reseller_id], at)


def invoice_context(invoice: Invoice, **more: Any) -> dict[str, Any]:
    """What every message about an invoice may use: plain values only, since they are kept with the notice."""
    return {
        "invoice": invoice.title,
        "total": money_text(invoice.amount, invoice.currency),
        "reseller": invoice.reseller_name,
        "contract": invoice.agreement.contract_number,
        "issued_on": day_words(invoice.issued_on),
        "due_on": day_words(invoice.due_on) if invoice.due_on else "",
        "purchase_orders": invoice.purchase_orders,
        **more,
    }


def owed(invoice: Invoice, balance: Any) -> dict[str, Any]:
    """What is due of an invoice, by whom, by when, for a message's facts."""
    return {
        "due": f"{money_text(balance, invoice.currency)}, without offset",
        "by_whom": invoice.reseller_name,
        "due_at": invoice.due_at,
        "action": "See the invoice",
    }


def issued(invoice: Invoice, *, at: dt.datetime) -> None:
    """Send the Administrative Contact a new invoice or credit note; raise an alarm when there is nobody."""
    payers = readers_of(invoice, at).payers(invoice)
    if not payers:
        raise_alarm(
            invoice,
            "invoice-nobody",
            f"{invoice.title} of {invoice.reseller_name} reached nobody: the roster names no Administrative "
            "Contact who can be written to. Send it by post.",
            at=at,
            url=invoice.get_absolute_url(),
        )
        return
    facts = {} if invoice.is_credit_note or not invoice.total else owed(invoice, invoice.total)
    _post(
        invoice,
        "issued",
        payers,
        "invoice_issued",
        f"{invoice.title} of {money_text(invoice.amount, invoice.currency)}",
        at,
        credit=invoice.is_credit_note,
        words=invoice.words,
        **facts,
    )


def paid(invoice: Invoice, payment: InvoicePayment, *, at: dt.datetime) -> None:
    """Tell the Administrative Contact that the invoice is settled in full."""
    _post(
        invoice,
        f"paid:{payment.pk}",
        readers_of(invoice, at).payers(invoice),
        "invoice_paid",
        f"{invoice.title} is settled",
        at,
        credit=invoice.is_credit_note,
        reference=payment.reference,
    )


def reminder(invoice: Invoice, deadline: Due, readers: Readers) -> NoticeDraft:
    """The notice that an invoice falls due soon."""
    return NoticeDraft(
        subject=invoice,
        step=f"reminder:{deadline.pk}",
        to=readers.payers(invoice),
        template="invoice_reminder",
        title=f"{invoice.title} is due on {_day(invoice.due_on)}",
        context=invoice_context(invoice, **owed(invoice, invoice.balance)),
        url=invoice.get_absolute_url(),
        clause=invoice.clause,
        late=deadline.late,
    )


def overdue(invoice: Invoice, deadline: Due, readers: Readers, *, to_reseller: bool) -> NoticeDraft:
    """The notice that an invoice was not paid in time: to the provider's people, and `to_reseller` or not."""
    payers = readers.payers(invoice) if to_reseller else []
    return NoticeDraft(
        subject=invoice,
        step=f"overdue:{deadline.pk}",
        to=[*payers, *readers.keepers(invoice)],
        template="invoice_overdue",
        title=f"{invoice.title} of {invoice.reseller_name} is overdue",
        context=invoice_context(
            invoice,
            disputed=not to_reseller,
            nobody=not readers.payers(invoice),
            **owed(invoice, invoice.balance),
        ),
        url=invoice.get_absolute_url(),
        clause=invoice.clause,
        late=deadline.late,
    )


def disputed(dispute: Dispute, *, body: str, at: dt.datetime) -> None:
    """Tell who keeps the books that an invoice is disputed, and why."""
    _of_dispute(
        dispute,
        "raised",
        readers_of(dispute.invoice, at).keepers(dispute.invoice),
        f"{dispute.invoice.title} of {dispute.invoice.reseller_name} is disputed",
        at,
        body=body,
        author=dispute.raised_by.name,
        due="An answer in good faith, in a timely fashion",
        by_whom="the contract administrator",
    )


def answered(dispute: Dispute, *, message: int, body: str, by: User, at: dt.datetime) -> None:
    """Tell the other side what was written about a dispute."""
    readers = readers_of(dispute.invoice, at)
    to = readers.payers(dispute.invoice) if by.is_provider else readers.keepers(dispute.invoice)
    _of_dispute(
        dispute,
        f"message:{message}",
        to,
        f"{dispute.invoice.title}: {by.name} wrote about the dispute",
        at,
        body=body,
        author=by.name,
    )


def settled(dispute: Dispute, *, body: str, by: User, at: dt.datetime) -> None:
    """Tell both sides how a dispute was settled, but for who settled it."""
    readers = readers_of(dispute.invoice, at)
    everybody = [*readers.payers(dispute.invoice), *readers.keepers(dispute.invoice)]
    _of_dispute(
        dispute,
        "settled",
        [one for one in everybody if one != by],
        f"{dispute.invoice.title}: the dispute was {dispute.get_outcome_display()}",
        at,
        body=body,
        author=by.name,
        outcome=dispute.get_outcome_display(),
    )


def option_taken(
    option: AgreementOption, *, words: str, clause: str, url: str, at: dt.datetime
) -> None:
    """Tell the Administrative Contact that an option was taken, from which day and at what fee (ATSP page 1)."""
    agreement = option.agreement
    readers = Readers([agreement.reseller_id], at)
    outbox.post(
        agreement,
        f"option:{option.pk}",
        to=readers.of_reseller(agreement.reseller_id),
        template="option_taken",
        title=f"{option.words} from {_day(option.taken_on)}",
        at=at,
        context={
            "option": option.words,
            "fee": money_text(option.fee, agreement.programme.currency),
            "words": words,
            "reseller": agreement.reseller.name,
            "contract": agreement.contract_number,
            "action": "See your options",
        },
        url=url,
        clause=clause,
    )


def _of_dispute(
    dispute: Dispute, step: str, to: Iterable[Any], title: str, at: dt.datetime, **more: Any
) -> None:
    _post(
        dispute.invoice,
        f"dispute:{dispute.pk}:{step}",
        list(to),
        "invoice_dispute",
        title,
        at,
        action="See the dispute",
        **more,
    )


def _post(
    invoice: Invoice,
    step: str,
    to: list[Any],
    template: str,
    title: str,
    at: dt.datetime,
    **more: Any,
) -> None:
    outbox.post(
        invoice,
        step,
        to=to,
        template=template,
        title=title,
        at=at,
        context=invoice_context(invoice, **more),
        url=invoice.get_absolute_url(),
        clause=invoice.clause,
    )


def _day(day: dt.date | None) -> str:
    return f"{day:%-d %b %Y}" if day else ""
