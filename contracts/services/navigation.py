"""Where the pages of an agreement's services stand, and how their verbs read."""

from typing import Any

from contracts.agreements.models import Agreement
from contracts.frame import Tab, register_tab
from portal.navigation import Entry, Home, register_entry, register_home
from portal.roles import Role

VERBS = (
    ("agreement.assignment_ends", "said until when a person serves", "calendar-event"),
    ("agreement.cover_gap_seen", "found a time with nobody in the PSAM's place", "alert-triangle"),
    ("agreement.cover_gap_began", "found nobody in the PSAM's place", "user-off"),
    ("absence.entered", "entered an absence", "zzz"),
    ("absence.called_off", "called an absence off", "user-check"),
    ("absence.ended", "ended an absence", "user-check"),
    ("call.agenda_written", "wrote the agenda", "list-details"),
    ("call.agenda_changed", "changed the agenda", "list-details"),
    ("call.held", "recorded a conference call", "phone"),
    ("call.missed", "recorded a missed conference call", "clock-x"),
    ("call.minutes_published", "published the minutes", "notes"),
    ("call.minutes_missed", "recorded late minutes", "clock-x"),
    ("call.action_agreed", "noted an action", "checkbox"),
    ("call.action_done", "finished an action", "check"),
    ("profile.written", "changed the account profile", "clipboard-list"),
)


def register_service_pages() -> None:
    """Add the side of the agreement, the navigation, and the PSAM's home."""
    register_tab(Tab("services", "Services", "heart-handshake", 30, _has_services))
    register_entry(Entry("My resellers", "heart-handshake", "my_resellers", 12, _account_manager))
    register_entry(Entry("Absences", "calendar", "absences", 70, lambda user: user.is_provider))
    register_home(Home("my_resellers", 35, _account_manager))


def _account_manager(user: Any) -> bool:
    return bool(user.has_role(Role.PSAM))


def _has_services(user: Any, agreement: Agreement) -> bool:
    """Whether the agreement's programme sells options at all."""
    return bool(agreement.programme.options)
