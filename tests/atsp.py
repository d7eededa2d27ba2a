"""The ATSP 2002 programme and the calendars of the worked examples, for the tests of rules."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from contracts.programmes.rules.programme_file import parse
from contracts.programmes.rules.spans import calendar_for
from contracts.programmes.rules.terms import Programme
from portal.rules.business_time import BusinessCalendar

PROGRAMME_FILE = Path(__file__).parents[1] / "contracts" / "programmes" / "atsp-2002.toml"
LOS_ANGELES = "America/Los_Angeles"
LONDON = "Europe/London"
HOLIDAYS = {date(2003, 7, 4): "Independence Day", date(2003, 12, 25): "Christmas Day"}


@cache
def atsp() -> Programme:
    """The programme as its file has it."""
    return parse(PROGRAMME_FILE.read_text(encoding="utf-8"), name=PROGRAMME_FILE.name)


@cache
def calendar(zone: str = LOS_ANGELES) -> BusinessCalendar:
    """The Business Day of the programme in the zone, with the holidays of the worked examples."""
    return calendar_for(atsp().business_day, zone, HOLIDAYS)


def local(text: str, zone: str = LOS_ANGELES) -> datetime:
    """The instant, in UTC, at which the zone's clock reads "2004-03-05 14:10"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
