"""The page of a conference call: its agenda, when it was held and with whom, its minutes (ATSP 14.1.1)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from contracts.agreements.models import Agreement
from contracts.frame import agreement_or_404, render_tab
from contracts.parties.models.parties import Contact
from contracts.services.actions import calls as actions
from contracts.services.forms import (
    ActionForm,
    AgendaForm,
    DoneForm,
    HeldForm,
    MinutesForm,
    ServiceForm,
)
from contracts.services.models.calls import CallAction, ConferenceCall
from contracts.services.permissions import may_manage, require_manager
from portal import clock
from portal.models import Deadline, User

SAID = {
    "agenda": "The agenda is kept; the reseller reads it on this page.",
    "held": "The call is recorded; its minutes are due next.",
    "minutes": "The minutes are published and on their way to those who took part.",
    "action": "The action is noted.",
    "done": "The action is done.",
}


@require_GET
@login_required
def call(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One conference call, to its own reseller and to the provider."""
    agreement, found = _found(request, reference, number)
    return _page(request, agreement, found, clock.now())


@require_POST
@login_required
def call_act(request: HttpRequest, reference: str, number: int, code: str) -> HttpResponse:
    """Do one act on a call: agenda, held, minutes, action, done. A refusal shows the page with what was typed."""
    if code not in SAID:
        raise Http404
    agreement, found = _found(request, reference, number)
    now = clock.now()
    user = require_manager(_user(request), agreement, now, "manage the conference calls")
    form = _forms(agreement, found, now, bound=code, data=request.POST)[code]
    if form.performed(_acts(found, user, now)[code]) is not None:
        messages.success(request, SAID[code])
        return redirect(found)
    return _page(request, agreement, found, now, bound=(code, form))


def _acts(
    call: ConferenceCall, user: User, now: dt.datetime
) -> dict[str, Callable[[dict[str, Any]], Any]]:
    """What each act does with the cleaned data of its form."""

    def done(data: dict[str, Any]) -> CallAction:
        found = call.actions.filter(pk=data["action"]).select_related("call__agreement").first()
        if found is None:
            raise Http404
        return actions.finish_action(found, by=user, at=now)

    return {
        "agenda": lambda data: actions.prepare_agenda(call, by=user, at=now, **data),
        "held": lambda data: actions.record_held(call, by=user, at=now, **data),
        "minutes": lambda data: actions.publish_minutes(call, by=user, at=now, **data),
        "action": lambda data: actions.agree_action(call, by=user, at=now, **data),
        "done": done,
    }


def _forms(
    agreement: Agreement,
    call: ConferenceCall,
    now: dt.datetime,
    *,
    bound: str = "",
    data: Any = None,
) -> dict[str, ServiceForm]:
    """The forms of the acts; the bound one holds what was typed."""
    contacts = (
        Contact.objects.present()
        .filter(roster_entries__in=agreement.roster.current(now))
        .distinct()
        .order_by("name", "pk")
    )

    def typed(code: str) -> Any:
        return data if code == bound else None

    begun = now.astimezone(timezone.get_current_timezone()).replace(second=0, microsecond=0)
    agenda = {"planned_at": call.planned_at, "text": call.agenda}
    if not call.agenda and call.held_at is None and bound != "agenda":
        agenda["text"] = actions.agenda_from_cases(call, at=now)
    return {
        "agenda": AgendaForm(typed("agenda"), initial=agenda, prefix="agenda"),
        "held": HeldForm(
            typed("held"),
            contacts=contacts,
            initial={"held_at": call.planned_at if _past(call, now) else begun},
            prefix="held",
        ),
        "minutes": MinutesForm(typed("minutes"), initial={"text": call.agenda}, prefix="minutes"),
        "action": ActionForm(typed("action"), prefix="action"),
        "done": DoneForm(typed("done"), prefix="done"),
    }


def _past(call: ConferenceCall, now: dt.datetime) -> bool:
    return call.planned_at is not None and call.planned_at <= now


def _page(
    request: HttpRequest,
    agreement: Agreement,
    call: ConferenceCall,
    now: dt.datetime,
    *,
    bound: tuple[str, ServiceForm] | None = None,
) -> HttpResponse:
    user = _user(request)
    manages = user.is_provider and may_manage(user, agreement, now)
    forms = _forms(agreement, call, now) if manages else {}
    if bound is not None:
        forms[bound[0]] = bound[1]
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
            "forms": forms,
            "bound": bound[0] if bound else "",
            "deadlines": list(deadlines.soonest_first()),
            "participants": list(call.participants.all()) if call.held_at else [],
            "actions": list(call.actions.select_related("done_by")),
        },
        status=409 if bound else 200,
    )


def _found(request: HttpRequest, reference: str, number: int) -> tuple[Agreement, ConferenceCall]:
    agreement = agreement_or_404(request, reference)
    found = agreement.calls.select_related("held_by", "minutes_by").filter(number=number).first()
    if found is None:
        raise Http404
    found.agreement = agreement
    return agreement, found


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the view lets nobody in who has not signed in")
    return request.user
