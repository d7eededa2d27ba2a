"""Sign-ins, sign-outs and failed attempts: one's own, and for who runs the portal those of others."""

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.access import reader
from portal.filters import Asked
from portal.models import SignIn
from portal.paging import page_of


@require_safe
@login_required
def sign_ins(request: HttpRequest) -> HttpResponse:
    """The newest first, those of a person or an address when `q` names one."""
    user, filters = reader(request), Asked(request.GET)
    filters.only(("q",))
    asked = filters.text("q")
    rows = SignIn.objects.visible_to(user).select_related("user").order_by("-id")
    if asked:
        named = Q(user__name__icontains=asked) | Q(user__email__icontains=asked)
        rows = rows.filter(named | Q(typed__icontains=asked))
    if filters.refused:
        rows = rows.none()
    page = page_of(rows, request.GET.get("page"), 50, "sign-ins")
    return render(
        request, "portal/sign_ins.html", {"page": page, "q": asked, "refused": filters.refused}
    )
