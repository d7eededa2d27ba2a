"""Time spent, summed by person, case or reseller, with its export. The provider's own."""

import datetime as dt
import zoneinfo
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases.time_spent.actions import take_back_time
from cases.time_spent.models import TimeSpent
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.csv_files import csv_response
from portal.filters import Asked
from portal.paging import page_of

ROWS = 25
BY = {
    "person": ("Person", ("person__name",)),
    "case": ("Case", ("case_id", "case__title")),
    "reseller": ("Reseller", ("case__reseller__name",)),
}
PERIODS = {"7": "the last 7 days", "30": "the last 30 days", "365": "the last year"}


def _chosen(request: HttpRequest) -> tuple[Any, dict[str, str], Asked]:
    user, asked = reader(request), Asked(request.GET)
    chosen = {
        "by": asked.one_of("by", BY) or "person",
        "days": asked.one_of("days", PERIODS) or "30",
    }
    asked.only(chosen)
    since = clock.now() - dt.timedelta(days=int(chosen["days"]))
    rows = TimeSpent.objects.visible_to(user).filter(happened_at__gte=since)
    return (rows.none() if asked.refused else rows), chosen, asked


@require_GET
@signed_in_as()
def time_spent(request: HttpRequest) -> HttpResponse:
    """The minutes of a period, summed, and one's own latest entries, which one may take back."""
    rows, chosen, asked = _chosen(request)
    title, names = BY[chosen["by"]]
    sums = rows.values_list(*names).annotate(minutes=Sum("minutes")).order_by("-minutes", names[0])
    page = page_of(sums, request.GET.get("page"), ROWS, "lines")
    mine = rows.filter(person=reader(request)).select_related("case").order_by("-happened_at")
    context = {
        "page": page,
        "lines": [
            {
                "name": " ".join(str(part) for part in line[:-1]),
                "case": line[0] if chosen["by"] == "case" else None,
                "minutes": line[-1],
            }
            for line in page
        ],
        "all_minutes": rows.aggregate(all=Sum("minutes"))["all"] or 0,
        "title": title,
        "chosen": chosen,
        "refused": asked.refused,
        "ways": [(code, title) for code, (title, _) in BY.items()],
        "periods": list(PERIODS.items()),
        "mine": list(mine[:ROWS]),
    }
    return render(request, "cases/time_spent/list.html", context)


@require_GET
@signed_in_as()
def time_csv(request: HttpRequest) -> HttpResponseBase:
    """The entries of a period, one a line, in the reader's zone."""
    rows, _, _ = _chosen(request)
    zone = zoneinfo.ZoneInfo(timezone.get_current_timezone_name())
    entries = rows.select_related("person", "case__reseller").order_by("happened_at", "pk")
    return csv_response(
        "time-spent.csv",
        ["Case", "Reseller", "Person", "When", "Minutes", "On what"],
        (
            [
                one.case_id,
                one.case.reseller.name,
                one.person.name,
                one.happened_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                one.minutes,
                one.what,
            ]
            for one in entries.iterator(chunk_size=1000)
        ),
    )


@sent_from(lambda request, pk: reverse("time_spent"))
@signed_in_as()
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry of one's own back."""
    rows = TimeSpent.objects.select_related("case", "person")
    take_back_time(
        get_visible_or_404(rows, request.user, pk=pk), by=reader(request), at=clock.now()
    )
    messages.success(request, "The entry is taken back.")
    return redirect("time_spent")
