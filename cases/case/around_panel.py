"""What stands around a case, beside its conversation: who watches it, its relations, other teams, time spent."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from cases.case.around import around
from cases.case.models import Case
from cases.relations.models import Kind
from cases.sub_cases.models import SubState, Team
from cases.watching.page import is_watched_by, watchers_of
from portal.access import reader

TONES = {
    SubState.OPEN: "warning",
    SubState.IN_WORK: "info",
    SubState.ANSWERED: "success",
    SubState.CLOSED: "quiet",
}


def around_panel(request: HttpRequest, case: Case) -> str:
    """The panels as HTML; what is the provider's own is shown to its people only."""
    user, found = reader(request), around(case)
    context = {
        "case": case,
        "user": user,
        "watchers": watchers_of(found, user),
        "is_watching": is_watched_by(case, user),
        "hears_anyway": user.pk == case.contact.user_id,
        "relations": [
            {**each, "kind": Kind(each["kind"]).label}
            for each in found.relations
            if user.is_provider or each["reseller"] == case.reseller_id
        ],
        "merged": [each for each in found.duplicates if each["merged_at"]],
        "sub_cases": [_sub_case(each) for each in found.sub_cases] if user.is_provider else [],
        "spent": found.time_spent if user.is_provider else [],
        "minutes": found.minutes,
    }
    return render_to_string("cases/around_panel.html", context, request=request)


def _sub_case(each: dict[str, Any]) -> dict[str, Any]:
    state = SubState(each["state"])
    return {**each, "team": Team(each["team"]).label, "state": state.label, "tone": TONES[state]}
