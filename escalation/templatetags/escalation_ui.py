"""What the drawings of timelines share: the shapes of their marks, and the legend that says what each means."""

from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from escalation.rules.board import LaneShown, StepState, Track

register = template.Library()

SHAPES = ("duty", "notice", "hotshot")
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


@register.inclusion_tag("escalation/_shapes.html")
def mark_shapes() -> dict[str, Any]:
    """The shapes that every track of the page uses, drawn once."""
    return {"shapes": SHAPES, "standings": list(StepState)}


@register.simple_tag
def hours(track: Track) -> SafeString:
    """The lines of a track's hours, every second one with its label."""
    lines = format_html_join(
        "",
        '<line class="track-tick" x1="{}%" x2="{}%" y1="22" y2="{}"></line>',
        ((tick.x, tick.x, track.height) for tick in track.ticks),
    )
    labels = format_html_join(
        "",
        '<text class="track-hour" x="{}%" y="13" text-anchor="middle">{}</text>',
        ((tick.x, tick.label) for tick in track.ticks if tick.label),
    )
    return lines + labels


@register.simple_tag
def marks(lane: LaneShown) -> SafeString:
    """The marks of a lane. A page has hundreds of them: too many for a template to go through one by one."""
    return format_html_join(
        "",
        '<use class="mark" href="#mark-{}-{}" x="{}%" y="{}" data-standing="{}"><title>{}</title></use>',
        (
            (mark.shape, mark.standing.value, mark.x, mark.y, mark.standing.value, mark.says)
            for mark in lane.marks
        ),
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
