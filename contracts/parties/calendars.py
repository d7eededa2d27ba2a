"""The business calendar of a site: Business Day of the programme, zone and holidays of the place (ATSP 1.2, D-6)."""

import datetime as dt
from collections import defaultdict
from functools import cached_property

from contracts.parties.models.parties import Site
from contracts.programmes.rules.spans import calendar_for
from contracts.programmes.rules.terms import Programme
from portal.models import Holiday
from portal.rules.business_time import BusinessCalendar


class CalendarBook:
    """The calendars of many sites for one query: all published holidays are read once, when first needed.

    Make one for each act, batch or page, and drop it afterwards, so that a holiday published meanwhile counts.
    """

    def of(self, site: Site, programme: Programme) -> BusinessCalendar:
        """The business calendar of a site under a programme."""
        return calendar_for(programme.business_day, site.zone, self._holidays[site.region])

    @cached_property
    def _holidays(self) -> dict[str, dict[dt.date, str]]:
        found: dict[str, dict[dt.date, str]] = defaultdict(dict)
        for region, date, name in Holiday.objects.values_list("region", "date", "name"):
            found[region][date] = name
        return found


def calendar_of(site: Site, programme: Programme) -> BusinessCalendar:
    """The business calendar of one site under a programme, as published at this moment (one query)."""
    holidays = Holiday.objects.filter(region=site.region).order_by().values_list("date", "name")
    return calendar_for(programme.business_day, site.zone, dict(holidays))
