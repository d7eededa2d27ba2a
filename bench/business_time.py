"""Business time against its peers: ``python -m bench.business_time``.

Each peer adds +1 h, +4 h and +240 h of business time to the same random instants (Los Angeles, US
holidays, Monday to Friday 08:00 to 17:00), one at a time and interleaved in one run, so that the
ratios hold whatever else the machine does. The floor is the least that Python can do: two bisections
over sorted opening instants, without zones, checks or limits. All tables are warm.
"""

import argparse
import gc
import random
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter_ns
from typing import Any
from zoneinfo import ZoneInfo

import businesstimedelta
import holidays as published
import pytz
import workclock

from portal.rules.business_time import BusinessCalendar, WeeklyHours

ZONE = "America/Los_Angeles"
YEARS = range(2002, 2013)
OPENS, CLOSES = time(8), time(17)
SPANS = {"+1 h": 1, "+4 h": 4, "+240 h": 240}
OURS, FLOOR, WORKCLOCK, BTD = "ours", "bisect floor", "workclock", "businesstimedelta"

Add = Callable[[datetime, timedelta], datetime]


def our_add(days_off: dict[date, str]) -> Add:
    return BusinessCalendar(ZONE, WeeklyHours.monday_to_friday(), days_off).add


def floor_add(days_off: dict[date, str]) -> Add:
    zone = ZoneInfo(ZONE)
    opens, passed, done = [], [], timedelta()
    length = timedelta(hours=9)
    day = date(YEARS.start, 1, 1)
    while day.year < YEARS.stop:
        if day.weekday() < 5 and day not in days_off:
            opens.append(datetime.combine(day, OPENS, zone).astimezone(UTC))
            passed.append(done)
            done += length
        day += timedelta(days=1)

    def add(at: datetime, amount: timedelta) -> datetime:
        row = bisect_right(opens, at) - 1
        target = passed[row] + min(at - opens[row], length) + amount
        row = bisect_left(passed, target) - 1
        return opens[row] + (target - passed[row])

    return add


def workclock_add(days_off: dict[date, str]) -> Add:
    schedule = workclock.Schedule(
        [workclock.WorkDay(OPENS, CLOSES), workclock.Holidays(days_off)], time_zone=ZoneInfo(ZONE)
    )
    return schedule.add


def businesstimedelta_add(days_off: dict[date, str]) -> Add:
    zone = pytz.timezone(ZONE)
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(OPENS, CLOSES, [0, 1, 2, 3, 4], tz=zone),
            businesstimedelta.HolidayRule(days_off, tz=zone),
        ]
    )

    def add(at: datetime, amount: timedelta) -> datetime:
        return at + businesstimedelta.BusinessTimeDelta(rules, timedelta=amount)  # type: ignore[no-any-return]

    return add


def per_call(add: Add, starts: Sequence[datetime], amount: timedelta) -> float:
    """Microseconds per call over all the starts."""
    begun = perf_counter_ns()
    for at in starts:
        add(at, amount)
    return (perf_counter_ns() - begun) / len(starts) / 1000


def measure(rounds: int, starts: int, slow_starts: int) -> list[dict[str, Any]]:
    """One row per span: medians in µs by peer, and how many results differ from ours."""
    days_off: dict[date, str] = dict(published.US(years=range(YEARS.start - 1, YEARS.stop + 8)))
    adds: dict[str, Add] = {
        OURS: our_add(days_off),
        FLOOR: floor_add(days_off),
        WORKCLOCK: workclock_add(days_off),
        BTD: businesstimedelta_add(days_off),
    }
    choose = random.Random(20020903)
    first = datetime(YEARS.start, 2, 1, tzinfo=UTC)
    seconds = (len(YEARS) - 1) * 365 * 24 * 3600
    instants = [first + timedelta(seconds=choose.randrange(seconds)) for _ in range(starts)]
    rows = []
    for label, hours in SPANS.items():
        amount = timedelta(hours=hours)
        counts = {peer: slow_starts if peer == BTD else starts for peer in adds}
        due = {
            peer: [add(at, amount) for at in instants[: counts[peer]]] for peer, add in adds.items()
        }
        differing = {
            peer: sum(mine != theirs for mine, theirs in zip(due[OURS], due[peer], strict=False))
            for peer in adds
        }
        taken: dict[str, list[float]] = {peer: [] for peer in adds}
        for _ in range(rounds):
            for peer, add in adds.items():
                taken[peer].append(per_call(add, instants[: counts[peer]], amount))
        rows.append(
            {
                "span": label,
                "median": {peer: statistics.median(times) for peer, times in taken.items()},
                "compared": counts,
                "differing": differing,
            }
        )
    return rows


def report(rows: list[dict[str, Any]]) -> str:
    lines = [
        f"{'span':>7}  {'peer':<18}{'µs per call':>12}{'peer / ours':>13}{'results':>9}{'differ':>8}"
    ]
    for row in rows:
        ours = row["median"][OURS]
        for peer, median in row["median"].items():
            ratio = f"{median / ours:.2f}" if peer != OURS else ""
            lines.append(
                f"{row['span']:>7}  {peer:<18}{median:>12.2f}{ratio:>13}"
                f"{row['compared'][peer]:>9}{row['differing'][peer]:>8}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds per span")
    parser.add_argument("--starts", type=int, default=5_000, help="instants added to per round")
    parser.add_argument("--slow-starts", type=int, default=60, help=f"the same, for {BTD}")
    chosen = parser.parse_args()
    gc.disable()
    print(
        f"{ZONE}, US holidays, Monday to Friday {OPENS:%H:%M} to {CLOSES:%H:%M}; medians of one run"
    )
    print(report(measure(chosen.rounds, chosen.starts, chosen.slow_starts)))


if __name__ == "__main__":
    main()
