"""Panels: what an outer room adds to a page of an inner one, which need not know it.

An app registers a renderer for a place when it starts; the page asks for all panels of the place with
``{% load portal_panels %}{% panels "case.aside" case %}``. A panel with nothing to say returns an empty string.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

Renderer = Callable[[HttpRequest, Any], str]
"""Renders a panel for the reader of the request and the subject of the page, as safe HTML; "" shows nothing."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A renderer at its position in its place."""

    position: int
    render: Renderer


_places: dict[str, list[Panel]] = {}


def register_panel(place: str, render: Renderer, *, position: int = 50) -> None:
    """Show a panel at a place; low positions come first. Registering a renderer twice counts once."""
    panels = _places.setdefault(place, [])
    if all(panel.render is not render for panel in panels):
        panels.append(Panel(position, render))
        panels.sort(key=lambda panel: panel.position)


def panels_for(place: str, request: HttpRequest, subject: Any) -> list[str]:
    """The panels of a place that have something to say, in their order."""
    shown = (panel.render(request, subject) for panel in _places.get(place, ()))
    return [html for html in shown if html]
