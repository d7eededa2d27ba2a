"""What stands beside the form that opens a case: what can be told of it already, Fixes and cases like it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from cases.case.actions import INTAKE
from cases.case.models import Case
from cases.opening import drafts
from cases.opening.alike import alike
from cases.opening.checking import check
from cases.opening.forms import OpenCaseForm
from contracts.frame import paper_context
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import permissions_of, standing_of_contact
from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.rules.outside import number_in


@require_POST
@login_required
def check_report(request: HttpRequest) -> HttpResponse:
    """The summary of what is typed so far, and what limits it (ATSP 4.8), as the parts of the page that show them.

    Asked by POST: a report is longer than an address may be. Nothing is kept of it.
    """
    user, now = reader(request), clock.now()
    standing = permissions_of(user, now)
    if standing.contact is None or standing.agreement is None:
        raise Http404
    context = {
        "checked": check(request.POST, standing, user, files=drafts.files_of(user, request.POST)),
        "oob": True,
        "programme": standing.agreement.programme,
        **paper_context(standing.agreement),
    }
    return render(request, "cases/_opening_checked.html", context)


@require_POST
@login_required
def product_questions(request: HttpRequest) -> HttpResponse:
    """What the chosen product asks (ATSP 5.2.3), as the part of the form that asks it; what is typed stays in it.

    A Technical Contact asks for themselves, the telephone intake for the `contact` who calls.
    """
    user, now = reader(request), clock.now()
    named = number_in(request.GET.get("contact", ""))
    if named is not None and user.has_role(*INTAKE):
        contacts = Contact.objects.present().select_related("organisation", "site")
        standing = standing_of_contact(get_visible_or_404(contacts, user, pk=named), now)
    else:
        standing = permissions_of(user, now)
    if standing.contact is None or standing.agreement is None:
        raise Http404
    programme = standing.agreement.programme
    form = OpenCaseForm(initial=request.POST.dict(), programme=programme)
    return render(request, "cases/_product_questions.html", {"form": form, "programme": programme})


@require_POST
@login_required
def matching(request: HttpRequest) -> HttpResponse:
    """Published Fixes, and open cases of one's own company, that match what is being typed.

    Asked by POST: a description of a few thousand characters is longer than an address may be.
    """
    title, description = request.POST.get("title", ""), request.POST.get("description", "")
    found = alike(reader(request), title, description, clock.now())
    return render(request, "cases/_matching.html", found.context)


@sent_from(lambda request: reverse("open_case"))
@login_required
def add_instead(request: HttpRequest) -> HttpResponse:
    """Take what is typed to an open case of one's own company, in place of a case of its own.

    The text waits there to be sent, its files with it; the draft of the report ends, and no case is used.
    """
    user, now = reader(request), clock.now()
    number = number_in(request.POST.get("instead", ""))
    if number is None:
        raise Http404
    case = get_visible_or_404(Case.objects.open(), user, pk=number)
    path = drafts.take_to(case, request.POST, by=user, at=now)
    messages.info(
        request,
        f"What you typed waits below: read it and send it to case {case.number}. No case was used.",
    )
    return redirect(path)
