"""What pages of timelines draw: the shapes of their marks, the legend that says what each means, rows of duties."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from escalation.rules.board import LaneShown, StepState, Track
from escalation.steps import ShownStep
from portal.templatetags.portal_ui import NOTHING, clause, clock, icon
from portal.ui.markup import joined, markup

register = template.Library()

SHAPES = {
    "duty": '<circle class="mark-shape" r="6.4"></circle>',
    "notice": '<rect class="mark-shape" x="-6" y="-6" width="12" height="12" rx="2.5"></rect>',
    "hotshot": '<path class="mark-shape" d="M0 -9.5L9.5 0L0 9.5L-9.5 0Z"></path>',
}
_TICK = '<path class="mark-glyph" d="M-3.2 0.2L-1 2.6L3.4 -2.6"></path>'
_HAND = '<path class="mark-glyph" d="M0 -3.6V0.4L2.6 2"></path>'
_CROSS = '<path class="mark-glyph" d="M-2.7 -2.7L2.7 2.7M2.7 -2.7L-2.7 2.7"></path>'
_DOT = '<circle class="mark-dot" r="2.6"></circle>'
_DASH = '<path class="mark-glyph" d="M-3 0H3"></path>'
_BANG = '<path class="mark-glyph" d="M0 -3.6V0.8M0 3.4V3.5"></path>'
GLYPHS = {
    StepState.TO_COME: "",
    StepState.DUE: _DOT,
    StepState.DONE: _TICK,
    StepState.DONE_LATE: _HAND,
    StepState.MISSED: _CROSS,
    StepState.SENT: _TICK,
    StepState.SENT_LATE: _HAND,
    StepState.WAIVED: _DASH,
    StepState.CANCELLED: _DASH,
    StepState.PARKED: _BANG,
}
"""What stands in a shape, by the standing of its step: no color alone says it."""

_SHAPES = mark_safe(  # noqa: S308  # of the constants above
    '<svg class="mark-shapes" width="0" height="0" aria-hidden="true" focusable="false">\n<defs>\n'
    + "\n".join(
        f'<g id="mark-{shape}-{standing.value}">{outline}{glyph}</g>'
        for shape, outline in SHAPES.items()
        for standing, glyph in GLYPHS.items()
    )
    + "\n</defs>\n</svg>\n"
)
EXPLAINED = (
    ("duty", StepState.TO_COME, "to come"),
    ("duty", StepState.DUE, "due within 30 min"),
    ("duty", StepState.DONE, "done, sent"),
    ("duty", StepState.DONE_LATE, "late"),
    ("duty", StepState.MISSED, "missed"),
    ("duty", StepState.WAIVED, "waived, canceled"),
    ("notice", StepState.TO_COME, "notice"),
    ("hotshot", StepState.TO_COME, "Hotshot"),
)


@register.simple_tag
def mark_shapes() -> SafeString:
    """The shapes that every track of the page uses, drawn once."""
    return _SHAPES


@register.simple_tag
def hours(track: Track) -> SafeString:
    """The lines of a track's hours, every second one with its label."""
    lines = [
        markup(
            '<line class="track-tick" x1="{x}%" x2="{x}%" y1="22" y2="{bottom}"></line>',
            x=tick.x,
            bottom=track.height,
        )
        for tick in track.ticks
    ]
    labels = [
        markup(
            '<text class="track-hour" x="{}%" y="13" text-anchor="middle">{}</text>',
            tick.x,
            tick.label,
        )
        for tick in track.ticks
        if tick.label
    ]
    return joined(lines + labels, "")


@register.simple_tag
def marks(lane: LaneShown) -> SafeString:
    """The marks of a lane. A page has hundreds of them: too many for a template to go through one by one."""
    return joined(
        (
            markup(
                '<use class="mark" href="#mark-{shape}-{standing}" x="{x}%" y="{y}" data-standing="{standing}">'
                "<title>{says}</title></use>",
                shape=mark.shape,
                standing=mark.standing.value,
                x=mark.x,
                y=mark.y,
                says=mark.says,
            )
            for mark in lane.marks
        ),
        "",
    )


@register.simple_tag(takes_context=True)
def duty_rows(context: Context, duties: list[ShownStep]) -> SafeString:
    """The rows of a table of duties: when it is due, its mark, its case, and where the reader does it."""
    return joined(_duty_row(context, duty) for duty in duties)


def _duty_row(context: Context, duty: ShownStep) -> SafeString:
    case = duty.case
    page = reverse("escalation", args=[case.pk])
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


@register.inclusion_tag("escalation/_legend.html")
def mark_legend() -> dict[str, Any]:
    """The meaning of the shapes and colors of the marks."""
    return {
        "explained": [
            {"shape": shape, "standing": standing.value, "word": word}
            for shape, standing, word in EXPLAINED
        ]
    }
