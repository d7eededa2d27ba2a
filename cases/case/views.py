"""The case page: the conversation, the clocks beside it, and the acts open to the reader."""

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from cases.case.coverage import coverage_of_case
from cases.case.forms.act import ActForm
from cases.case.forms.acts import ACTS, acts_for, tabs_for
from cases.case.models import Case
from cases.case.reader import reader
from cases.clocks.page.promises import clocks_of
from cases.clocks.page.waits import provider_waits_of, waits_of
from cases.conversation.models import SubCase
from cases.conversation.page import Line, conversation
from cases.events import CaseRead
from cases.work.page import work_of
from contracts.frame import under
from contracts.roster.permissions import standing_of
from portal import clock, subscriptions
from portal.access import get_visible_or_404
from portal.models import User
from portal.rules.refusal import Refusal

_WITH = (
    "agreement__provider",
    "programme_version",
    "reseller",
    "contact__site",
    "site",
    "contact__user",
    "owner",
    "product",
    "article",
    "opened_by",
)
NEXT_PROMISES = 3


@require_GET
@login_required
def case_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One case, as the reader may see it. Reading the notes is a duty of Exhibit C, so the page says who read."""
    user = reader(request)
    case = get_visible_or_404(Case.objects.select_related(*_WITH), user, pk=pk)
    now = clock.now()
    if user.is_provider:
        subscriptions.publish(CaseRead(case, user, now))
    return _page(request, case, user, now)


@require_POST
@login_required
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Do one act on a case. A mistake or a refusal shows the page again with what was typed."""
    user = reader(request)
    if code not in ACTS:
        raise Http404
    case = get_visible_or_404(Case.objects.select_related(*_WITH), user, pk=pk)
    if not ACTS[code].is_for(user):
        raise Refusal(
            f"“{ACTS[code].label}” is not yours to do on case {case.number}.",
            clause=case.programme.cites(ACTS[code].clause),
            way_out="Write on the case what you need; the other side sees it at once.",
        )
    now = clock.now()
    form = ACTS[code](request.POST, case=case, user=user, at=now)
    if form.is_valid():
        try:
            case = form.perform()
        except Refusal as refusal:
            form.refusal = refusal
        else:
            messages.success(request, form.done(case))
            return redirect(_next(request) or case)
    return _page(request, case, user, now, bound=form, status=409)


def _next(request: HttpRequest) -> str:
    """The page of ours that the act was done from, when it says so."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""


def _page(
    request: HttpRequest,
    case: Case,
    user: User,
    now: dt.datetime,
    *,
    bound: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = standing_of(user, now)
    wanted = request.GET.get("act", "")
    acts = acts_for(
        case,
        user,
        now,
        is_technical=standing.is_technical,
        is_administrative=standing.is_administrative,
        bound=bound,
        wanted=wanted,
    )
    running, settled = clocks_of(case, user)
    information = next(
        (each.deadline for each in running if each.deadline.kind.endswith("information")), None
    )
    oldest_first = request.GET.get("order") == "oldest"
    spoken = conversation(case, user)
    work = work_of(spoken)
    context = {
        "case": case,
        "work": work,
        "work_waits": [line for line in work if line.waits_for(user)],
        "tabs": tabs_for(acts, wanted=wanted),
        "bound": bound,
        "take": next((act for act in acts if act.code == "take"), None),
        "next_clocks": running[:NEXT_PROMISES],
        "later_clocks": running[NEXT_PROMISES:],
        "settled_clocks": settled,
        "waits": provider_waits_of(case) if user.is_provider else waits_of(case, information),
        "act_codes": {act.code for act in acts},
        "conversation": spoken if oldest_first else spoken[::-1],
        "oldest_first": oldest_first,
        "sub_cases": _sub_cases(case, spoken) if user.is_provider else [],
        "severity_terms": case.programme.severity(case.severity),
        "charge_terms": case.programme.determinations,
        "is_technical": standing.is_technical,
        **under(case.agreement),
        "coverage": coverage_of_case(case),
    }
    return render(request, "cases/case.html", context, status=status)


def _sub_cases(case: Case, spoken: list[Line]) -> list[SubCase]:
    """The case's sub-cases; the journal tells without a query more when there is none."""
    if not any(getattr(line.entry, "verb", "") == "case.sub_case_opened" for line in spoken):
        return []
    return list(case.sub_cases.select_related("opened_by"))
