"""What is like a case, as a page and as the part of the case page that shows it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.case.models import Case
from cases.meaning.like import like_case
from portal import clock
from portal.access import get_visible_or_404, reader


@require_GET
@login_required
def case_like(request: HttpRequest, pk: int) -> HttpResponse:
    """Cases and articles like a case, of those the reader may see; the case page asks once it shows their place."""
    user = reader(request)
    case: Case = get_visible_or_404(
        Case.objects.only("title", "description", "product"), user, pk=pk
    )
    part = request.headers.get("HX-Request") == "true"
    name = "cases/_like.html" if part else "cases/like.html"
    return render(request, name, {"case": case, "like": like_case(case, user, clock.now())})
