"""The cases or contacts behind a number of a scorecard, each with why it counts or not."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases.case.models import Case
from cases.resolution.rules import Charge
from contracts.programmes.rules.terms import Measured
from portal.access import signed_in_as
from portal.filters import PLACE, Asked
from portal.paging import page_of
from scorecard.history import SEVERITY_1, CaseHistory
from scorecard.measuring import Card, Readings
from scorecard.navigation import READERS
from scorecard.rules.exhibit_b import MeasureResult
from scorecard.views.reviews import agreement_of, days_of

ROWS = 25
COUNTS = {
    "opened": "Cases opened",
    "charged": "Cases charged",
    "provisional": "Cases not determined yet",
    "given-back": "Cases given back",
}
DAY = dt.timedelta(days=1)


@require_GET
@signed_in_as(*READERS)
def behind(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """The cases or contacts behind a number. `?show=counted` leaves those that count, `?show=others` the rest."""
    agreement = agreement_of(request, reference)
    readings = Readings.of([agreement])
    days = days_of(request, agreement, readings)
    if days.refused:
        raise days.refused
    card = readings.card(agreement, days.chosen)
    address = reverse("scorecard_cases", args=[reference, code])
    on = f"?on={card.review_on.isoformat()}"
    context: dict[str, Any] = {
        "agreement": agreement,
        "card": card,
        "first_day": agreement.date_at(card.window.starts_at),
        "last_day": card.review_on - DAY,
        "back_url": reverse("scorecard", args=[reference]) + on,
        "all_url": f"{address}{on}",
        "counted_url": f"{address}{on}&show=counted",
        "others_url": f"{address}{on}&show=others",
    }
    if code in COUNTS:
        return _counted(request, card, code, context)
    try:
        result = card.result.measure(code)
    except KeyError:
        raise Http404 from None
    context |= {"result": result, "title": f"{result.code} {result.name}"}
    if result.measured is Measured.CONTACTS_TRAINED:
        return render(request, "scorecard/contacts.html", context)
    counted, among = set(map(int, result.cases)), [int(each) for each in result.among]
    has_others = result.measured is not Measured.DAYS_RELIEF_TO_CLOSURE
    parts = {
        "counted": [each for each in among if each in counted],
        "others": [each for each in among if each not in counted],
    }
    asked = Asked(request.GET)
    asked.only(("show",), ("on", *PLACE))
    show = asked.one_of("show", parts if has_others else ())
    wanted = [] if asked.refused else parts.get(show, among)
    page = _page(request, wanted)
    histories = readings.histories(agreement)
    for case in page.object_list:
        history = histories[case.pk]
        case.counts = case.pk in counted
        case.why = _why(result, history, card)
        case.was_higher = history.was_severity_1 and case.severity != SEVERITY_1
    context |= {
        "page": page,
        "refused": asked.refused,
        "show_all": not show,
        "show_counted": show == "counted",
        "show_others": show == "others",
        "has_others": has_others,
        "counted_count": len(counted),
        "other_count": len(among) - len(counted),
        "among_count": len(among),
    }
    return render(request, "scorecard/cases.html", context)


def _counted(request: HttpRequest, card: Card, code: str, context: dict[str, Any]) -> HttpResponse:
    page = _page(request, getattr(card.counts, code.replace("-", "_")))
    for case in page.object_list:
        case.why = Charge(case.charge).label.capitalize()
    context |= {"page": page, "title": COUNTS[code], "result": None}
    return render(request, "scorecard/cases.html", context)


def _page(request: HttpRequest, case_ids: Any) -> Any:
    cases = (
        Case.objects.visible_to(request.user)
        .filter(pk__in=list(case_ids))
        .for_list()
        .order_by("-reported_at", "-pk")
    )
    return page_of(cases, request.GET.get("page"), ROWS, "cases")


def _why(result: MeasureResult, history: CaseHistory, card: Card) -> str:
    """Why a case counts for the measure, or why it does not."""
    tellers: dict[Measured, Callable[[CaseHistory, Card], str]] = {
        Measured.CRITICAL_IN_KNOWLEDGE_BASE: _why_known,
        Measured.ALL_IN_KNOWLEDGE_BASE: _why_known,
        Measured.REPLICATED_BY_PROVIDER: _why_replicated,
        Measured.DAYS_RELIEF_TO_CLOSURE: _why_days,
    }
    return tellers[result.measured](history, card)


def _why_known(history: CaseHistory, card: Card) -> str:
    if not history.article:
        return "No article is linked."
    if history.fix_published_at is None:
        return f"{history.article} had no Fix when it was linked."
    day = _day(card, history.fix_published_at)
    if history.facts(card.window.ends_at).fix_was_published:
        return f"{history.article} had its Fix since {day}, before the report."
    return f"The Fix of {history.article} was published on {day}, after the report."


def _why_replicated(history: CaseHistory, card: Card) -> str:
    if history.replicated_at is None:
        return "The provider did not have to replicate it."
    return f"Replicated by the provider on {_day(card, history.replicated_at)}."


def _why_days(history: CaseHistory, card: Card) -> str:
    closure = history.closure_at(card.window.ends_at)
    if closure is None or closure.relieved_at is None:
        return ""
    days = (closure.closed_at - closure.relieved_at) / DAY
    return (
        f"{days:.1f} days: relief on {_day(card, closure.relieved_at)}, "
        f"closed on {_day(card, closure.closed_at)}."
    )


def _day(card: Card, at: dt.datetime) -> str:
    """The date of an instant in the agreement's zone."""
    on = card.agreement.date_at(at)
    return f"{on.day} {on:%b %Y}"
