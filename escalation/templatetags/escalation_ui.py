"""The drawing of a timeline, the shapes of its marks, and the legend that says what each means."""

import datetime as dt

from django import template
from django.utils.safestring import SafeString, mark_safe

from escalation.board import ShownTimeline
from escalation.rules.board import HEAD, Mark, StepState, Track, hours
from portal.templatetags.portal_ui import NOTHING, drawn_once, icon
from portal.ui.markup import escaped, joined, markup

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
    + '<g id="track-ticks">'
    + "".join(
        f'<line class="track-tick" x1="{x}%" x2="{x}%" y1="{HEAD - 4}" y2="100%"></line>'
        for x, _ in hours(dt.timedelta(0))
    )
    + "</g>\n"
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


_LEGEND = markup(
    '<ul class="mark-legend" aria-label="What the marks mean">\n{}\n</ul>\n',
    joined(
        markup(
            '<li><svg width="20" height="20" viewBox="-10 -10 20 20" aria-hidden="true" focusable="false">'
            '<use class="mark" href="#mark-{shape}-{standing}" data-standing="{standing}"></use></svg> {word}</li>',
            shape=shape,
            standing=standing.value,
            word=word,
        )
        for shape, standing, word in EXPLAINED
    ),
)


@register.simple_tag
def mark_shapes() -> SafeString:
    """The shapes of the marks, and the lines of the hours, that every track of the page uses: drawn once."""
    return _SHAPES


@register.simple_tag
def mark_legend() -> SafeString:
    """The meaning of the shapes and colors of the marks."""
    return _LEGEND


@register.simple_tag
def track(one: ShownTimeline) -> SafeString:
    """A timeline drawn: its lanes with their names, the hours, the present, and the marks."""
    drawn = one.track
    return markup(
        '<div class="track">\n'
        '<svg class="track-names" width="92" height="{height}" aria-hidden="true" focusable="false">{names}</svg>\n'
        '<svg class="track-drawing" width="100%" height="{height}" role="img" aria-label="{says}" focusable="false">'
        '{lanes}<use href="#track-ticks"></use>{hours}{now}\n{marks}\n</svg>{beyond}\n</div>',
        height=drawn.height,
        says=one.says,
        names=_names(tuple((lane.lane.label, lane.middle) for lane in drawn.lanes)),
        lanes=_lanes(tuple((lane.y, lane.height) for lane in drawn.lanes)),
        hours=_hours(drawn.begin),
        now=NOTHING if drawn.now_x is None else _now(drawn.now_x, drawn.height),
        marks=_marks([mark for lane in drawn.lanes for mark in lane.marks]),
        beyond=_beyond(drawn) if drawn.earlier or drawn.later else NOTHING,
    )


@drawn_once
def _names(lanes: tuple[tuple[str, int], ...]) -> SafeString:
    return joined(
        (
            markup('<text x="0" y="{1}" dominant-baseline="central">{0}</text>', *one)
            for one in lanes
        ),
        "",
    )


@drawn_once
def _lanes(lanes: tuple[tuple[int, int], ...]) -> SafeString:
    lane = '<rect class="track-lane" x="0" y="{}" width="100%" height="{}" rx="4"></rect>'
    return joined((markup(lane, *one) for one in lanes), "")


@drawn_once
def _hours(begin: dt.timedelta) -> SafeString:
    label = '<text class="track-hour" x="{}%" y="13" text-anchor="middle">{}</text>'
    return joined((markup(label, x, text) for x, text in hours(begin) if text), "")


def _now(x: float, height: int) -> SafeString:
    return markup(
        '<line class="track-now" x1="{x}%" x2="{x}%" y1="18" y2="{height}"></line>'
        '<circle class="track-now-knob" cx="{x}%" cy="20" r="4"></circle>',
        x=x,
        height=height,
    )


def _marks(marks: list[Mark]) -> SafeString:
    """The marks of a track. A page has hundreds of them, so each is one formatted text; what it says is escaped."""
    return mark_safe(  # noqa: S308  # all else is a number, or a word of the rules
        "".join(
            f'<use class="mark" href="#mark-{shape}-{standing}" x="{x}%" y="{y}" data-standing="{standing}">'
            f"<title>{escaped(says)}</title></use>"
            for x, y, shape, standing, says in marks
        )
    )


def _beyond(drawn: Track) -> SafeString:
    earlier, later = drawn.earlier, drawn.later
    return markup(
        '\n<p class="track-beyond">{}{}</p>',
        markup("<span>{} earlier: {}</span>", icon("arrow-left"), earlier) if earlier else NOTHING,
        markup('<span class="track-later">later: {} {}</span>', later, icon("arrow-right"))
        if later
        else NOTHING,
    )
