"""The filters of lists of cases: one set for the engineers' queue, the list of cases and the API."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Expression

from cases.case.rules.vocabulary import State
from cases.case.selecting import WAITING, CaseQuerySet
from cases.queue.regions import regions_with
from cases.search.finding import narrowed_by
from cases.search.rules import read
from portal.filters import Asked
from portal.lookups import Choice, choose
from portal.models import User

LEVELS = (1, 2, 3, 4)
SEVERITIES = [(level, f"Severity {level}") for level in LEVELS]
OPEN = "open"
STATES = (OPEN, *(state.value for state in State))
PROVIDER, RESELLER = "provider", "reseller"
SIDES = (PROVIDER, RESELLER)
LONGEST_RELEASE = 20
FILTERS = {
    "q": "a case number, words of all that a case holds, or operators such as owner:me and severity:1",
    "severity": "1, 2, 3 or 4",
    "state": f"one of: {', '.join(STATES)}",
    "reseller": "the reseller's id, or a part of its name",
    "product": "the product's id, or a part of its name",
    "release": "a release, or the beginning of one: 6.1 finds 6.1.3 too",
    "region": "the region of the site where the case was reported",
    "owner": "the id of the engineer who has the case, or a part of the name",
    "mine": "1 for the cases that the caller owns",
    "team": "1 for the cases of people who hold a role of the caller's",
    "unassigned": "1 for the cases that nobody owns",
    "breached": "1 for the cases with a promise past due",
    "waiting": "1 for the cases that wait for the reseller or for Engineering",
    "watched": "1 for the cases that the caller watches",
    "waits_for": "provider or reseller: whose turn it is",
}
"""What a list of cases is filtered by, and what may stand there."""
FLAGS = ("mine", "team", "unassigned", "breached", "waiting", "watched")
LOOKUPS = {"reseller": "resellers", "product": "products", "owner": "case-owners"}
"""The filters whose value is chosen among many, with what is chosen from."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of a list of cases as they were chosen."""

    mine: bool
    team: bool
    unassigned: bool
    breached: bool
    waiting: bool
    watched: bool
    severity: str
    state: str
    release: str
    region: str
    waits_for: str
    q: str
    reseller: Choice
    product: Choice
    owner: Choice

    @property
    def narrows(self) -> bool:
        """Whether any is in force."""
        return bool(self.in_force)

    @property
    def in_force(self) -> list[str]:
        """The names of those in force, in the order of `FILTERS`."""
        return [
            name
            for name in FILTERS
            if (getattr(self, name).typed if name in LOOKUPS else getattr(self, name))
        ]

    @property
    def beyond_the_bar(self) -> int:
        """How many are in force of those that the bar keeps folded."""
        return len(
            set(self.in_force)
            & {"state", "product", "release", "region", "owner", "team", "watched", "waits_for"}
        )

    @property
    def errors(self) -> dict[str, str]:
        """What was typed in a look-up and is nothing to choose, by filter."""
        return {name: error for name in LOOKUPS if (error := getattr(self, name).error)}


def chosen_in(asked: Asked, user: User) -> Chosen:
    """The filters in an address, for its reader. What is wrong with them is noted in `asked`."""
    flags: dict[str, Any] = {name: asked.flag(name) for name in FLAGS}
    choices: dict[str, Any] = {
        name: choose(code, user, asked.text(name)) for name, code in LOOKUPS.items()
    }
    return Chosen(
        **flags,
        **choices,
        severity=asked.one_of("severity", LEVELS),
        state=asked.one_of("state", STATES),
        release=_release(asked),
        region=_region(asked),
        waits_for=asked.one_of("waits_for", SIDES, "side that a case waits for"),
        q=_query(asked),
    )


def _query(asked: Asked) -> str:
    """What was typed in the search box; what its language does not know is noted."""
    typed = asked.text("q")
    query = read(typed)
    if query.refused is not None:
        asked.note(query.refused.sentence, query.refused.way_out, "q")
        return ""
    if typed and not query.asks:
        asked.note(f"“{typed[:60]}” holds no word to search for.", "Type a word, or a number.", "q")
        return ""
    return typed


def _release(asked: Asked) -> str:
    typed = asked.text("release")
    if len(typed) > LONGEST_RELEASE:
        asked.note(
            f"No release is as long as “{typed[:LONGEST_RELEASE]}…”.",
            "Write its number, or the beginning of it: 6.1 finds 6.1.3 too.",
            "release",
        )
        return ""
    return typed


def _region(asked: Asked) -> str:
    typed = asked.text("region")
    return asked.one_of("region", regions_with(typed)) if typed else ""


def narrowed(
    cases: CaseQuerySet,
    chosen: Chosen,
    user: User,
    at: dt.datetime | Expression,
    key: Expression | None = None,
) -> CaseQuerySet:
    """The cases that fit the filters at an instant; `key` is the user's where it is known later (`portal.prepared`)."""
    if chosen.mine:
        cases = cases.filter(owner=user if key is None else key)
    if chosen.team:
        cases = cases.of_team(user)
    if chosen.unassigned:
        cases = cases.filter(owner=None)
    if chosen.breached:
        cases = cases.breached(at)
    if chosen.waiting:
        cases = cases.filter(state__in=WAITING)
    if chosen.watched:
        cases = cases.watched_by(user if key is None else key)
    if chosen.waits_for:
        cases = cases.turn_of_reseller(is_theirs=chosen.waits_for == RESELLER)
    if chosen.state == OPEN:
        cases = cases.open()
    elif chosen.state:
        cases = cases.filter(state=chosen.state)
    if chosen.severity:
        cases = cases.filter(severity=int(chosen.severity))
    if chosen.release:
        cases = cases.of_release(chosen.release)
    if chosen.region:
        cases = cases.filter(region=chosen.region)
    for name in LOOKUPS:
        choice: Choice = getattr(chosen, name)
        if choice.typed:
            cases = cases.filter(**{name: choice.row})
    if not chosen.q or not isinstance(at, dt.datetime):
        return cases
    found, _ = narrowed_by(chosen.q, cases, user, at)
    return found


def kept(params: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address names, as they stand there, without those left empty."""
    return {name: value for name in FILTERS if (value := params.get(name, "").strip())}
