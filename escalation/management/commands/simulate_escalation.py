"""Tell what a severity 1 would fire, and when, without firing anything."""

import datetime as dt
import zoneinfo
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.agreements.models.agreements import Agreement
from contracts.parties.calendars import calendar_of
from contracts.parties.models.parties import Site
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.spans import calendar_for
from contracts.programmes.rules.terms import Programme
from escalation.rules.simulation import Foretold, simulate
from portal import clock
from portal.models import Holiday
from portal.rules.business_time import BusinessCalendar


class Command(BaseCommand):
    help = (
        "Tell what a case that becomes severity 1 at a time would bring by Exhibit C: every duty and notice "
        "with its due time. Nothing is written or sent."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", help='local time of T, "2004-03-05 14:10"; now when left out')
        parser.add_argument("--zone", default="America/Los_Angeles", help="the contact's zone")
        parser.add_argument("--region", default="US", help="whose holidays count")
        parser.add_argument("--programme", default="atsp-2002", help="its latest version")
        parser.add_argument("--contract", help="the agreement whose version and first site to take")
        parser.add_argument("--hours", type=int, default=24, help="of hourly updates to tell")
        parser.add_argument("--why", action="store_true", help="tell how each time comes about")

    def handle(self, *args: Any, **options: Any) -> None:
        programme, calendar = self._terms(options)
        if programme.escalation is None:
            raise CommandError(f"the programme {programme.code} knows no escalation")
        zone = zoneinfo.ZoneInfo(str(calendar.zone))
        at = self._at(options["at"], zone)
        self.stdout.write(f"T is {at.astimezone(zone):%a %Y-%m-%d %H:%M %Z}.")
        told = simulate(programme.escalation, at, calendar, dt.timedelta(hours=options["hours"]))
        for line in told:
            self.stdout.write(_line(line, zone))
            if options["why"]:
                self.stdout.write(f"{'':33}{line.words}")

    def _terms(self, options: dict[str, Any]) -> tuple[Programme, BusinessCalendar]:
        if options["contract"]:
            agreement = Agreement.objects.filter(reference=options["contract"]).first()
            if agreement is None:
                raise CommandError(f"no agreement has the contract number {options['contract']}")
            site = Site.objects.filter(organisation=agreement.reseller).order_by("pk").first()
            if site is None:
                raise CommandError(f"{agreement.reseller} has no site")
            return agreement.programme, calendar_of(site, agreement.programme)
        try:
            programme = ProgrammeVersion.objects.latest(options["programme"]).programme
        except ProgrammeVersion.DoesNotExist:
            raise CommandError(f"no programme {options['programme']} is published") from None
        holidays = Holiday.objects.filter(region=options["region"]).values_list("date", "name")
        try:
            return programme, calendar_for(programme.business_day, options["zone"], dict(holidays))
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _at(self, text: str | None, zone: zoneinfo.ZoneInfo) -> dt.datetime:
        if not text:
            return clock.now()
        try:
            at = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"--at {text!r} is no time; write 2004-03-05 14:10") from error
        return at if at.tzinfo else at.replace(tzinfo=zone)


def _line(told: Foretold, zone: zoneinfo.ZoneInfo) -> str:
    sign = "HOTSHOT" if told.hotshot else told.kind.value
    due = f"{told.due_at.astimezone(zone):%a %m-%d %H:%M}"
    return f"{told.mark:<9} {due}  {sign:<8} {told.title} ({told.who}; {told.clause})"
