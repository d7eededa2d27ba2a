"""Shows the panels of a place (see ``portal.panels``)."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from portal.panels import panels_for
from portal.ui.markup import joined

register = template.Library()


@register.simple_tag(takes_context=True)
def panels(context: Context, place: str, subject: Any) -> SafeString:
    """The panels of a place about a subject, one below the other."""
    request = context["request"]
    shown = panels_for(place, request, subject)
    return joined(mark_safe(html) for html in shown)  # noqa: S308
