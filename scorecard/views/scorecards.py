"""The account manager's pages: every reseller's status, and one reseller's scorecard."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.agreements.models.agreements import Agreement
from contracts.programmes.models import ProgrammeVersion, programme_of
from contracts.programmes.rules.terms import Measure, Measured
from contracts.programmes.rules.terms import Scorecard as Terms
from portal import clock
from portal.access import signed_in_as
from portal.filters import Asked
from portal.paging import page_of
from scorecard import charts
from scorecard.measuring import Card, Readings, Reviewed, terms_of
from scorecard.navigation import READERS
from scorecard.rules.exhibit_b import MeasureResult
from scorecard.rules.outlook import fewer_days, outlook
from scorecard.rules.status_history import may_decline_renewal
from scorecard.rules.what_if import what_if
from scorecard.views.reviews import agreement_of, days_of

ROWS = 25
MONTHS = 12
MONTHS_ON_A_PHONE = 6


@require_GET
@signed_in_as(*READERS)
def portfolio(request: HttpRequest) -> HttpResponse:
    """Every reseller with a scorecard in force: the months up to today, the status by the reviews, and what is next."""
    now = clock.now()
    with_scorecard = [
        version
        for version in ProgrammeVersion.objects.visible_to(request.user).values_list(
            "pk", flat=True
        )
        if programme_of(version).scorecard is not None
    ]
    agreements = (
        Agreement.objects.visible_to(request.user)
        .in_force(now)
        .filter(programme_version__in=with_scorecard)
        .select_related("reseller")
        .order_by("reseller__name", "reference")
    )
    asked = Asked(request.GET)
    asked.only(("q",))
    words = asked.text("q")
    if words:
        agreements = agreements.matching(words)
    if asked.refused:
        agreements = agreements.none()
    page = page_of(agreements, request.GET.get("page"), ROWS, "resellers")
    readings = Readings.of(page.object_list)
    rows = [_portfolio_row(readings, one, one.date_at(now)) for one in page.object_list]
    context = {"page": page, "rows": rows, "now": now, "q": words, "refused": asked.refused}
    return render(request, "scorecard/portfolio.html", context)


def _portfolio_row(readings: Readings, agreement: Agreement, today: dt.date) -> dict[str, Any]:
    terms = terms_of(agreement.programme)
    cards = readings.monthly(agreement, today, MONTHS_ON_A_PHONE + 1)
    reviewed = readings.reviewed(agreement, today)
    return {
        "agreement": agreement,
        "card": cards[-1],
        "status": status_face(terms, _status(cards[-1], reviewed)),
        "dots": _dots(terms, cards[-1]),
        "trend": charts.sparkline(terms, cards),
        "standing": reviewed.standing,
        "considered": status_face(terms, reviewed.standing.status),
        "outlook": outlook(terms, cards[-1].result),
        "most": most_of(terms),
        "months_to_recover": terms.months_to_recover,
        "next_in": _days_away((reviewed.standing.next_review_on - today).days),
    }


@require_GET
@signed_in_as(*READERS)
def scorecard(request: HttpRequest, reference: str) -> HttpResponse:
    """One reseller's scorecard: measures with points, band and cases, and the status rules line by line.

    A day that cannot be shown is refused with what was typed kept in the form; the page then shows the usual day.
    """
    agreement = agreement_of(request, reference)
    readings = Readings.of([agreement])
    days = days_of(request, agreement, readings)
    terms = terms_of(agreement.programme)
    card = readings.card(agreement, days.chosen)
    until = min(days.chosen, days.today)
    cards = readings.monthly(agreement, until, MONTHS) if until >= days.first_possible else []
    standing = days.reviewed.standing
    context = {
        "agreement": agreement,
        "terms": terms,
        "card": card,
        "days": days,
        "last_day": card.review_on - dt.timedelta(days=1),
        "first_day": agreement.date_at(card.window.starts_at),
        "status": status_face(terms, _status(card, days.reviewed)),
        "effective_on": readings.effective_on(agreement),
        "most": most_of(terms),
        "measures": [
            _measure_row(measure, result, card)
            for measure, result in zip(terms.measures, card.result.measures, strict=True)
        ],
        "outlook": outlook(terms, card.result),
        "cards": [
            {"card": each, "status": status_face(terms, _status(each, days.reviewed))}
            for each in cards
        ],
        "partial_months": any(each.partial for each in cards),
        "chart": charts.total_chart(terms, cards, width=640, height=260) if cards else None,
        "phone_chart": charts.total_chart(terms, cards[-MONTHS_ON_A_PHONE:], width=330, height=230)
        if cards
        else None,
        "standing": standing,
        "considered": status_face(terms, standing.status),
        "reviews": [
            {"card": each, "status": status_face(terms, each.result.status)}
            for each in reversed(days.reviewed.cards)
        ],
        "recovery": f"{standing.compliant_months} of {terms.months_to_recover} compliant months",
        "may_decline_renewal": may_decline_renewal(standing),
    }
    return render(request, "scorecard/scorecard.html", context, status=400 if days.refused else 200)


def _status(card: Card, reviewed: Reviewed) -> str | None:
    """The status that a card may claim: None before the first review, whatever so few months measure (ATSP 4.2)."""
    come = any(each.review_on <= card.review_on for each in reviewed.cards)
    return card.result.status if come else None


def _measure_row(measure: Measure, result: MeasureResult, card: Card) -> dict[str, Any]:
    changes = what_if(measure, result)
    most = charts.most_points(measure)
    address = reverse("scorecard_cases", args=[card.agreement.reference, result.code])
    url = f"{address}?on={card.review_on.isoformat()}"
    return {
        "result": result,
        "most": most,
        "level": charts.level(result.points, most),
        "scale": charts.band_scale(measure, result),
        "better": changes.better.words if changes.better else fewer_days(measure, result),
        "worse": changes.worse.words if changes.worse else "",
        "note": _note(measure, result),
        "noun": "contacts" if result.measured is Measured.CONTACTS_TRAINED else "cases",
        "behind": _behind(result),
        "url": url,
        "keepers_url": f"{url}&show=counted" if changes.better and changes.better.by < 0 else "",
    }


def _days_away(days: int) -> str:
    return "tomorrow" if days == 1 else f"in {days} days"


def _behind(result: MeasureResult) -> str:
    """What a link to the cases behind a measure says: "8 of 55 cases", "mean of 38 cases"."""
    if result.measured is Measured.DAYS_RELIEF_TO_CLOSURE:
        return f"mean of {_counted(result.denominator, 'case')}"
    noun = "contact" if result.measured is Measured.CONTACTS_TRAINED else "case"
    return f"{result.numerator} of {_counted(result.denominator, noun)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _note(measure: Measure, result: MeasureResult) -> str:
    """What a reader of the paper would wonder about: a number that it leaves in no band (D-16)."""
    in_knowledge_base = (Measured.CRITICAL_IN_KNOWLEDGE_BASE, Measured.ALL_IN_KNOWLEDGE_BASE)
    nothing = max(band.least for band in measure.bands)
    if measure.measured in in_knowledge_base and result.value == nothing:
        return f"The paper leaves exactly {nothing} % in no band; it gives no points (D-16)."
    return ""


def _dots(terms: Terms, card: Card) -> list[dict[str, Any]]:
    """The measures of a card as dots: full, some or none of their points."""
    return [
        {
            "code": result.code,
            "name": result.name,
            "points": result.points,
            "most": charts.most_points(measure),
            "level": charts.level(result.points, charts.most_points(measure)),
            "no_cases": result.no_cases,
        }
        for measure, result in zip(terms.measures, card.result.measures, strict=True)
    ]


def most_of(terms: Terms) -> Any:
    """The most points that a scorecard can give."""
    return sum(charts.most_points(measure) for measure in terms.measures)


def status_face(terms: Terms, code: str | None) -> dict[str, str]:
    """How a status looks, by its rank in the programme: the best, the failing one, or between; none before a review."""
    codes = [rule.code for rule in terms.statuses]
    if code is None:
        return {"name": "No review yet", "icon": "hourglass", "tone": "neutral"}
    name = terms.statuses[codes.index(code)].name
    if code == codes[-1]:
        return {"name": name, "icon": "alert-triangle", "tone": "danger"}
    if code == codes[0]:
        return {"name": name, "icon": "award", "tone": "success"}
    return {"name": name, "icon": "circle-check", "tone": "info"}
