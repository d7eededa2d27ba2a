"""Pages on which the roster is changed: a line and its acts, adding a contact, handing over (ATSP 1.1, 5.2.1)."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.agreements.models import Agreement
from contracts.frame import agreement_or_404, render_tab
from contracts.roster.actions.frame import require_keeper
from contracts.roster.actions.training import confirm_training, decline_training
from contracts.roster.forms.acts import AddForm, HandOverForm, RosterForm
from contracts.roster.forms.line_acts import LINE_ACTS
from contracts.roster.models.entries import RosterEntry
from contracts.roster.models.training import Training
from contracts.roster.reading import form_now, place_words
from contracts.roster.rules.lines import Place
from contracts.roster.views.roster import TAB
from portal import clock
from portal.access import get_visible_or_404
from portal.models import User
from portal.rules.refusal import Refusal

_LINE = ("agreement__reseller", "contact__site", "contact__user")


@require_http_methods(["GET", "POST"])
@login_required
def roster_add(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a contact; the address may name the place or the role to begin with."""
    return _one_act(request, reference, AddForm)


@require_http_methods(["GET", "POST"])
@login_required
def roster_hand_over(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand the role of the Administrative Contact over."""
    return _one_act(request, reference, HandOverForm)


@require_GET
@login_required
def roster_line(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A line of the roster with one of its acts, the details when none is named."""
    agreement, user, now = _keeper(request, reference)
    entry = _entry(request, agreement, pk)
    if entry.removed_at is not None:
        heir = agreement.roster.filter(contact=entry.contact_id, removed_at=None).first()
        if heir is None:
            messages.info(request, f"{entry.contact.name} is not on the roster any more.")
            return redirect(TAB, agreement.reference)
        return redirect("roster_line", agreement.reference, heir.pk)
    code = request.GET.get("act", "details")
    if code not in LINE_ACTS or not LINE_ACTS[code].fits(entry, user):
        code = "details"
    form = LINE_ACTS[code](
        agreement=agreement, exhibit=form_now(agreement), user=user, at=now, entry=entry
    )
    return _line_page(request, agreement, entry, form)


@require_POST
@login_required
def roster_act(request: HttpRequest, reference: str, pk: int, code: str) -> HttpResponse:
    """Do one act on a line. A mistake or a refusal shows the page again with what was typed."""
    if code not in LINE_ACTS:
        raise Http404
    agreement, user, now = _keeper(request, reference)
    entry = _entry(request, agreement, pk)
    form = LINE_ACTS[code](
        request.POST,
        request.FILES,
        agreement=agreement,
        exhibit=form_now(agreement),
        user=user,
        at=now,
        entry=entry,
    )
    if _done(request, form):
        return redirect(TAB, agreement.reference)
    return _line_page(request, agreement, entry, form, status=409)


@require_POST
@login_required
def roster_training(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Confirm a reported training, or decline it with a reason."""
    agreement, user, now = _keeper(request, reference)
    trainings = Training.objects.filter(agreement=agreement).select_related(
        "agreement__reseller", "contact"
    )
    training = get_visible_or_404(trainings, request.user, pk=pk)
    try:
        if request.POST.get("confirm"):
            confirm_training(training, by=user, at=now)
            messages.success(request, f"{training.contact.name}: on record.")
        else:
            decline_training(training, request.POST.get("reason", ""), by=user, at=now)
            messages.success(request, f"{training.contact.name}: not confirmed, and they are told.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(TAB, agreement.reference)


def _one_act(request: HttpRequest, reference: str, act: type[RosterForm]) -> HttpResponse:
    agreement, user, now = _keeper(request, reference)
    exhibit = form_now(agreement)
    if request.method == "POST":
        form = act(request.POST, agreement=agreement, exhibit=exhibit, user=user, at=now)
        if _done(request, form):
            return redirect(TAB, agreement.reference)
        return _act_page(request, agreement, form, status=409)
    begun = {name: request.GET[name] for name in ("place", "standing") if name in request.GET}
    form = act(agreement=agreement, exhibit=exhibit, user=user, at=now, initial=begun)
    return _act_page(request, agreement, form)


def _done(request: HttpRequest, form: RosterForm) -> bool:
    """Whether what was typed was done; otherwise the form holds why not."""
    if not form.is_valid():
        return False
    try:
        said = form.perform()
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    messages.success(request, said)
    return True


def _keeper(request: HttpRequest, reference: str) -> tuple[Agreement, User, dt.datetime]:
    """The agreement, and the reader, who keeps its roster. Raises Refusal for others, Http404 for foreign ones."""
    agreement = agreement_or_404(request, reference)
    user, now = request.user, clock.now()
    if not isinstance(user, User):
        raise Http404
    require_keeper(agreement, user, now)
    return agreement, user, now


def _entry(request: HttpRequest, agreement: Agreement, pk: int) -> RosterEntry:
    lines = RosterEntry.objects.filter(agreement=agreement).select_related(*_LINE)
    found: RosterEntry = get_visible_or_404(lines, request.user, pk=pk)
    return found


def _act_page(
    request: HttpRequest, agreement: Agreement, form: RosterForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"act": form, "kept": "What you typed is kept."}
    return render_tab(request, agreement, TAB, "contracts/roster_act.html", context, status=status)


def _line_page(
    request: HttpRequest,
    agreement: Agreement,
    entry: RosterEntry,
    form: RosterForm,
    *,
    status: int = 200,
) -> HttpResponse:
    place = Place(entry.pool, entry.slot) if entry.is_technical else None
    context = {
        "entry": entry,
        "contact": entry.contact,
        "place": place_words(form.exhibit, place),
        "act": form,
        "acts": [act for act in LINE_ACTS.values() if act.fits(entry, form.user)],
        "kept": "What you typed is kept.",
    }
    return render_tab(request, agreement, TAB, "contracts/roster_line.html", context, status=status)
