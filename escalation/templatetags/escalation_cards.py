"""A running escalation as a card of the board, and rows of duties: in templates they would cost more than to read."""

from collections.abc import Iterable, Sequence
from functools import cache

from django import template
from django.template.context import Context
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe

from contracts.templatetags.severity import severity
from escalation.board import ShownTimeline
from escalation.steps import ShownStep
from escalation.templatetags.escalation_ui import track
from portal.templatetags.portal_ui import NOTHING, clause, clock, icon, when
from portal.ui.markup import joined, markup

register = template.Library()

MISSED = 3
"""How many missed duties a card names; the escalation's page has them all."""


@cache
def _page_without_number(_prefix: str) -> str:
    return reverse("escalation", args=[0]).removesuffix("0/")


def _page_of(case_id: int) -> str:
    """The path of an escalation's page; where such pages are is found once, as for cases."""
    return f"{_page_without_number(get_script_prefix())}{case_id}/"


@register.simple_tag(takes_context=True)
def escalation_card(context: Context, one: ShownTimeline, name: str) -> SafeString:
    """A running escalation: its case, since when, its drawing, and what comes next in words.

    `name` is the beginning of its anchor, for the board and the wall have their own.
    """
    return markup(
        '<article class="card escalation" id="{name}-{pk}" aria-labelledby="escalation-title-{pk}"{tone}>\n'
        '{head}\n{track}\n<div class="escalation-next">{slots}\n</div>\n</article>',
        name=name,
        pk=one.case.pk,
        tone=mark_safe(' data-tone="danger"') if one.missed else NOTHING,
        head=_head(one),
        track=track(one),
        slots=_slots(context, one),
    )


def _head(one: ShownTimeline) -> SafeString:
    case = one.case
    return markup(
        '<header class="escalation-head">\n<div class="escalation-case">\n{severity}\n<div>\n'
        '<h2 class="escalation-title" id="escalation-title-{pk}"><a href="{page}">{number}</a> {title}</h2>\n'
        '<p class="escalation-where">{reseller}, {region} · contact {contact} · {owner}</p>\n</div>\n</div>\n'
        '<p class="escalation-since">\n<span class="escalation-elapsed">{elapsed}</span>\n'
        '<span class="escalation-t">since T, {since}</span>\n</p>\n</header>',
        severity=severity(case.severity_terms, short=True),
        pk=case.pk,
        page=_page_of(case.pk),
        number=case.number,
        title=case.title,
        reseller=case.reseller.name,
        region=case.region,
        contact=case.contact.name,
        owner=f"CSE {case.owner.name}"
        if case.owner
        else markup('<span class="escalation-nobody">{} nobody owns it</span>', icon("user-off")),
        elapsed=one.elapsed_words,
        since=when(one.timeline.started_at, "absolute"),
    )


def _slots(context: Context, one: ShownTimeline) -> SafeString:
    """What is missed, the next duties, and the next notice."""
    missed = _clocks(context, one.missed[:MISSED])
    if len(one.missed) > MISSED:
        page = _page_of(one.case.pk)
        missed.append(markup('<a href="{}">and {} more</a>', page, len(one.missed) - MISSED))
    notice = [one.next_notice] if one.next_notice else []
    return joined(
        (
            _slot("Missed, still to do", missed) if missed else NOTHING,
            _slot("Next duties", _clocks(context, one.next_duties)),
            _slot("Next notice", _clocks(context, notice)) if notice else NOTHING,
        ),
        "",
    )


def _clocks(context: Context, steps: Sequence[ShownStep]) -> list[SafeString]:
    return [clock(context, step, compact=True) for step in steps]


def _slot(title: str, lines: Iterable[SafeString]) -> SafeString:
    return markup(
        '\n<div class="escalation-slot">\n<h3 class="escalation-slot-title">{}</h3>\n'
        '<ul class="escalation-list">{}</ul>\n</div>',
        title,
        joined((markup("<li>{}</li>", line) for line in lines), ""),
    )


@register.simple_tag(takes_context=True)
def duty_rows(context: Context, duties: list[ShownStep]) -> SafeString:
    """The rows of a table of duties: when it is due, its mark, its case, and where the reader does it."""
    return joined(_duty_row(context, duty) for duty in duties)


def _duty_row(context: Context, duty: ShownStep) -> SafeString:
    case = duty.case
    page = _page_of(case.pk)
    if duty.elsewhere:
        does = _link(case.get_absolute_url(), "arrow-up-right", "Case page")
    elif duty.can_log:
        does = _link(f"{page}?act={duty.step.act}#log", "pencil", "Log it")
    else:
        does = NOTHING
    return markup(
        '<tr data-keys-row id="mine-{pk}">\n<td class="cell-lead">{due}</td>\n'
        '<td data-label="Mark" class="nowrap">{mark} {clause}</td>\n'
        '<td data-label="Case">\n<a class="row-link" href="{page}" data-keys-open>{case}</a>\n{reseller}\n</td>\n'
        '<td class="number">\n{does}\n</td>\n</tr>',
        pk=duty.pk,
        due=clock(context, duty, duty.title, compact=True),
        mark=duty.mark,
        clause=clause(context, duty.clause),
        page=page,
        case=case.number,
        reseller=case.reseller.name,
        does=does,
    )


def _link(url: str, mark: str, text: str) -> SafeString:
    return markup(
        '<a class="btn btn-sm btn-outline-primary" href="{}">{}{}</a>', url, icon(mark), text
    )
