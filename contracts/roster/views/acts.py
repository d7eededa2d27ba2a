"""Pages on which the roster is changed: a line and its acts, adding a contact, handing over (ATSP 1.1, 5.2.1)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.frame import agreement_or_404, render_tab
from contracts.roster.actions.frame import require_keeper
from contracts.roster.actions.training import confirm_training, decline_training
from contracts.roster.forms.acts import AddForm, HandOverForm, Roster, RosterAct, line_of
from contracts.roster.forms.line_acts import LINE_ACTS, DetailsForm
from contracts.roster.models.entries import RosterEntry
from contracts.roster.models.training import Training
from contracts.roster.reading import form_now, place_words
from contracts.roster.rules.lines import Place
from contracts.roster.views.roster import TAB
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.acts import Act, Actor, answer, offers
from portal.edge import takes_files
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
    """Hand the role of the Administrative Contact over; with nobody on the roster, add the first one."""
    agreement, _ = _keeper(request, reference)
    if request.method == "GET" and not form_now(agreement).lines:
        return redirect(f"{reverse('roster_add', args=[reference])}?standing=administrative")
    return _one_act(request, reference, HandOverForm)


@require_GET
@login_required
def roster_line(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A line of the roster with one of its acts, the details when none is named."""
    agreement, actor = _keeper(request, reference)
    entry = _entry(request, agreement, pk)
    if entry.removed_at is not None:
        heir = agreement.roster.filter(contact=entry.contact_id, removed_at=None).first()
        if heir is None:
            messages.info(request, f"{entry.contact.name} is not on the roster any more.")
            return redirect(TAB, agreement.reference)
        return redirect("roster_line", agreement.reference, heir.pk)
    subject = Roster(agreement, form_now(agreement), entry)
    act = LINE_ACTS.get(request.GET.get("act", ""), DetailsForm)
    if not act.fits(subject, actor):
        act = DetailsForm
    return _line_page(request, act(subject, actor))


@takes_files
@sent_from(
    lambda request, reference, pk, code: (
        f"{reverse('roster_line', args=[reference, pk])}?act={code}"
    )
)
@login_required
def roster_act(request: HttpRequest, reference: str, pk: int, code: str) -> HttpResponse:
    """Do one act on a line. A mistake or a refusal shows the page again with what was typed."""
    agreement, actor = _keeper(request, reference)
    subject = Roster(agreement, form_now(agreement), _entry(request, agreement, pk))
    return answer(
        request, LINE_ACTS.get(code), subject, actor, lambda form: _line_page(request, form)
    )


@sent_from(lambda request, reference, pk: reverse(TAB, args=[reference]))
@login_required
def roster_training(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Confirm a reported training, or decline it with a reason."""
    agreement, actor = _keeper(request, reference)
    trainings = Training.objects.filter(agreement=agreement).select_related(
        "agreement__reseller", "contact"
    )
    training = get_visible_or_404(trainings, request.user, pk=pk)
    try:
        if request.POST.get("confirm"):
            confirm_training(training, by=actor.user, at=actor.at)
            messages.success(request, f"{training.contact.name}: on record.")
        else:
            decline_training(training, request.POST.get("reason", ""), by=actor.user, at=actor.at)
            messages.success(
                request, f"{training.contact.name}: not confirmed, and they are notified."
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        request.is_refused = True  # type: ignore[attr-defined]  # the reason stays a draft
    return redirect(TAB, agreement.reference)


def _one_act(request: HttpRequest, reference: str, act: type[RosterAct]) -> HttpResponse:
    """An act on a page of its own."""
    agreement, actor = _keeper(request, reference)

    def page(form: Act[Roster, Actor]) -> HttpResponse:
        shown = {"act": form}
        template = "contracts/roster_act.html"
        return render_tab(request, agreement, TAB, template, shown, status=form.status)

    return answer(request, act, Roster(agreement, form_now(agreement)), actor, page)


def _keeper(request: HttpRequest, reference: str) -> tuple[Agreement, Actor]:
    """The agreement, and the reader, who keeps its roster. Raises Refusal for others, Http404 for foreign ones."""
    agreement = agreement_or_404(request, reference)
    actor = Actor(reader(request), clock.now())
    require_keeper(agreement, actor.user, actor.at)
    return agreement, actor


def _entry(request: HttpRequest, agreement: Agreement, pk: int) -> RosterEntry:
    lines = RosterEntry.objects.filter(agreement=agreement).select_related(*_LINE)
    found: RosterEntry = get_visible_or_404(lines, request.user, pk=pk)
    return found


def _line_page(request: HttpRequest, form: Act[Roster, Actor]) -> HttpResponse:
    subject = form.subject
    entry = line_of(subject)
    place = Place(entry.pool, entry.slot) if entry.is_technical else None
    context = {
        "entry": entry,
        "contact": entry.contact,
        "place": place_words(subject.exhibit, place),
        "act": form,
        "offers": offers(LINE_ACTS.values(), subject, form.actor),
    }
    template = "contracts/roster_line.html"
    return render_tab(request, subject.agreement, TAB, template, context, status=form.status)
