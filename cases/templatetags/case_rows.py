"""Rows of the lists of cases. A page has 25 of them, so that a template for each cell costs more than all else."""

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cases.case.rows import CaseRow
from cases.templatetags.case_state import case_state
from contracts.templatetags.severity import severity
from portal.templatetags.portal_ui import NOTHING, clock, icon, person, when

register = template.Library()

NOTHING_DUE = mark_safe('<span class="text-secondary">Nothing due</span>')
UNASSIGNED = "Unassigned"


@register.simple_tag(takes_context=True)
def queue_rows(context: Context, rows: list[dict[str, Any]], may_take: bool) -> SafeString:
    """The rows of the queue; who `may_take` a case nobody owns has a button for it."""
    take = _take_form(context) if may_take else NOTHING
    return format_html_join(
        "\n", "{}", ((_queue_row(context, row["case"], row["due"], take),) for row in rows)
    )


@register.simple_tag(takes_context=True)
def case_rows(context: Context, rows: list[dict[str, Any]], of_all: bool) -> SafeString:
    """The rows of a list of cases; one `of_all` resellers names each case's."""
    return format_html_join(
        "\n", "{}", ((_case_row(context, row["case"], row["due"], of_all),) for row in rows)
    )


def _queue_row(context: Context, case: CaseRow, due: Any, take: SafeString) -> SafeString:
    if case.owner is not None:
        owner = person(case.face, compact=True)
    elif take:
        owner = format_html(take, url=reverse("case_act", args=[case.pk, "take"]), pk=case.pk)
    else:
        owner = person(None, compact=True, absent=UNASSIGNED)
    return format_html(
        '<tr data-keys-row id="case-{pk}"><td class="cell-lead">{due}</td>'
        '<td data-label="Severity">{severity}</td>'
        '<td data-label="Case" class="cell-text">'
        '<a class="row-link" id="open-{pk}" href="{url}" data-keys-open>'
        '<span class="number">{pk}</span> {title}</a> '
        '<span class="cell-sub">{product}, {contact}</span></td>'
        '<td data-label="Reseller">{reseller}</td><td data-label="State">{state}</td>'
        '<td data-label="Owner">{owner}</td></tr>',
        pk=case.pk,
        due=clock(context, due, compact=True) if due else NOTHING_DUE,
        severity=severity(case.severity_terms, case.awaits_call_for or case.proposed_severity),
        url=case.address,
        title=case.title,
        product=case.product,
        contact=case.contact,
        reseller=case.reseller,
        state=case_state(case.state),
        owner=owner,
    )


def _case_row(context: Context, case: CaseRow, due: Any, of_all: bool) -> SafeString:
    if due:
        promise = clock(context, due, compact=True)
    elif case.closed_at:
        promise = format_html(
            '<span class="text-secondary">closed {}</span>', when(case.closed_at, "relative")
        )
    else:
        promise = NOTHING_DUE
    return format_html(
        '<tr data-keys-row id="case-{pk}"><td class="cell-lead cell-text">'
        '<a class="row-link" href="{url}" data-keys-open>'
        '<span class="number">{pk}</span> {title}</a> '
        '<span class="cell-sub">{product}, {contact}</span></td>'
        '<td data-label="Severity">{severity}</td><td data-label="State">{state}</td>{reseller}'
        '<td data-label="Engineer" class="cell-person">{owner}</td>'
        '<td data-label="Reported" class="cell-person">{reported}</td>'
        '<td data-label="Next promise">{promise}</td></tr>',
        pk=case.pk,
        url=case.address,
        title=case.title,
        product=case.product,
        contact=case.contact,
        severity=severity(case.severity_terms, case.awaits_call_for),
        state=case_state(case.state),
        reseller=format_html('<td data-label="Reseller">{}</td>', case.reseller)
        if of_all
        else NOTHING,
        owner=case.owner or "Nobody yet",
        reported=when(case.reported_at, "relative"),
        promise=promise,
    )


def _take_form(context: Context) -> SafeString:
    """The form that takes a case, with places for its `url` and number `pk`."""
    request = context["request"]
    return format_html(
        '<form method="post" action="{{url}}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="next" value="{}">'
        '<button type="submit" id="take-{{pk}}" class="btn btn-sm btn-outline-primary" data-key="a" '
        'data-key-label="Take the case">{} Take<span class="visually-hidden"> case {{pk}}</span>'
        "</button></form>",
        get_token(request),
        mark_safe(format_html("{}", request.get_full_path()).replace("{", "{{").replace("}", "}}")),  # noqa: S308  # escaped; its braces are no places
        icon("hand-stop"),
    )
