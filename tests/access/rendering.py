"""The access matrix as a page of the documentation."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import django

from tests.access.actors import PROVIDER, STRANGERS, Actor
from tests.access.matrix import ACTS, ROWS
from tests.access.rows import ENGINEERS, GROUPS, SCORECARD_READERS, TECHNICAL, Outcomes

_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "SECRET_KEY": "for walking the addresses only, never for serving",
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "REDIS_URL": "redis://localhost/0",
}
PAGE = Path(__file__).resolve().parents[2] / ".portal" / "docs" / "access.md"


def write() -> None:
    """Write the page. It reads the portal's URLs and needs none of the services."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    django.setup()
    from tests.access.resolver import urls  # reads the settings

    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(render(urls()))


def render(addresses: Mapping[str, str]) -> str:
    """The matrix as Markdown; `addresses` are the URLs by name."""
    return "\n".join([*_head(), *_pages(addresses), *_acts(), *_tail()]) + "\n"


def _head() -> Iterator[str]:
    yield from (
        "# Who may open and do what",
        "",
        "`make docs` writes this page. `tests/access` checks every cell of it against the portal, and fails for a URL",
        "that has no row.",
        "",
        "- A reseller's people reach what is their own company's. What is another's is not found (404).",
        "- The provider's own pages refuse a reseller's people (403), with the way out.",
        "- What somebody on the roster may do follows from Exhibit A at that moment, and ends when they leave",
        "  (ATSP 1.1, 1.20, 2.1, 5.2.1, 5.2.2).",
        "- A refusal leaves nothing behind: no message, no journal entry, no deadline, no notice.",
        "",
        "| answer | means |",
        "|---|---|",
        "| 200, 201, 204 | shown, made, kept |",
        "| 302 | done, or led on; a stranger is led to the sign-in |",
        "| 401 | sent by a stranger: the sign-in, which carries what was typed |",
        "| 403 | refused: not theirs |",
        "| 404 | not found: another's, or none |",
        "| 409 | refused with the clause and the way out; what was typed is kept |",
        "",
        "Strangers are those who have not signed in, and those whose account is closed. Engineers are "
        + _listed(ENGINEERS)
        + ". Readers of scorecards are "
        + _listed(SCORECARD_READERS)
        + ".",
        "",
    )


def _listed(actors: tuple[Actor, ...]) -> str:
    names = [actor.label for actor in actors]
    return f"{', '.join(names[:-1])} and {names[-1]}"


_COLUMNS = {
    "stranger": STRANGERS,
    "Technical Contact, alternate": TECHNICAL,
    "the same, waiting": (Actor.WAITING,),
    "Administrative Contact": (Actor.ADMINISTRATIVE,),
    "management contact": (Actor.MANAGEMENT,),
    "who left": (Actor.LEFT,),
}


def _pages(addresses: Mapping[str, str]) -> Iterator[str]:
    yield from (
        "## Pages and API",
        "",
        "*Another's* is an object of another company, asked for by a reseller's person; a notice of anybody else's.",
        "",
        f"| address | | {' | '.join(_COLUMNS)} | another's | provider | |",
        f"|---|---|{'---|' * (len(_COLUMNS) + 3)}",
    )
    for each in ROWS:
        cells = [
            f"`{addresses[each.url]}`",
            each.method,
            *(_alike(each.answers, actors) for actors in _COLUMNS.values()),
            str(each.foreign or ""),
            _provider(each.answers),
            each.note,
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _alike(answers: Outcomes, actors: tuple[Actor, ...]) -> str:
    """The one answer that all of a column get; a column's people must not differ."""
    (status,) = {answers[actor] for actor in actors}
    return str(status)


def _provider(answers: Outcomes) -> str:
    said = {answers[actor] for actor in PROVIDER}
    if len(said) == 1:
        return str(*said)
    counted = Counter(answers[actor] for actor in PROVIDER)
    *few, rest = sorted(said, key=lambda status: (counted[status] > len(PROVIDER) // 2, status))
    groups = (
        f"{status} {GROUPS[frozenset(one for one in PROVIDER if answers[one] == status)]}"
        for status in few
    )
    return f"{', '.join(groups)}, others {rest}"


def _acts() -> Iterator[str]:
    yield from (
        "## Acts on a case",
        "",
        "Each is shown to those who may do it (●). One that is sent all the same is refused by the act itself: 409 to",
        "the side that has it, 403 to the other side, 404 on another company's case and to who left.",
        "",
        "| act | on a case | Technical Contact, alternate | the same, waiting | other reseller's people | engineers "
        "| dispatch | other provider's people | |",
        f"|{'---|' * 9}",
    )
    columns = (
        Actor.TECHNICAL,
        Actor.WAITING,
        Actor.ADMINISTRATIVE,
        Actor.CSE,
        Actor.DISPATCH,
        Actor.SALES,
    )
    for each in ACTS:
        cells = [
            f"`{each.code}`",
            each.situation,
            *("●" if actor in each.doers else str(each.answer(actor)) for actor in columns),
            each.note,
        ]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _tail() -> Iterator[str]:
    yield from (
        "## What never leaves the provider",
        "",
        "Internal notes, sub-cases, journal entries that are not public, notes of acts and waivers of Exhibit C, its",
        "Hotshots and other notices, its duties but for those owed to the reseller, articles that are not published.",
        "The tests write a mark into them, and look for it in pages, API answers and messages for a reseller's person.",
        "",
        "Drafts are read by nobody but who typed them, on either side.",
    )
