"""Drafts of any form: kept while one types, and what comes from a page that was open across a sign-in."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal import clock, drafts, typed
from portal.access import reader


@require_POST
@login_required
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what is being typed into the form that is sent to the path `for`, or with `discard` discard it."""
    path = request.GET.get("for", "")
    if drafts.place_of(path) is None:
        return HttpResponse("No form is sent there.", status=400, content_type="text/plain")
    if "discard" in request.POST:
        drafts.forget(reader(request), path)
        return redirect(path)
    if kept := drafts.typed_in(request.POST.dict()):
        drafts.keep_at(reader(request), path, kept, clock.now())
    else:
        drafts.forget(reader(request), path)
    return HttpResponse(status=204)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was open across a sign-in, and keep what was typed in it, when it is a form of ours."""
    request.is_forged = True  # type: ignore[attr-defined]  # for all that we know
    is_ours = _comes_from_here(request)
    carried = typed.carried_by(request) if is_ours else None
    if carried is None and is_ours and request.path != reverse("account_login"):
        carried = typed.Carried.of(request)
    if carried is None or not carried.fields:
        return render(request, "403_csrf.html", status=403)
    if request.user.is_authenticated:
        drafts.keep_at(reader(request), carried.path, carried.fields, clock.now())
        return render(request, "403_csrf.html", {"path": carried.path}, status=403)
    return typed.sign_in_page(request, carried, status=403)


def _comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent it."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()
