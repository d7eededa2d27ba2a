"""Filters for the pages of scorecards."""

import re
from decimal import Decimal

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from portal.templatetags.portal_ui import clause
from portal.ui.markup import joined
from scorecard.rules.exhibit_b import number_words

register = template.Library()


@register.filter
def number(value: Decimal) -> str:
    """Points as figures without trailing zeros: "9.5", "10"."""
    return number_words(value)


@register.filter
def signed(value: Decimal) -> str:
    """A change with its sign, a true minus: "+0.5", "−1", "0"."""
    if not value:
        return "0"
    return f"{'+' if value > 0 else '−'}{number_words(abs(value))}"


@register.simple_tag(takes_context=True)
def cited(context: Context, words: str) -> SafeString:
    """A sentence of the rules: its citations in brackets, "(D-16)", as chips; numbers on one line with their unit."""
    kept_together = words.replace(" %", "\u00a0%")
    parts = re.split(r"\((D-\d+|ATSP [\w.]+)\)", kept_together)
    return joined(
        (_chip(context, part) if number % 2 else part for number, part in enumerate(parts)),
        between="",
    )


def _chip(context: Context, citation: str) -> SafeString:
    """The chip without white space between its tags, so that the sentence goes on right after it."""
    return mark_safe(re.sub(r">\s+<", "><", clause(context, citation)))  # noqa: S308  # our own tag
