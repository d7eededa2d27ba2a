"""The Cases tab of an agreement: each pool over the year, its forecast, and the ledger behind it."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from django.urls import NoReverseMatch, reverse

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.contract_year import add_months
from contracts.prepaid.actions.ledger import Balance, balances
from contracts.prepaid.audit import legs
from contracts.prepaid.models.ledger import OF_A_CASE, CaseEntry, EntryKind, Place
from contracts.prepaid.rules.forecast import Forecast, Outlook, forecast, window_begins
from portal.rules.outside import number_in
from portal.ui.charts import Series, StepChart, step_chart

_LOOKS: dict[str, tuple[str, str]] = {
    EntryKind.GRANT: ("circle-plus", "accent"),
    EntryKind.EXTEND: ("calendar-time", "accent"),
    EntryKind.RESERVE: ("ticket", "neutral"),
    EntryKind.ADMIT_OVER: ("alert-triangle", "warning"),
    EntryKind.CHARGE: ("check", "quiet"),
    EntryKind.GIVE_BACK: ("arrow-back-up", "success"),
    EntryKind.RETAKE: ("rotate", "warning"),
    EntryKind.TRANSFER: ("arrows-exchange", "info"),
    EntryKind.COVER: ("check", "quiet"),
}
_OUTLOOKS = {
    Outlook.SPENT: "used up",
    Outlook.TOO_FEW: "too few cases to say when it runs out",
    Outlook.NOT_WITHIN_THE_YEAR: "does not run out within the year",
}


@dataclass(frozen=True, slots=True)
class PoolPage:
    """A pool: where it stands, what is to be expected of it, and what was left from each day on."""

    balance: Balance
    forecast: Forecast | None
    left_by_day: tuple[tuple[dt.date, int], ...]

    @property
    def outlook(self) -> str:
        """The forecast in a few words: "runs out on 5 Aug 2003"; "" outside the year."""
        if self.forecast is None:
            return ""
        if self.forecast.on is not None:
            return f"runs out on {self.forecast.on:%-d %b %Y}"
        return _OUTLOOKS[self.forecast.outlook]

    def left_on(self, day: dt.date) -> int:
        """What was left at the end of a day; 0 before the first case was granted."""
        return next((left for on, left in reversed(self.left_by_day) if on <= day), 0)


@dataclass(frozen=True, slots=True)
class Month:
    """A row of the chart's table: a day, and what was left in each pool at its end."""

    day: dt.date
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CaseOverview:
    """The pools of an agreement, the drawing of the year and its twin as a table."""

    pools: tuple[PoolPage, ...]
    chart: StepChart | None
    months: tuple[Month, ...]

    @property
    def balances(self) -> list[Balance]:
        """Where the pools stand."""
        return [page.balance for page in self.pools]

    @property
    def any_used_up(self) -> bool:
        """Whether some pool has no case left."""
        return any(not balance.left for balance in self.balances)

    @property
    def all_used_up(self) -> bool:
        """Whether no pool has a case left."""
        return bool(self.pools) and all(not balance.left for balance in self.balances)

    @property
    def is_spent(self) -> bool:
        """Whether the cases are expended: all charged, none provisional (ATSP page 1, 2.a; D-47)."""
        return bool(self.pools) and all(balance.is_spent for balance in self.balances)


def case_overview(agreement: Agreement, at: dt.datetime) -> CaseOverview:
    """The agreement's cases at an instant: two queries, however many cases there are."""
    today = agreement.date_at(at)
    changes = _changes(agreement)
    pools = tuple(
        _pool(agreement, balance, changes.get(balance.pool, {}), today)
        for balance in balances(agreement)
    )
    if not pools or today < agreement.effective_on:
        return CaseOverview(pools, None, ())
    last = min(today, agreement.ends_on)
    chart = step_chart(
        [
            Series(
                page.balance.name,
                page.left_by_day,
                (page.forecast.on, 0) if page.forecast and page.forecast.on else None,
            )
            for page in pools
        ],
        begins=agreement.effective_on,
        ends=agreement.ends_on,
        today=last,
    )
    return CaseOverview(pools, chart, tuple(_months(agreement.effective_on, last, pools)))


def _pool(
    agreement: Agreement,
    balance: Balance,
    by_day: dict[dt.date, dict[str, int]],
    today: dt.date,
) -> PoolPage:
    left, points = 0, []
    for day in sorted(by_day):
        left += by_day[day].get(Place.AVAILABLE, 0)
        points.append((day, left))
    expected = None
    if agreement.effective_on <= today <= agreement.ends_on:
        first = window_begins(agreement.effective_on, today)
        used = sum(
            places.get(Place.PROVISIONAL, 0) + places.get(Place.CHARGED, 0)
            for day, places in by_day.items()
            if first <= day <= today
        )
        expected = forecast(balance.left, used, agreement.effective_on, today, agreement.ends_on)
    return PoolPage(balance, expected, tuple(points))


def _changes(agreement: Agreement) -> dict[str, dict[dt.date, dict[str, int]]]:
    """How much each place of each pool gained on each day of the agreement's zone (one query)."""
    zone = zoneinfo.ZoneInfo(agreement.zone)
    rows = (
        CaseEntry.objects.filter(account__agreement=agreement)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values_list(
            "day",
            "account_id",
            "to_account_id",
            "account__pool",
            "to_account__pool",
            "kind",
            "takes_from",
            "puts_to",
        )
        .annotate(sum=Sum("cases"))
    )
    found: dict[str, dict[dt.date, dict[str, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for day, giving, taking, pool, to_pool, kind, takes_from, puts_to, cases in rows:
        entry = CaseEntry(
            account_id=giving,
            to_account_id=taking,
            kind=kind,
            takes_from=takes_from,
            puts_to=puts_to,
            cases=cases,
        )
        for account, place, gained in legs(entry):
            found[pool if account == giving else to_pool][day][place] += gained
    return found


def _months(begins: dt.date, last: dt.date, pools: Sequence[PoolPage]) -> list[Month]:
    """A row for each month of the agreement that is over, and for the last day."""
    days = []
    number = 1
    while (end := add_months(begins, number) - dt.timedelta(days=1)) < last:
        days.append(end)
        number += 1
    days.append(last)
    return [Month(day, tuple(page.left_on(day) for page in pools)) for day in days]


# --- the ledger ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An entry as a reader wants it: what it did, in which pool, for which case."""

    entry: CaseEntry
    kind: str
    icon: str
    tone: str
    pool: str
    way: str
    case: str
    url: str


def ledger_of(agreement: Agreement, pool: str = "") -> QuerySet[CaseEntry]:
    """The agreement's entries, the latest first; only those of a pool when one is named."""
    entries = CaseEntry.objects.filter(account__agreement=agreement)
    if pool:
        entries = entries.filter(account__pool=pool) | entries.filter(to_account__pool=pool)
    return entries.select_related("account", "to_account", "by").order_by("-pk")


def lines(agreement: Agreement, entries: Sequence[CaseEntry]) -> list[LedgerLine]:
    """Entries as lines. No query beyond theirs."""
    tier = agreement.tier_terms
    names = {pool.code: pool.name for pool in tier.pools} if tier else {}
    return [_line(entry, names) for entry in entries]


def _line(entry: CaseEntry, names: dict[str, str]) -> LedgerLine:
    icon, tone = _LOOKS[entry.kind]
    giving = names.get(entry.account.pool, entry.account.pool)
    taking = names.get(entry.to_account.pool, entry.to_account.pool)
    of_a_case = entry.kind in OF_A_CASE
    return LedgerLine(
        entry=entry,
        kind=entry.get_kind_display().capitalize(),
        icon=icon,
        tone=tone,
        pool=giving if giving == taking else f"{giving} to {taking}",
        way=""
        if giving != taking
        else f"{entry.get_takes_from_display()} → {entry.get_puts_to_display()}",
        case=entry.reference if of_a_case else "",
        url=_case_url(entry.reference) if of_a_case else "",
    )


def _case_url(reference: str) -> str:
    """The case's page, where the room of cases is there; a case's number is its key."""
    number = number_in(reference)
    if number is None:
        return ""
    try:
        return reverse("case", args=[number])
    except NoReverseMatch:
        return ""
