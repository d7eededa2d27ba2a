"""The page that hands all open cases of an engineer over: whose, to whom, how, a preview, and the result."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cases.case.actions import ENGINEERS, INTAKE
from cases.case.models import Case
from cases.handling.passing_on import Way, open_cases_of, plan
from cases.handling.passing_on import pass_on as hand_all_over
from contracts.parties.people import colleagues_of
from contracts.parties.presence import there
from portal import clock
from portal.access import reader, signed_in_as
from portal.models import User
from portal.refusable import fingerprint
from portal.rules.refusal import Refusal


@require_http_methods(["GET", "POST"])
@signed_in_as(*INTAKE)
def pass_on(request: HttpRequest) -> HttpResponse:
    """Choose whose cases and who takes them (GET), see the preview, and hand them over (POST of what was seen)."""
    user, now = reader(request), clock.now()
    asked: Mapping[str, Any] = request.POST if request.method == "POST" else request.GET
    everybody = colleagues_of(user, *ENGINEERS).order_by("name", "pk")
    engineers = list(everybody)
    owner = next((one for one in engineers if str(one.pk) == asked.get("owner", "")), None)
    present = there(everybody, now)
    others = [one for one in present if owner is None or one.pk != owner.pk]
    wanted = asked.getlist("to") if hasattr(asked, "getlist") else []
    takers = [one for one in others if str(one.pk) in wanted]
    way = Way(asked["way"]) if asked.get("way") in list(Way) else Way.LOAD
    cases = open_cases_of(owner, user) if owner is not None else []
    context: dict[str, Any] = {
        "engineers": engineers,
        "owner": owner,
        "others": others,
        "takers": takers,
        "way": way,
        "ways": [(each.value, each.label) for each in Way],
        "count": len(cases),
        "groups": _grouped(cases),
    }
    status = 200
    if owner is not None and takers and cases:
        planned = plan(cases, takers, way)
        seen = fingerprint(tuple(sorted((case, one.pk) for case, one in planned.items())))
        context |= {"planned": _by_taker(cases, planned), "seen": seen}
        if request.method == "POST":
            status = _hand_over(request, context, owner, planned, seen, user)
    elif request.method == "POST":
        context["refused"] = Refusal(
            "Nothing is to be handed over.",
            clause="ATSP 4.1",
            way_out="Choose whose cases, and who takes them; the preview shows the rest.",
        )
        status = 409
    return render(request, "cases/pass_on.html", context, status=status)


def _hand_over(
    request: HttpRequest,
    context: dict[str, Any],
    owner: User,
    planned: Mapping[int, User],
    seen: str,
    user: User,
) -> int:
    """Do it when the plan is the one that was seen; fills the context with the result, or with what stands against."""
    if request.POST.get("seen") != seen:
        context["refused"] = Refusal(
            "The cases or their engineers changed since you saw the preview.",
            clause="D-28",
            way_out="Look at the new preview below, then hand over.",
        )
        return 409
    try:
        given, left = hand_all_over(owner, planned, by=user, at=clock.now())
    except Refusal as refusal:
        context["refused"] = refusal
        return 409
    context |= {
        "given": [(one, cases) for one, cases in given.items()],
        "left": left,
        "planned": None,
        "count": 0,
        "groups": [],
    }
    return 200


def _grouped(cases: list[Case]) -> list[dict[str, Any]]:
    """How many of each severity and reseller there are, the gravest first."""
    ordered = sorted(cases, key=lambda one: (one.severity, one.reseller.name))
    found = []
    for severity, some in groupby(ordered, key=lambda one: one.severity):
        of_severity = list(some)
        resellers = groupby(of_severity, key=lambda one: one.reseller.name)
        found.append(
            {
                "severity": of_severity[0].severity_terms,
                "level": severity,
                "count": len(of_severity),
                "resellers": [(name, len(list(few))) for name, few in resellers],
            }
        )
    return found


def _by_taker(cases: list[Case], planned: Mapping[int, User]) -> list[tuple[User, list[Case]]]:
    found: dict[User, list[Case]] = {}
    for case in cases:
        found.setdefault(planned[case.pk], []).append(case)
    return sorted(found.items(), key=lambda each: each[0].name)
