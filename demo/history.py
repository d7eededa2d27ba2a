"""The demonstration's past: cases that come, are worked on and close, in the order of time.

Acts stand in a queue by their time. Before each one, whatever fell due until then is swept at its very instant, so the
journal, the notices and the scorecards are what the portal itself would have written had it run all these months.
"""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable

from portal.deadlines.sweep import sweep
from portal.models import Deadline

Act = Callable[[], None]


class History:
    """Acts by time, with the deadlines that fall due between them."""

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        self._count = itertools.count()
        self._acts: list[tuple[dt.datetime, int, Act]] = []

    def plan(self, at: dt.datetime, act: Act) -> None:
        """Let an act happen at an instant; one that lies after the present does not happen."""
        if at <= self.until:
            heapq.heappush(self._acts, (at, next(self._count), act))

    def run(self) -> int:
        """Let everything happen; return how many acts did."""
        happened = 0
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            _sweep_until(at)
            act()
            happened += 1
        _sweep_until(self.until)
        return happened


def _sweep_until(at: dt.datetime) -> None:
    """Sweep at each instant at which something falls due, up to `at`."""
    while True:
        due = Deadline.objects.due(at).values_list("fires_at", flat=True).first()
        if due is None:
            return
        sweep(due)
