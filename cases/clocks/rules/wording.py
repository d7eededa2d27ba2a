"""Instants and frequencies in words."""

from datetime import datetime

from contracts.programmes.rules.terms import Span
from portal.rules.business_time import zone_named
from portal.rules.business_time.wording import clock, day


def moment(at: datetime, zone: str) -> str:
    """An aware instant as a person in that IANA zone reads it: "Fri 5 Mar 2004 14:10 PST"."""
    local = at.astimezone(zone_named(zone))
    return f"{day(local)} {local.year} {clock(local.time())} {local:%Z}"


def frequency(every: Span) -> str:
    """How often: "every week", "every 2 hours"."""
    return f"every {every.unit.value}" if every.amount == 1 else f"every {every}"
