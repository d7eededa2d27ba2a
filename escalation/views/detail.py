"""One escalation: each step with its state, due time, clause and bearer; logging acts and waiving duties."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cases.case.models import Case
from contracts.programmes.rules.terms import Act, Role
from escalation import actions, board
from escalation.actions.duties import DONE_ELSEWHERE, act_in_words
from escalation.actions.timelines import escalation_of
from escalation.clocks import terms_of
from escalation.forms import LogForm, WaiveForm
from escalation.models import Step, Timeline
from escalation.people import Bearers
from portal import clock
from portal.access import get_visible_or_404, signed_in_as
from portal.models import User
from portal.rules.refusal import Refusal

_WITH = ("agreement__provider", "reseller", "contact__user", "contact__site", "owner")


@require_GET
@signed_in_as()
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The escalation of a case: the running one, or the latest; an earlier one by ``?timeline=``."""
    case = get_visible_or_404(Case.objects.select_related(*_WITH), request.user, pk=pk)
    return _page(request, case)


@require_POST
@signed_in_as()
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Log an act. A mistake or a refusal shows the page again with what was typed."""
    case = get_visible_or_404(Case.objects.select_related(*_WITH), request.user, pk=pk)
    user, now = _reader(request), clock.now()
    acts = [act for act in Act if act not in DONE_ELSEWHERE]
    form = LogForm(request.POST, acts=acts)
    if not form.is_valid():
        return _page(request, case, log_form=form, status=409)
    act = Act(form.cleaned_data["act"])
    try:
        actions.log_act(
            case,
            by=user,
            at=form.took_place(now),
            logged_at=now,
            act=act,
            note=form.cleaned_data["note"],
        )
    except Refusal as refusal:
        return _page(request, case, log_form=form, refused=refusal, status=409)
    messages.success(request, f"Logged: {act_in_words(act)}.")
    return redirect("escalation", pk=case.pk)


@require_POST
@signed_in_as()
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Waive a duty that is to be done only if necessary (D-14)."""
    timelines = Timeline.objects.visible_to(request.user)
    step = get_object_or_404(Step.objects.filter(timeline__in=timelines), pk=pk)
    case = Case.objects.select_related(*_WITH).get(pk=step.timeline.case_id)
    form = WaiveForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        actions.waive(step, by=_reader(request), at=clock.now(), note=note)
    except Refusal as refusal:
        return _page(request, case, waive_form=form, waiving=step.pk, refused=refusal, status=409)
    messages.success(request, f"Waived: {step.title}.")
    return redirect("escalation", pk=case.pk)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    log_form: LogForm | None = None,
    waive_form: WaiveForm | None = None,
    waiving: int | None = None,
    refused: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = _reader(request), clock.now()
    timelines = list(case.timelines.order_by("-number"))
    if not timelines:
        has_terms = escalation_of(case, now) is not None
        context = {"case": case, "has_exhibit_c": has_terms, "refused": refused}
        return render(request, "escalation/none.html", context, status=status)
    timeline = _chosen(request, timelines)
    timeline.case = case
    everything = bool(request.GET.get("all"))
    (shown,) = board.show([timeline], user, now, everything=everything, with_told=True)
    waiving = waiving or _number(request.GET.get("waive"))
    waived_step = next((one for one in shown.steps if one.pk == waiving and one.can_waive), None)
    acts = _acts_for(timeline, user, now)
    context = {
        "case": case,
        "timeline": timeline,
        "timelines": timelines,
        "shown": shown,
        "log_form": log_form or _log_form(acts, request.GET.get("act", "")),
        "waive_form": waive_form or WaiveForm(),
        "waived_step": waived_step,
        "everything": everything,
        "refused": refused,
        "now": now,
        "live_url": f"{reverse('escalation', args=[case.pk])}?timeline={timeline.number}"
        f"{'&all=1' if everything else ''}",
    }
    template = "escalation/detail.html"
    if request.headers.get("HX-Request"):
        template = "escalation/_detail.html"
    response = render(request, template, context, status=status)
    response["X-Portal-Now"] = now.isoformat()
    return response


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # signed_in_as
    return request.user


def _chosen(request: HttpRequest, timelines: list[Timeline]) -> Timeline:
    wanted = request.GET.get("timeline")
    if wanted is None:
        return next((one for one in timelines if one.is_running), timelines[0])
    for one in timelines:
        if str(one.number) == wanted:
            return one
    raise Http404


def _acts_for(timeline: Timeline, user: User, now: dt.datetime) -> list[Act]:
    """The acts that the reader may log on the timeline, in the order of Exhibit C."""
    if not timeline.is_running:
        return []
    people = Bearers([timeline], now)
    roles: dict[Act, Role] = {}
    for duty in terms_of(timeline).duties:
        if duty.act not in DONE_ELSEWHERE:
            roles.setdefault(duty.act, duty.role)
    return [act for act, role in roles.items() if people.may_act(user, role, timeline.case)]


def _log_form(acts: list[Act], chosen: str) -> LogForm | None:
    return LogForm(acts=acts, initial={"act": chosen}) if acts else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
