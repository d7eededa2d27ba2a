"""What the drawings of timelines share: the shapes of their marks, and the legend that says what each means."""

from typing import Any

from django import template

from escalation.rules.board import Standing

register = template.Library()

SHAPES = ("duty", "notice", "hotshot")
EXPLAINED = (
    ("duty", Standing.TO_COME, "to come"),
    ("duty", Standing.DUE, "due within 30 min"),
    ("duty", Standing.DONE, "done, sent"),
    ("duty", Standing.DONE_LATE, "late"),
    ("duty", Standing.MISSED, "missed"),
    ("duty", Standing.WAIVED, "waived, cancelled"),
    ("notice", Standing.TO_COME, "notice"),
    ("hotshot", Standing.TO_COME, "Hotshot"),
)


@register.inclusion_tag("escalation/_shapes.html")
def mark_shapes() -> dict[str, Any]:
    """The shapes that every track of the page uses, drawn once."""
    return {"shapes": SHAPES, "standings": list(Standing)}


@register.inclusion_tag("escalation/_legend.html")
def mark_legend() -> dict[str, Any]:
    """What the shapes and colours of the marks mean."""
    return {
        "explained": [
            {"shape": shape, "standing": standing.value, "word": word}
            for shape, standing, word in EXPLAINED
        ]
    }
