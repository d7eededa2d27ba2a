"""The rows of lists of invoices: drawn in Python, as those of cases and agreements are."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe

from contracts.billing.page import InvoiceRow
from portal.templatetags.portal_ui import NOTHING, money, pill
from portal.ui.markup import joined, markup
from portal.ui.words import day

register = template.Library()

CREDIT_NOTE = mark_safe('\n<span class="text-secondary">credit note</span>')


@register.simple_tag
def invoice_rows(rows: Iterable[InvoiceRow], customer: str = "") -> SafeString:
    """The rows of a list of invoices and credit notes; `customer` is what the list
    of all calls who is billed, and names them."""
    return joined(_row(row, customer) for row in rows)


def _row(row: InvoiceRow, customer: str) -> SafeString:
    invoice = row.invoice
    return markup(
        '<tr data-keys-row id="invoice-{pk}">\n<td class="cell-lead">\n'
        '<a class="row-link" href="{url}" data-keys-open>{label}</a>{kind}\n</td>\n'
        '<td data-label="State">{state}</td>{reseller}\n'
        '<td data-label="Date" class="day">{issued}</td>\n<td data-label="Due" class="day">{due}</td>\n'
        '<td data-label="Total" class="number">{total}</td>\n'
        '<td data-label="Still open" class="number">{balance}</td>\n</tr>',
        pk=invoice.pk,
        url=invoice.get_absolute_url(),
        label=invoice.label,
        kind=CREDIT_NOTE if invoice.is_credit_note and not customer else NOTHING,
        state=joined(pill(*one) for one in row.pills),
        reseller=_reseller(row, customer) if customer else NOTHING,
        issued=day(invoice.issued_on),
        due=day(invoice.due_on) if invoice.due_on else "—",
        total=money(invoice.total, invoice.currency),
        balance=money(row.balance, invoice.currency),
    )


def _reseller(row: InvoiceRow, customer: str) -> SafeString:
    return markup(
        '\n<td data-label="{}">\n{} <span class="text-secondary">{}</span>\n</td>',
        customer,
        row.invoice.reseller_name,
        row.invoice.agreement.contract_number,
    )
