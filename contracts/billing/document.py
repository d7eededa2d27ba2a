"""An invoice as paper: the words that its PDF sets (templates/documents/invoice.typ)."""

from typing import Any

from contracts.billing.models.invoices import Invoice
from contracts.billing.rules.money import money_text
from portal import documents

_SAID = {
    "invoice": (
        "Please quote the invoice number with your payment. A dispute is notified promptly to the address above, or in "
        "the portal; the parties resolve it in good faith (ATSP 3.2). Taxes are in addition (ATSP 13.1)."
    ),
    "credit_note": (
        "This credit is set against invoices that are open, or paid to you. It is no payment by you, "
        "and nothing is to be done."
    ),
}


def invoice_pdf(invoice: Invoice) -> bytes:
    """The PDF of an invoice or credit note, made of what never changes. What was issued is kept (`invoice_paper`)."""
    return documents.pdf("invoice", paper(invoice))


def paper(invoice: Invoice) -> dict[str, Any]:
    """The words of the paper, by their places. Nothing in them depends on what was paid since."""
    agreement = invoice.agreement
    lines = invoice.lines.select_related("charge").order_by("position")
    return {
        "kind": invoice.get_kind_display().capitalize(),
        "number": invoice.label,
        "date": [invoice.issued_on.year, invoice.issued_on.month, invoice.issued_on.day],
        "from": [invoice.provider_name, *invoice.provider_address.splitlines()],
        "to": [invoice.reseller_name, *invoice.reseller_address.splitlines()],
        "attention": invoice.attention,
        "facts": [
            (label, value)
            for label, value in (
                ("Date", _day(invoice.issued_on)),
                ("Due", _due(invoice)),
                ("Agreement", f"{agreement.programme.title}, {agreement.contract_number}"),
                ("Purchase order", invoice.purchase_orders),
                ("Currency", invoice.currency),
            )
            if value
        ],
        "lines": [
            {
                "position": str(line.position),
                "text": line.charge.text,
                "words": line.charge.words,
                "clause": line.charge.clause,
                "day": _day(line.charge.incurred_on),
                "amount": money_text(line.charge.amount, invoice.currency),
            }
            for line in lines
        ],
        "total_label": "Total credit" if invoice.is_credit_note else "Total due",
        "total": money_text(invoice.amount, invoice.currency),
        "terms": invoice.words,
        "said": _SAID[invoice.kind],
    }


def _day(day: Any) -> str:
    return f"{day:%-d %B %Y}" if day else ""


def _due(invoice: Invoice) -> str:
    if invoice.due_on is None:
        return ""
    receipt = " (upon receipt)" if invoice.terms == "on_receipt" else ""
    return f"{_day(invoice.due_on)}{receipt}"
