"""A list of cases as its address asks for it: filtered, ordered, grouped, and the page of it that is shown."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page

from cases.case.models import Case
from cases.case.rows import CaseRow, rows_of
from cases.case.selecting import CaseQuerySet
from cases.clocks.page.promises import information_clock, next_due
from cases.presence.pulse import people_on
from cases.queue.chips import Chip, chips_of
from cases.queue.filters import FILTERS, Chosen, chosen_in, narrowed
from cases.queue.grouping import Head, group_in, grouped, heads
from cases.queue.sorting import Sorted, sorted_in
from portal.filters import Asked
from portal.models import User
from portal.paging import page_of, so_many

ROWS = 25
BESIDES = ("page", "sort", "group", "view")
"""What the address of a list may hold besides its filters."""
QUEUE, ALL = "queue", "cases"
"""The lists: open cases with the most urgent first; all cases with the newest first, a company's own with what
waits for it first."""


@dataclass(frozen=True)
class Listing:
    """One list as one reader asked for it, at an instant (aware)."""

    place: str
    params: Mapping[str, str]
    user: User
    at: dt.datetime
    asked: Asked
    chosen: Chosen
    order: Sorted
    group: str

    @property
    def refused(self) -> Any:
        """What is wrong with the address; nothing is listed then."""
        return self.asked.refused

    @cached_property
    def cases(self) -> CaseQuerySet:
        """The cases that fit, in no order."""
        cases: CaseQuerySet = Case.objects.visible_to(self.user)
        if self.place == QUEUE:
            cases = cases.open()
        if self.refused:
            return cases.none()
        return narrowed(cases, self.chosen, self.user, self.at)

    @property
    def ordered(self) -> CaseQuerySet:
        """The cases in the order of the list."""
        if self.order.name:
            cases = self.order.of(self.cases)
        elif self.place == QUEUE:
            cases = self.cases.most_urgent_first()
        elif not self.user.is_provider:
            cases = self.cases.theirs_first()
        else:
            cases = self.cases.newest_first()
        return grouped(cases, self.group) if self.group else cases

    def page(self, known: int | None = None) -> Page[CaseRow]:
        """The page that the address names; `known` is how many fit, where that was counted."""
        number = self.params.get("page")
        if self.chosen.narrows or self.refused:
            known = None
        return page_of(self.ordered, number, ROWS, "cases", shown=rows_of, known=known)

    def heads(self, page: Page[CaseRow]) -> dict[int, Head]:
        """The heads of the groups of a page, by the case that each stands before."""
        return heads(self.cases, self.group, page) if self.group else {}

    @property
    def chips(self) -> list[Chip]:
        """What narrows and orders it, in words, each with the address without it."""
        return chips_of(
            self.params, self.chosen, self.order, self.group, to_provider=self.user.is_provider
        )


def listing_of(
    place: str, params: Mapping[str, str], user: User, at: dt.datetime, *, lenient: bool = False
) -> Listing:
    """The list that an address asks for. What is wrong with it is noted.

    `lenient` passes over names that mean nothing to it.
    """
    asked = Asked(params)
    if not lenient:
        asked.only(FILTERS, BESIDES)
    return Listing(
        place,
        params,
        user,
        at,
        asked,
        chosen_in(asked, user),
        sorted_in(asked),
        group_in(asked),
    )


def lines_of(page: Page[CaseRow], user: User) -> list[dict[str, Any]]:
    """What the rows of a list show: each case with its next promise, the information clock, and who has it open."""
    there = people_on([case.pk for case in page], of=user)
    return [
        {
            "case": case,
            "due": next_due(case, user),
            "information": information_clock(case, user),
            "people": there.get(case.pk, ()),
        }
        for case in page
    ]


def how_many(page: Page[CaseRow]) -> str:
    """How many cases the list holds under the filters in force, as its heading says it."""
    return so_many(page.paginator.count)
