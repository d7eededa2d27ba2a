"""Navigation: each app registers its entries and the home page of the people it serves when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

Predicate = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the main navigation, shown to those for whom `shown_to` holds; g and the letter `go` lead there."""

    label: str
    icon: str
    url_name: str
    position: int
    shown_to: Predicate
    badge: Callable[[Any], int] | None = None
    go: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The page where the users for whom `shown_to` holds land; the lowest position wins."""

    url_name: str
    position: int
    shown_to: Predicate


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as the shell draws it."""

    label: str
    icon: str
    url: str
    active: bool
    badge: int
    go: str


_entries: dict[str, Entry] = {}
_homes: dict[str, Home] = {}


def register_entry(entry: Entry) -> None:
    """Add an entry to the navigation."""
    _entries[entry.url_name] = entry


def register_home(home: Home) -> None:
    """Add a home page."""
    _homes[home.url_name] = home


def home_of(user: Any) -> str:
    """The URL where the user lands: the first registered home that is theirs, else the inbox."""
    for home in sorted(_homes.values(), key=lambda home: home.position):
        if home.shown_to(user):
            return reverse(home.url_name)
    return reverse("inbox")


def navigation_for(user: Any, path: str) -> list[ShownEntry]:
    """The user's entries in order; the active one has the longest address that begins `path`."""
    shown = [
        (entry, reverse(entry.url_name))
        for entry in sorted(_entries.values(), key=lambda entry: entry.position)
        if entry.shown_to(user)
    ]
    active = max((url for _, url in shown if path.startswith(url)), key=len, default=None)
    return [
        ShownEntry(
            label=entry.label,
            icon=entry.icon,
            url=url,
            active=url == active,
            badge=entry.badge(user) if entry.badge else 0,
            go=entry.go,
        )
        for entry, url in shown
    ]
