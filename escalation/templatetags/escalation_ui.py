"""What the drawings of timelines share: the shapes of their marks, and the legend that says what each means."""

from typing import Any

from django import template

from escalation.rules.board import StepState

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


@register.inclusion_tag("escalation/_legend.html")
def mark_legend() -> dict[str, Any]:
    """The meaning of the shapes and colors of the marks."""
    return {
        "explained": [
            {"shape": shape, "standing": standing.value, "word": word}
            for shape, standing, word in EXPLAINED
        ]
    }
