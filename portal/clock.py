"""The portal's one clock. Only edges read it; everything else takes ``now`` or ``at`` as an argument.

``PORTAL_CLOCK`` sets and speeds up domain time for drills and demonstrations, in every process alike:
``2003-03-05T17:20:00+00:00@2026-11-22T01:00:00+00:00*60`` means that domain time was the first instant at the real
time of the second, and runs sixty times as fast. The speed may be left out (1). Empty means real time.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

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


def wall() -> dt.datetime:
    """Real time, UTC: for leases, back-off and lateness of our own machinery."""
    return dt.datetime.now(dt.UTC)


def now() -> dt.datetime:
    """The present instant of the domain, UTC."""
    setting = _parsed(settings.PORTAL_CLOCK)
    return wall() if setting is None else setting.at(wall())


def speed() -> float:
    """How many domain seconds pass in a real one."""
    setting = _parsed(settings.PORTAL_CLOCK)
    return 1.0 if setting is None else setting.speed


def is_set() -> bool:
    """Whether the domain's time is not real time."""
    return _parsed(settings.PORTAL_CLOCK) is not None
