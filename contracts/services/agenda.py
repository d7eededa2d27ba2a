"""The sections of a conference call's agenda: each room with something to review adds one (ATSP 14.1.1)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from contracts.agreements.models.agreements import Agreement
from contracts.services.models.calls import CallAction

Lines = Callable[[Agreement, dt.datetime, dt.datetime], list[str]]
"""The lines of a section for an agreement, from the last call up to now, as the reseller may read them."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the agenda; one without lines says so in the words of `nothing`."""

    code: str
    title: str
    position: int
    lines: Lines
    nothing: str = "None."


def register_section(section: Section) -> None:
    """Add a section to every agenda."""
    _sections[section.code] = section


def text_of(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> str:
    """The proposed agenda of an agreement's call at `at`: all sections in their order, as text."""
    parts = []
    for section in sorted(_sections.values(), key=lambda one: one.position):
        lines = section.lines(agreement, since, at) or [section.nothing]
        parts.append("\n".join([section.title, *(f"- {line}" for line in lines)]))
    return "\n\n".join(parts)


def _open_actions(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> list[str]:
    actions = CallAction.objects.filter(call__agreement=agreement, done_at=None).order_by("pk")
    return [
        f"{action.text}: {action.owner}"
        + (f", until {action.due_on:%-d %b %Y}" if action.due_on else "")
        for action in actions
    ]


def _environment(agreement: Agreement, since: dt.datetime, at: dt.datetime) -> list[str]:
    return ["What changed in the environment since the last call, and what is planned"]


_sections = {
    section.code: section
    for section in (
        Section("actions", "Open actions of earlier calls", 80, _open_actions),
        Section("environment", "Environment and account profile", 90, _environment),
    )
}
