"""Where an agreement stands, and the rows of the list of agreements: drawn in Python, as those of cases are."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from contracts.agreements.models.agreements import Agreement, EndCause
from contracts.agreements.page.overview import Phase
from contracts.prepaid.actions.ledger import Balance
from portal.templatetags.portal_ui import meter, pill
from portal.ui.markup import joined, markup
from portal.ui.words import day

register = template.Library()

DRAWN = {
    Phase.DRAFT: ("Draft", "pencil", "neutral"),
    Phase.TO_COME: ("Signed, not yet in force", "signature", "info"),
    Phase.IN_FORCE: ("In force", "circle-check", "success"),
    Phase.ENDED: ("Ended", "circle-off", "quiet"),
}
NOT_COUNTED = mark_safe('<span class="text-secondary">Not counted</span>')


@register.simple_tag
def agreement_state(agreement: Agreement, phase: Phase) -> SafeString:
    """The phase of an agreement, and why it ended where that was not with its year."""
    drawn = pill(*DRAWN[phase])
    if phase is not Phase.ENDED or agreement.end_cause in ("", EndCause.EXPIRED):
        return drawn
    why = markup('<span class="text-secondary">{}</span>', agreement.end_words)
    return joined([drawn, why])


@register.simple_tag
def agreement_rows(rows: list[dict[str, Any]]) -> SafeString:
    """The rows of the list: each an `agreement` with its `phase`, the name of its `tier` and its `balances`."""
    return joined(_row(**row) for row in rows)


def _row(agreement: Agreement, tier: str, balances: list[Balance], phase: Phase) -> SafeString:
    return markup(
        '<tr data-keys-row id="agreement-{pk}">\n<td class="cell-lead cell-text">\n'
        '<a class="row-link" href="{url}" data-keys-open>{reseller}</a>\n'
        '<span class="text-secondary">{number}</span>\n</td>\n<td data-label="State">{state}</td>\n'
        '<td data-label="Tier">{tier}</td>\n<td data-label="Term">{first} – {last}</td>\n'
        '<td data-label="Cases left" class="cell-pools">{pools}</td>\n</tr>',
        pk=agreement.pk,
        url=reverse("agreement", args=[agreement.reference]),
        reseller=agreement.reseller.name,
        number=agreement.contract_number,
        state=agreement_state(agreement, phase),
        tier=tier,
        first=day(agreement.effective_on),
        last=day(agreement.last_day),
        pools=joined(map(_pool, balances)) or NOT_COUNTED,
    )


def _pool(balance: Balance) -> SafeString:
    label = f"{balance.name}: cases used"
    return markup(
        '<div class="pool-line">\n<span>{}</span>\n{}\n</div>',
        balance.name,
        meter(balance.taken, balance.granted, label, balance.left_words),
    )
