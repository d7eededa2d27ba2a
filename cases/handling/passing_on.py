"""Handing over all open cases of an engineer who leaves, at once (ATSP 4.1; D-29)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import models, transaction
from django.urls import reverse

from cases.case.actions import INTAKE
from cases.case.models import Case
from cases.handling.actions import assign
from contracts.parties.presence import Presence
from portal.access import require_role
from portal.models import SubjectKey, User
from portal.notices import outbox
from portal.rules.refusal import Refusal

MOST = 2000
BATCH = 50


class Way(StrEnum):
    """How cases are shared out among several people."""

    LOAD = "load"
    SKILL = "skill"

    @property
    def label(self) -> str:
        """The way in words."""
        return {
            "load": "by load: who has least, weighed by severity, gets the next",
            "skill": "by product: who had most cases of it, then by load",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Item:
    """A case to hand over, as far as sharing out asks."""

    pk: int
    severity: int
    product: int


def weight(severity: int) -> int:
    """What a case weighs in a person's load: a severity 1 as much as eight of severity 4."""
    return 2 ** max(4 - severity, 0)


def shared_out(
    items: Sequence[Item],
    takers: Sequence[int],
    way: Way,
    *,
    load: Mapping[int, int],
    had: Mapping[tuple[int, int], int],
) -> dict[int, int]:
    """To whom of the takers each case goes, by their keys; the gravest first, ties by the order of the takers.

    `load` is what each has already (`weight`), `had` how many cases of a product each ever had. Raises ValueError
    without takers.
    """
    if not takers:
        raise ValueError("nobody to hand over to")
    carries = {taker: load.get(taker, 0) for taker in takers}
    order = {taker: place for place, taker in enumerate(takers)}
    found: dict[int, int] = {}
    for item in sorted(items, key=lambda one: (one.severity, one.pk)):

        def rank(taker: int, item: Item = item) -> tuple[int, int, int]:
            known = had.get((taker, item.product), 0) if way is Way.SKILL else 0
            return (-known, carries[taker], order[taker])

        best = min(takers, key=rank)
        found[item.pk] = best
        carries[best] += weight(item.severity)
    return found


def open_cases_of(owner: User, reader: User) -> "list[Case]":
    """The open cases of a person that the reader may see, the gravest first; MOST at the most."""
    rows = Case.objects.visible_to(reader).open().filter(owner=owner)
    return list(rows.select_related("reseller", "product").order_by("severity", "pk")[:MOST])


def plan(cases: Sequence[Case], takers: Sequence[User], way: Way) -> dict[int, User]:
    """To whom each case goes, by its key; two statements."""
    keys = [one.pk for one in takers]
    load: defaultdict[int, int] = defaultdict(int)
    had: dict[tuple[int, int], int] = {}
    open_ones = Case.objects.open().filter(owner__in=keys).order_by()
    for owner, severity, count in open_ones.values_list("owner", "severity").annotate(
        count=models.Count("pk")
    ):
        load[owner] += weight(severity) * count
    if way is Way.SKILL:
        products = {one.product_id for one in cases}
        rows = Case.objects.filter(owner__in=keys, product__in=products).order_by()
        counted = rows.values_list("owner", "product").annotate(count=models.Count("pk"))
        had = {(owner, product): count for owner, product, count in counted}
    items = [Item(one.pk, one.severity, one.product_id) for one in cases]
    people = {one.pk: one for one in takers}
    shared = shared_out(items, keys, way, load=load, had=had)
    return {case: people[taker] for case, taker in shared.items()}


def pass_on(
    owner: User, planned: Mapping[int, User], *, by: User, at: dt.datetime
) -> tuple[dict[User, list[Case]], list[tuple[Case, str]]]:
    """Hand the planned cases of a person over by the act of assigning, in batches; each taker is told once.

    Returns what went to whom, and what was left with the reason: what was closed or given to somebody else meanwhile
    stays as it is. Raises Refusal for who may not assign, and for a taker who is away (D-29).
    """
    require_role(by, *INTAKE, act="hand cases over", clause="ATSP 4.1")
    presence = Presence(at)
    for taker in dict.fromkeys(planned.values()):
        if not presence.can_act(taker):
            raise Refusal(
                f"{taker.name} is away: whatever falls due on the cases would go to dispatch.",
                clause="D-29",
                way_out="Choose somebody who is there.",
                field="to",
            )
    given: defaultdict[User, list[Case]] = defaultdict(list)
    left: list[tuple[Case, str]] = []
    for batch in _batches(list(planned)):
        with transaction.atomic():
            told: defaultdict[User, list[Case]] = defaultdict(list)
            rows = Case.objects.visible_to(by).select_related("agreement", "reseller")
            for case in rows.filter(pk__in=batch).order_by("pk"):
                taker = planned[case.pk]
                if case.owner_id != owner.pk:
                    left.append((case, "somebody else has it by now"))
                    continue
                try:
                    with transaction.atomic():
                        assign(case, to=taker, by=by, at=at, tell=False)
                except Refusal as refusal:
                    left.append((case, refusal.sentence))
                    continue
                told[taker].append(case)
            for taker, cases in told.items():
                given[taker] += cases
    for taker, cases in given.items():
        if taker != by:
            _tell(owner, taker, cases, by=by, at=at)
    return dict(given), left


def _batches(keys: Sequence[int]) -> Iterable[Sequence[int]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _tell(owner: User, taker: User, cases: Sequence[Case], *, by: User, at: dt.datetime) -> None:
    count = f"{len(cases)} case{'s' if len(cases) > 1 else ''}"
    outbox.post(
        SubjectKey(User._meta.label_lower, owner.pk),
        f"passed-on:{taker.pk}:{at.isoformat()}",
        to=[taker],
        template="cases_passed_on",
        title=f"{count} of {owner.name} {'are' if len(cases) > 1 else 'is'} yours",
        at=at,
        context={
            "author": by.name,
            "owner": owner.name,
            "cases": [
                {"number": one.number, "title": one.title, "severity": one.severity}
                for one in sorted(cases, key=lambda one: (one.severity, one.pk))[:50]
            ],
            "more": max(len(cases) - 50, 0),
        },
        url=f"{reverse('queue')}?mine=1",
        clause="ATSP 4.1",
    )
