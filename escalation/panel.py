"""The panels of escalation: on the case page, for the reseller only what was promised to them; on the PSAM's home."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.template.loader import render_to_string

from cases.case.models import Case
from cases.clocks.rules.wording import frequency
from contracts.programmes.rules.terms import Act
from escalation import board as boards
from escalation.clocks import terms_of
from escalation.on_page import escalation_on
from escalation.rules.wording import length
from portal import clock
from portal.models import Deadline, User

OWED_TO_THE_RESELLER = {
    Act.CONTACT_UPDATE: "An engineer updates you",
    Act.CALL_RESELLER_MANAGEMENT: "Your PSAM calls your management",
    Act.INFORM_RESELLER_MANAGEMENT: "Your PSAM informs your management",
}
"""The duties owed to the reseller, in words for the reseller."""
SHOWN = 3


def case_panel(request: HttpRequest, case: Case) -> str:
    """The panel, or nothing when no escalation runs on the case. One statement at most, none below severity 1."""
    timeline = escalation_on(case)
    if timeline is None:
        return ""
    provider = bool(getattr(request.user, "is_provider", False))
    duties = [
        duty for duty in timeline.duties if provider or duty.data["act"] in OWED_TO_THE_RESELLER
    ]
    now = clock.now()
    context = {
        "case": case,
        "timeline": timeline,
        "elapsed": length(timeline.elapsed(now)),
        "every": frequency(terms_of(timeline).commitment.every),
        "provider": provider,
        "duties": [
            {"deadline": duty, "title": _title(duty, provider=provider)}
            for duty in _each_act_once(duties)
        ],
    }
    return render_to_string("escalation/case_panel.html", context, request=request)


def home_panel(request: HttpRequest, user: User) -> str:
    """The PSAM's own duties on their home, while any escalation runs (ATSP Ex.C); as many statements as the board."""
    now = clock.now()
    running = boards.running(user, now)
    if not running:
        return ""
    _, mine = boards.with_duties([], running, user, now)
    context = {"running": len(running), "mine": mine}
    return render_to_string("escalation/home_panel.html", context, request=request)


def _title(duty: Deadline, *, provider: bool) -> str:
    """The duty's name for the reader. The only update that is no hourly one is the initial response."""
    act = Act(duty.data["act"])
    if provider:
        return str(duty.data["title"])
    if act is Act.CONTACT_UPDATE and not duty.data["commitment"]:
        return "An engineer calls you back"
    return OWED_TO_THE_RESELLER[act]


def _each_act_once(duties: Iterable[Deadline]) -> list[Deadline]:
    """The first open duty of each act; a missed one represents the later ones of its kind."""
    first: dict[str, Deadline] = {}
    for duty in duties:
        first.setdefault(duty.data["act"], duty)
    return list(first.values())[:SHOWN]
