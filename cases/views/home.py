"""The reseller's home: what must I do now, and by when?"""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cases.clocks import FIRST_RESPONSE, INFORMATION, STATUS_UPDATE
from cases.models import Case
from contracts.actions.case_ledger import balances
from contracts.standing import standing_of
from portal import clock
from portal.models import Deadline, Draft, User

SHOWN = 12
LABELS = {
    FIRST_RESPONSE: "The engineer calls you back",
    STATUS_UPDATE: "The engineer updates you",
    INFORMATION: "We wait for your information",
}


@require_GET
@login_required
def contact_home(request: HttpRequest) -> HttpResponse:
    """Cases left by region, open cases with their next promise, what is waited for, and drafts."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  # login_required
    if user.is_provider:
        return redirect("home")
    now = clock.now()
    standing = standing_of(user, now)
    open_cases = Case.objects.visible_to(user).open()
    shown = list(open_cases.for_list().next_to_break_first()[:SHOWN])
    return render(
        request,
        "cases/home.html",
        {
            "standing": standing,
            "balances": balances(standing.agreement) if standing.agreement else [],
            "cases": with_promises(shown),
            "open_count": open_cases.count(),
            "waiting_for_you": waiting_for_reseller(user, now),
            "drafts": Draft.objects.visible_to(user).filter(form="cases.open")[:5],
            "now": now,
        },
    )


def with_promises(cases: list[Case]) -> list[dict[str, Any]]:
    """Each case with its unfinished promises, the soonest first, in one statement for all of them."""
    rows = (
        Deadline.objects.about_any("cases.case", [case.pk for case in cases])
        .unfinished()
        .filter(kind__in=LABELS)
        .soonest_first()
    )
    by_case: dict[int, list[Deadline]] = {}
    for row in rows:
        by_case.setdefault(row.subject_id, []).append(row)
    return [
        {"case": case, "promises": [labelled(row) for row in by_case.get(case.pk, [])]}
        for case in cases
    ]


def labelled(row: Deadline) -> dict[str, Any]:
    """A deadline with the words a reader knows it by."""
    return {"deadline": row, "label": LABELS.get(row.kind, row.kind)}


def waiting_for_reseller(user: User, now: dt.datetime) -> list[Case]:
    """Open cases on which something is asked of the reseller: information, a call, an answer, an agreement."""
    cases = Case.objects.visible_to(user).open().for_list()
    asked = cases.exclude(information_asked_at=None)
    call = cases.exclude(awaits_call_for=None)
    answer = cases.filter(proposed_by_side="provider")
    relieved = cases.filter(state="relieved")
    return list((asked | call | answer | relieved).order_by("severity", "pk")[:SHOWN])
