"""Rows of the lists of cases. A page has 25 of them, so that a template for each cell costs more than all else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from cases.case.models import Case
from cases.case.rows import CaseRow
from cases.clocks.page.promises import Promised
from cases.handling.forms import TakeForm
from cases.presence.pulse import Person
from cases.queue.grouping import Head
from cases.queue.listing import Listing
from cases.templatetags.case_presence import people_mark
from cases.templatetags.case_state import case_state
from contracts.templatetags.severity import severity
from portal.templatetags.portal_ui import NOTHING, clock, icon, person, when
from portal.ui.markup import joined, markup

register = template.Library()

NOTHING_DUE = mark_safe('<span class="text-secondary">Nothing due</span>')
_PICK = '<input type="checkbox" name="case" value="{0}" form="bulk" aria-label="Select case {0}">'
UNASSIGNED = "Unassigned"
_UNOWNED = TakeForm.seen_of(Case())
"""What whoever takes a case from the queue saw: that nobody has it."""


@register.simple_tag(takes_context=True)
def queue_rows(
    context: Context,
    rows: list[dict[str, Any]],
    may_take: bool,
    may_pick: bool,
    heads: dict[int, Head],
) -> SafeString:
    """The rows of the queue, under the heads of their groups.

    Who `may_take` a case nobody owns has a button for it, and who `may_pick` cases a box in each row.
    """
    pick = _PICK if may_pick else ""
    take = _take_form(context) if may_take else NOTHING
    drawn = (_queue_row(row, _due(context, row), take, pick) for row in rows)
    return joined(_under_heads(rows, drawn, heads, 7))


def _under_heads(
    rows: list[dict[str, Any]], drawn: Iterable[SafeString], heads: dict[int, Head], columns: int
) -> Iterator[SafeString]:
    """The rows as drawn, each group's below its head."""
    for row, html in zip(rows, drawn, strict=True):
        head = heads.get(row["case"].pk)
        if head is not None:
            yield markup(
                '<tr class="group-head" id="group-{}"><th colspan="{}" scope="rowgroup">{}'
                ' <span class="count">{}</span></th></tr>',
                head.key,
                columns,
                head.name,
                head.count,
            )
        yield html


@register.simple_tag(takes_context=True)
def sort_heads(
    context: Context, columns: Iterable[tuple[str, str]], listing: Listing
) -> SafeString:
    """The heads of a list's columns, words and orders: each leads to its order, and from there down, and back."""
    return joined((_sort_head(words, code, listing) for words, code in columns), between="")


def _sort_head(words: str, code: str, listing: Listing) -> SafeString:
    chosen = listing.order.name == code
    down = chosen and listing.order.descending
    wanted = "" if down else f"-{code}" if chosen else code
    others = {k: v for k, v in listing.params.items() if v and k not in ("sort", "page")}
    sort = {"sort": wanted} if wanted else {} if others else {"view": "all"}
    return markup(
        '<th scope="col"{}><a class="sort-head" href="?{}">{}{}</a></th>',
        markup(' aria-sort="{}"', "descending" if down else "ascending") if chosen else NOTHING,
        urlencode(others | sort),
        words,
        icon("chevron-down" if down else "chevron-up") if chosen else NOTHING,
    )


@register.simple_tag(takes_context=True)
def take_case(context: Context, case: Case) -> SafeString:
    """The button that takes a case nobody owns, as the queue has it."""
    return markup(_take_form(context), url=reverse("case_act", args=[case.pk, "take"]), pk=case.pk)


@register.simple_tag(takes_context=True)
def case_rows(
    context: Context, rows: list[dict[str, Any]], of_all: bool, heads: dict[int, Head]
) -> SafeString:
    """The rows of a list of cases, under the heads of their groups; one `of_all` resellers names each case's."""
    drawn = (_case_row(context, row, of_all) for row in rows)
    return joined(_under_heads(rows, drawn, heads, 7 if of_all else 6))


@register.simple_tag(takes_context=True)
def case_lines(
    context: Context,
    lines: list[tuple[CaseRow, list[Promised]]],
    people: Mapping[int, Sequence[Person]],
) -> SafeString:
    """Open cases of a reseller, each with its promises, in a narrow list: what it is, and the next promise.

    `people` are those who have which of them open.
    """
    return joined(
        _case_line(context, case, promises[:1], people.get(case.pk, ())) for case, promises in lines
    )


def _case_line(
    context: Context, case: CaseRow, first: list[Promised], people: Sequence[Person]
) -> SafeString:
    due = NOTHING_DUE
    for each in first:
        shown = clock(context, each.deadline, each.label, compact=True)
        due = markup('<span title="Clause {}">{}</span>', each.deadline.clause, shown)
    return markup(
        '<li class="case-line" id="case-{pk}" data-keys-row>\n<div class="case-line-what">\n'
        '<a class="case-line-title" href="{url}" data-keys-open>{title}</a>\n'
        '<div class="case-line-facts">\n<span class="number">{pk}</span>\n{severity}\n{state}\n{owner}\n{people}'
        "</div>\n"
        '</div>\n<div class="case-line-clock">\n{due}\n</div>\n</li>',
        url=case.address,
        title=case.title,
        pk=case.pk,
        severity=severity(case.severity_terms, case.awaits_call_for),
        state=case_state(case.state),
        owner=person(case.face, compact=True, absent="No engineer yet"),
        people=people_mark(people),
        due=due,
    )


def _due(context: Context, row: dict[str, Any]) -> SafeString:
    """The next promise of a row's case, and the information clock that acts by itself (ATSP 4.9.1, 4.10.8)."""
    clocks = [
        clock(context, each, compact=True) for each in (row["due"], row["information"]) if each
    ]
    return joined(clocks) if clocks else NOTHING_DUE


def _queue_row(row: dict[str, Any], due: SafeString, take: SafeString, pick: str) -> SafeString:
    case: CaseRow = row["case"]
    if case.owner is not None:
        owner = person(case.face, compact=True)
    elif take:
        owner = markup(take, url=reverse("case_act", args=[case.pk, "take"]), pk=case.pk)
    else:
        owner = person(None, compact=True, absent=UNASSIGNED)
    return markup(
        '<tr data-keys-row id="case-{pk}"><td class="cell-pick">{pick}</td><td class="cell-lead">{due}</td>'
        '<td data-label="Severity">{severity}</td>'
        '<td data-label="Case" class="cell-text">'
        '<a class="row-link" id="open-{pk}" href="{url}" data-keys-open>'
        '<span class="number">{pk}</span> {title}</a> {people}'
        '<span class="cell-sub">{product}, {contact}</span></td>'
        '<td data-label="Reseller"><span class="cell-one">{reseller}</span></td><td data-label="State">{state}</td>'
        '<td data-label="Owner"{named}>{owner}</td></tr>',
        pk=case.pk,
        pick=markup(pick, case.pk) if pick else NOTHING,
        due=due,
        severity=severity(case.severity_terms, case.awaits_call_for or case.proposed_severity),
        url=case.address,
        title=case.title,
        people=people_mark(row["people"]),
        product=case.product,
        contact=case.contact,
        reseller=case.reseller,
        state=case_state(case.state),
        named=markup(' title="{}"', case.owner) if case.owner else NOTHING,
        owner=owner,
    )


def _case_row(context: Context, row: dict[str, Any], of_all: bool) -> SafeString:
    case: CaseRow = row["case"]
    promise = _due(context, row)
    if case.closed_at:
        promise = markup(
            '<span class="text-secondary">closed {}</span>', when(case.closed_at, "relative")
        )
    return markup(
        '<tr data-keys-row id="case-{pk}"><td class="cell-lead cell-text">'
        '<a class="row-link" href="{url}" data-keys-open>'
        '<span class="number">{pk}</span> {title}</a> {people}'
        '<span class="cell-sub">{product}, {contact}</span></td>'
        '<td data-label="Severity">{severity}</td><td data-label="State">{state}</td>{reseller}'
        '<td data-label="Engineer" class="cell-person">{owner}</td>'
        '<td data-label="Reported" class="cell-person">{reported}</td>'
        '<td data-label="Next promise">{promise}</td></tr>',
        pk=case.pk,
        url=case.address,
        title=case.title,
        people=people_mark(row["people"]),
        product=case.product,
        contact=case.contact,
        severity=severity(case.severity_terms, case.awaits_call_for),
        state=case_state(case.state),
        reseller=markup(
            '<td data-label="Reseller"><span class="cell-one">{}</span></td>', case.reseller
        )
        if of_all
        else NOTHING,
        owner=case.owner or "Nobody yet",
        reported=when(case.reported_at, "relative"),
        promise=promise,
    )


def _take_form(context: Context) -> SafeString:
    """The form that takes a case, with places for its `url` and number `pk`."""
    request = context["request"]
    return markup(
        '<form method="post" action="{{url}}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="next" value="{}">'
        '<input type="hidden" name="seen" value="{}">'
        '<button type="submit" id="take-{{pk}}" class="btn btn-sm btn-outline-primary" data-key="a" '
        'data-key-label="Take the case">{} Take<span class="visually-hidden"> case {{pk}}</span>'
        "</button></form>",
        get_token(request),
        mark_safe(markup("{}", request.get_full_path()).replace("{", "{{").replace("}", "}}")),  # noqa: S308  # escaped; its braces are no places
        _UNOWNED,
        icon("hand-stop"),
    )
