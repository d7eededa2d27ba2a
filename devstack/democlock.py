"""The demo's domain time, kept in a file: it pauses while the demo is down.

The agreement's year is long past, so the demo lives in it: the first start is at ``START``. See
``portal.clock`` for the form of ``PORTAL_CLOCK`` that every process is given.
"""

import datetime as dt
import json
from dataclasses import dataclass, replace
from pathlib import Path

from devstack.errors import StackError
from devstack.paths import write_whole

START = dt.datetime(2003, 3, 5, 17, 20, tzinfo=dt.UTC)  # a Wednesday, 09:20 in Los Angeles
HEARTBEAT = dt.timedelta(seconds=5)
_STANDING_STILL = 0.000001


@dataclass(frozen=True)
class DemoClock:
    """Domain time stood at ``domain`` at real time ``real`` and runs ``speed`` times as fast."""

    domain: dt.datetime
    real: dt.datetime
    speed: float

    def at(self, real: dt.datetime) -> dt.datetime:
        """Return the domain time at the real instant ``real``, both aware UTC."""
        return self.domain + (real - self.real) * self.speed

    def restarted(self) -> "DemoClock":
        """Return the clock that starts from the same domain time at the present real time."""
        return replace(self, real=_real_now())

    def standing_still(self) -> "DemoClock":
        """Return the clock for migrations and data: however long they take, no time passes."""
        return replace(self, speed=_STANDING_STILL)

    def setting(self) -> str:
        """Return the value of ``PORTAL_CLOCK``."""
        return f"{self.domain.isoformat()}@{self.real.isoformat()}*{self.speed:g}"


def resume(file: Path, *, speed: float) -> DemoClock:
    """Return the clock that goes on from where ``file`` says it stopped, or from ``START``.

    ``StackError`` when the file cannot be read as this module writes it.
    """
    if not 0 < speed <= 100_000:
        raise StackError(f"SPEED is {speed:g}: it must be above 0 and at most 100000")
    try:
        domain = dt.datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["domain"])
    except FileNotFoundError:
        domain = START
    except (ValueError, KeyError, TypeError) as error:
        raise StackError(f"{file} is damaged; `make demo FRESH=1` starts over") from error
    return DemoClock(domain.astimezone(dt.UTC), _real_now(), speed)


def save_running(file: Path, clock: DemoClock, *, real: dt.datetime | None = None) -> None:
    """Note the domain time of the next heartbeat.

    Should the demo be killed before, the next start goes on from there: a little later than it
    stopped, never earlier than what the journal already holds.
    """
    save_stopped(file, clock, real=(real or _real_now()) + HEARTBEAT)


def save_stopped(file: Path, clock: DemoClock, *, real: dt.datetime | None = None) -> None:
    """Note the domain time at which the demo stopped."""
    domain = clock.at(real or _real_now())
    write_whole(file, json.dumps({"domain": domain.isoformat()}) + "\n")


def _real_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
