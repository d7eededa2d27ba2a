"""The portal's one clock. Only edges read it; everything else takes ``now`` or ``at`` as an argument.

``PORTAL_CLOCK`` sets and speeds up domain time for drills and demonstrations, in every process alike:
``2003-03-05T17:20:00+00:00@2026-11-22T01:00:00+00:00*60`` means that domain time was the first instant at the real
time of the second, and runs sixty times as fast. The speed may be left out (1). Empty means real time.

It may also be the absolute path of a file that says the same: who writes another value into the file moves the clock
of all running processes at once.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_FORM = (
    "PORTAL_CLOCK must read <domain instant>@<real instant>[*<speed>], both with an offset from UTC"
)


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """Domain time `domain` stood at real time `real`, and runs `speed` times as fast as real time."""

    domain: dt.datetime
    real: dt.datetime
    speed: float

    def at(self, wall: dt.datetime) -> dt.datetime:
        """The domain time at a real time, both UTC."""
        return self.domain + (wall - self.real) * self.speed


def parse(text: str) -> ClockSetting | None:
    """Read a PORTAL_CLOCK value. None when empty; raises ImproperlyConfigured naming the form when it is wrong."""
    if not text.strip():
        return None
    instants, _, speed_text = text.partition("*")
    domain_text, _, real_text = instants.partition("@")
    try:
        domain = dt.datetime.fromisoformat(domain_text.strip())
        real = dt.datetime.fromisoformat(real_text.strip())
        speed = float(speed_text) if speed_text else 1.0
    except ValueError as error:
        raise ImproperlyConfigured(f"{_FORM}: {text!r} ({error})") from error
    if domain.tzinfo is None or real.tzinfo is None or not 0 < speed <= 100_000:
        raise ImproperlyConfigured(f"{_FORM}: {text!r}")
    return ClockSetting(domain.astimezone(dt.UTC), real.astimezone(dt.UTC), speed)


_parsed = lru_cache(maxsize=8)(parse)


def check(text: str) -> None:
    """Raise ImproperlyConfigured unless it is a PORTAL_CLOCK value, or the path of a file that holds one."""
    parse(_said(text))


def _said(text: str) -> str:
    """What PORTAL_CLOCK says, itself or in the file that it names."""
    if not text.startswith("/"):
        return text
    try:
        return Path(text).read_text(encoding="utf-8")
    except OSError as error:
        raise ImproperlyConfigured(f"PORTAL_CLOCK: {error}") from error


def _setting() -> ClockSetting | None:
    return _parsed(_said(settings.PORTAL_CLOCK))


def wall() -> dt.datetime:
    """Real time by this machine's clock, UTC. What processes agree on is measured by the database's: see ADR 42."""
    return dt.datetime.now(dt.UTC)


def now() -> dt.datetime:
    """The present instant of the domain, UTC."""
    setting = _setting()
    return wall() if setting is None else setting.at(wall())


def at(real: dt.datetime) -> dt.datetime:
    """The instant of the domain at a real instant, both UTC."""
    setting = _setting()
    return real if setting is None else setting.at(real)


def speed() -> float:
    """How many domain seconds pass in a real one."""
    setting = _setting()
    return 1.0 if setting is None else setting.speed


def is_set() -> bool:
    """Whether the domain's time is not real time."""
    return _setting() is not None
