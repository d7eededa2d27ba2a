"""One escalation: each step with its state, due time, clause and bearer; logging acts and waiving duties."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases.case.models import Case
from contracts.programmes.rules.terms import Act, Role
from escalation import board
from escalation.actions.duties import DONE_ELSEWHERE
from escalation.actions.timelines import escalation_of
from escalation.clocks import terms_of
from escalation.forms import LogForm, Loggable, WaiveForm
from escalation.models import Step, Timeline
from escalation.people import Bearers
from portal import acts, clock
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.acts import Actor, answer
from portal.models import User
from portal.rules.outside import number_in

_WITH = ("agreement__provider", "reseller", "contact__user", "contact__site", "owner")


@require_GET
@signed_in_as()
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The escalation of a case: the running one, or the latest; an earlier one by ``?timeline=``."""
    case = get_visible_or_404(Case.objects.select_related(*_WITH), request.user, pk=pk)
    return _page(request, case)


@sent_from(lambda request, pk: reverse("escalation", args=[pk]))
@signed_in_as()
def log(request: HttpRequest, pk: int) -> HttpResponse:
    """Log an act. A mistake or a refusal shows the page again with what was typed."""
    case = get_visible_or_404(Case.objects.select_related(*_WITH), request.user, pk=pk)
    subject = Loggable(case, [act for act in Act if act not in DONE_ELSEWHERE])
    return answer(
        request, LogForm, subject, _actor(request), lambda form: _page(request, case, logs=form)
    )


@sent_from(lambda request, pk: _page_of(_step_or_404(request, pk)))
@signed_in_as()
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Waive a duty that is to be done only if necessary (D-14)."""
    step = _step_or_404(request, pk)
    case = Case.objects.select_related(*_WITH).get(pk=step.timeline.case_id)
    return answer(
        request, WaiveForm, step, _actor(request), lambda form: _page(request, case, waives=form)
    )


def _step_or_404(request: HttpRequest, pk: int) -> Step:
    timelines = Timeline.objects.visible_to(request.user)
    steps = Step.objects.filter(timeline__in=timelines).select_related("timeline")
    return get_object_or_404(steps, pk=pk)


def _page_of(step: Step) -> str:
    """The page that shows the form by which a step is waived."""
    return f"{reverse('escalation', args=[step.timeline.case_id])}?waive={step.pk}"


def _actor(request: HttpRequest) -> Actor:
    return Actor(reader(request), clock.now())


def _page(
    request: HttpRequest,
    case: Case,
    *,
    logs: acts.Act[Loggable, Actor] | None = None,
    waives: acts.Act[Step, Actor] | None = None,
) -> HttpResponse:
    actor = _actor(request)
    user, now = actor.user, actor.at
    bound = logs or waives
    refused, status = (bound.refusal, bound.status) if bound else (None, 200)
    timelines = list(case.timelines.order_by("-number"))
    if not timelines:
        has_terms = escalation_of(case, now) is not None
        context = {"case": case, "has_exhibit_c": has_terms, "refused": refused}
        return render(request, "escalation/none.html", context, status=status)
    timeline = _chosen(request, timelines)
    timeline.case = case
    everything = bool(request.GET.get("all"))
    (shown,) = board.show([timeline], user, now, everything=everything, in_full=True)
    waiving = waives.subject.pk if waives else _number(request.GET.get("waive"))
    waivable = next((one for one in shown.steps if one.pk == waiving and one.can_waive), None)
    if waives is None and waivable is not None:
        waives = WaiveForm(Step.objects.get(pk=waivable.pk), actor)
    loggable = Loggable(case, _acts_for(timeline, user, now))
    if logs is None and loggable.acts:
        logs = LogForm(loggable, actor, asked=request.GET.dict())
    context = {
        "case": case,
        "timeline": timeline,
        "timelines": timelines,
        "shown": shown,
        "log": logs,
        "waive": waives if waivable else None,
        "waived_step": waivable,
        "everything": everything,
        "refused": refused if waives and not waivable else None,
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


def _number(text: str | None) -> int | None:
    return number_in(text or "")
