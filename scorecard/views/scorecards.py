"""The account manager's pages: every reseller's status, one reseller's scorecard, and the cases behind each number."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.models import Case
from contracts.models import Agreement
from portal import clock
from portal.access import get_visible_or_404, signed_in_as
from portal.roles import Role
from portal.rules.refusal import Refusal
from scorecard.measuring import Card, card_of, cards_of, latest_review_on, standing_on, terms_of
from scorecard.rules.exhibit_b import MeasureResult
from scorecard.rules.status_history import review_days
from scorecard.rules.what_if import what_if

READERS = (
    Role.ACCOUNT_MANAGER,
    Role.PSAM,
    Role.SUPPORT_MANAGEMENT,
    Role.SENIOR_MANAGER,
    Role.DIRECTOR_PREMIUM_SUPPORT,
    Role.VP_TECHNICAL_SUPPORT,
    Role.CONTRACT_ADMINISTRATOR,
)


@require_GET
@signed_in_as(*READERS)
def portfolio(request: HttpRequest) -> HttpResponse:
    """Every reseller with a scorecard: the rolling six months to today, and the next review."""
    now = clock.now()
    agreements = [
        one
        for one in Agreement.objects.visible_to(request.user)
        .in_force(now)
        .select_related("reseller")
        .order_by("reseller__name")
        if one.programme.scorecard is not None
    ]
    today = now.date()
    rows = [
        {
            "agreement": card.agreement,
            "card": card,
            "next_review_on": next(
                review_days(
                    card.agreement.effective_on,
                    terms_of(card.agreement.programme).review_every,
                    after=card.agreement.date_at(now),
                )
            ),
        }
        for card in cards_of(agreements, today)
    ]
    return render(request, "scorecard/portfolio.html", {"rows": rows, "today": today})


@require_GET
@signed_in_as(*READERS)
def scorecard(request: HttpRequest, contract_number: str) -> HttpResponse:
    """One reseller's scorecard: measures with points, band and cases, and the status rules line by line."""
    agreement = _agreement(request, contract_number)
    today = agreement.date_at(clock.now())
    latest = latest_review_on(agreement, today)
    card = card_of(agreement, _review_on(request, latest))
    terms = terms_of(agreement.programme)
    context = {
        "agreement": agreement,
        "card": card,
        "measures": [
            {"result": result, "terms": measure, "what_if": what_if(measure, result)}
            for measure, result in zip(terms.measures, card.result.measures, strict=True)
        ],
        "standing": standing_on(agreement, today),
        "latest": latest,
        "today": today,
        "most": sum(max(band.points for band in measure.bands) for measure in terms.measures),
    }
    return render(request, "scorecard/scorecard.html", context)


@require_GET
@signed_in_as(*READERS)
def cases_behind(request: HttpRequest, contract_number: str, code: str) -> HttpResponse:
    """The cases behind one number: those that count, and those among which they were counted."""
    agreement = _agreement(request, contract_number)
    latest = latest_review_on(agreement, agreement.date_at(clock.now()))
    card = card_of(agreement, _review_on(request, latest))
    try:
        result = card.result.measure(code)
    except KeyError:
        raise Http404 from None
    context = {"agreement": agreement, "card": card, "result": result}
    return render(request, "scorecard/cases.html", context | _rows(request, card, result))


def _rows(request: HttpRequest, card: Card, result: MeasureResult) -> dict[str, Any]:
    counted = set(result.cases)
    cases = (
        Case.objects.visible_to(request.user)
        .filter(pk__in=[int(reference) for reference in result.among])
        .for_list()
        .order_by("-reported_at")
    )
    return {"rows": [{"case": case, "counts": case.number in counted} for case in cases]}


def _agreement(request: HttpRequest, contract_number: str) -> Agreement:
    agreement: Agreement = get_visible_or_404(
        Agreement.objects.select_related("reseller", "programme_version"),
        request.user,
        contract_number=contract_number,
    )
    if agreement.programme.scorecard is None:
        raise Refusal(
            f"The programme of {agreement.contract_number} has no scorecard.",
            way_out="Scorecards belong to the ATSP programme (Exhibit B).",
        )
    return agreement


def _review_on(request: HttpRequest, latest: dt.date) -> dt.date:
    """The day of review asked for. Raises Refusal when it is not a date."""
    asked = request.GET.get("on", "")
    if not asked:
        return latest
    try:
        return dt.date.fromisoformat(asked)
    except ValueError:
        raise Refusal(
            f"{asked!r} is not a day.",
            clause="ATSP 4.2",
            way_out="Write the day of review as year-month-day, for instance 2003-03-03.",
            field="on",
        ) from None
