"""Acting on the cases that are selected in the queue, what came of it, and taking it back."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cases.bulk.actions import MOST, Wanted, do, result, undo
from cases.bulk.lately import remember
from cases.bulk.models import BulkAct, Kind
from cases.case.actions import INTAKE
from cases.case.models import Case
from cases.case.rules.lifecycle import Move
from cases.queue.listing import QUEUE, listing_of
from cases.queue.views import list_in
from portal import clock, sending
from portal.access import get_visible_or_404, reader, sent_from, signed_in_as
from portal.lookups import choose
from portal.models import User
from portal.rules.refusal import Refusal


@sent_from(lambda request: reverse("queue"))
@signed_in_as(*INTAKE)
def act_on_many(request: HttpRequest) -> HttpResponse:
    """Do one act to the cases that are ticked, or to all that the list holds, and go back to the list."""
    user, now = reader(request), clock.now()
    back = list_in(request.POST.get("list", "") or reverse("queue"))
    try:
        act = do(
            _wanted(request.POST, user),
            _selected(request.POST, user, back),
            key=sending.key_in(request.POST) or str(uuid.uuid4()),
            by=user,
            at=now,
        )
    except Refusal as refusal:
        context = {"refused": refusal, "back": back}
        return render(request, "cases/bulk.html", context, status=409)
    remember(request.session, act)
    return redirect(back)


@require_GET
@signed_in_as(*INTAKE)
def bulk_result(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of each case."""
    act: BulkAct = get_visible_or_404(BulkAct.objects.select_related("to"), request.user, pk=pk)
    shown = ("done", "refused", "way_out", "undone", "kept", "act", "case__title")
    items = list(act.items.select_related("case").only(*shown))
    context = {
        "act": act,
        "items": items,
        "said": result(items, act),
        "back": reverse("queue"),
        "may_undo": act.undone_at is None
        and clock.now() <= act.until
        and any(item.done and not item.kept for item in items),
    }
    return render(request, "cases/bulk.html", context)


@sent_from(lambda request, pk: reverse("bulk_result", args=[pk]))
@signed_in_as(*INTAKE)
def undo_bulk(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back on every case that did not change since, and go back to the list."""
    user = reader(request)
    act: BulkAct = get_visible_or_404(BulkAct.objects.all(), user, pk=pk)
    back = list_in(request.POST.get("list", "") or reverse("queue"))
    try:
        done = undo(act, by=user, at=clock.now())
    except Refusal as refusal:
        context = {"refused": refusal, "back": back}
        return render(request, "cases/bulk.html", context, status=409)
    remember(request.session, done)
    return redirect(back)


def _wanted(typed: QueryDict, user: User) -> Wanted:
    """The act that a form names. Raises Refusal for one that is none."""
    kind = typed.get("act", "")
    if kind not in Kind.values:
        raise Refusal("No act is chosen.", way_out="Choose what to do with the selected cases.")
    if kind == Kind.ASSIGN:
        choice = choose("case-engineers", user, typed.get("to", ""))
        if choice.error:
            raise Refusal(choice.error, way_out="Type more of the name.", field="to")
        return Wanted(Kind.ASSIGN, to=choice.row)
    if kind == Kind.MOVE:
        move = typed.get("move", "")
        return Wanted(Kind.MOVE, move=Move(move) if move in set(Move) else None)
    return Wanted(Kind(kind))


def _selected(typed: QueryDict, user: User, back: str) -> list[Case]:
    """The cases that are ticked, or the first of all that the list holds: one more than may be acted on."""
    cases = Case.objects.visible_to(user).select_related("owner")
    if typed.get("all"):
        params = QueryDict(back.partition("?")[2]).dict()
        listed = listing_of(QUEUE, params, user, clock.now())
        if listed.refused:
            raise listed.refused
        keys = list(listed.ordered.values_list("pk", flat=True)[: MOST + 1])
    else:
        keys = [
            int(key)
            for key in typed.getlist("case")[: MOST + 1]
            if key.isdecimal() and len(key) < 19
        ]
    found = cases.in_bulk(keys)
    return [found[key] for key in dict.fromkeys(keys) if key in found]
