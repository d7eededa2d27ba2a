"""The page of a conference call: its agenda, when it was held and with whom, its minutes (ATSP 14.1.1)."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.frame import agreement_with_options_or_404, render_tab
from contracts.services.actions import calls as actions
from contracts.services.forms import CALL_ACTS
from contracts.services.models.calls import ConferenceCall
from contracts.services.permissions import may_manage
from portal import clock
from portal.access import reader, sent_from
from portal.acts import Act, Actor, answer, offers
from portal.models import Deadline


@require_GET
@login_required
def call(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One conference call, to its own reseller and to the provider."""
    found = _found(request, reference, number)
    return _page(request, found, Actor(reader(request), clock.now()))


@sent_from(lambda request, reference, number, code: reverse("call", args=[reference, number]))
@login_required
def call_act(request: HttpRequest, reference: str, number: int, code: str) -> HttpResponse:
    """Do one act on a call. A mistake or a refusal shows the page with what was typed."""
    found = _found(request, reference, number)
    actor = Actor(reader(request), clock.now())
    return answer(
        request, CALL_ACTS.get(code), found, actor, lambda form: _page(request, found, actor, form)
    )


def _page(
    request: HttpRequest,
    call: ConferenceCall,
    actor: Actor,
    bound: Act[ConferenceCall, Actor] | None = None,
) -> HttpResponse:
    user, agreement = actor.user, call.agreement
    manages = user.is_provider and may_manage(user, agreement, actor.at)
    offered = offers(CALL_ACTS.values(), call, actor, bound=bound) if manages else ()
    deadlines = Deadline.objects.about(agreement).filter(
        kind__in=[actions.CALL, actions.MINUTES], step=call.step
    )
    return render_tab(
        request,
        agreement,
        "services",
        "contracts/services/call.html",
        {
            "call": call,
            "may_manage": manages,
            "offers": {offer.code: offer for offer in offered},
            "deadlines": list(deadlines.soonest_first()),
            "participants": list(call.participants.all()) if call.held_at else [],
            "actions": list(call.actions.select_related("done_by")),
        },
        status=bound.status if bound else 200,
    )


def _found(request: HttpRequest, reference: str, number: int) -> ConferenceCall:
    agreement = agreement_with_options_or_404(request, reference)
    found = agreement.calls.select_related("held_by", "minutes_by").filter(number=number).first()
    if found is None:
        raise Http404
    found.agreement = agreement
    return found
