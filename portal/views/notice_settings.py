"""What one wants to be told, by which channel and when; and ending a kind of mail from the mail itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.access import reader
from portal.notices import leaving, wishing
from portal.notices.forms import NoticeSettingsForm
from portal.notices.kinds import by_code

_OWN = {wishing.DIGEST: "The digest", wishing.SUMMARY: "The daily summary"}


@require_http_methods(["GET", "POST"])
@login_required
def notice_settings(request: HttpRequest) -> HttpResponse:
    """One's own settings: the kinds of notices, quiet hours, digest, summary and time zone."""
    user = reader(request)
    row = wishing.settings_of(user)
    form = NoticeSettingsForm(user, row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wishing.change(form.wanted(), by=user, at=clock.now())
        messages.success(request, "Saved.")
        return redirect("notice_settings")
    return render(request, "portal/notice_settings.html", {"form": form})


@csrf_exempt  # a mail program posts it, and has no cookie: the token is what lets it (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End a kind of mail for whom the token names. Only a POST does it: scanners follow every link of a mail."""
    found = leaving.read(token)
    if found is None:
        return render(request, "portal/unsubscribe.html", {"unknown": True}, status=404)
    user, code = found
    kind = by_code(code)
    context: dict[str, Any] = {
        "what": kind.title if kind else _OWN.get(code, ""),
        "address": user.email,
    }
    if request.method == "POST":
        context["done"] = wishing.switch_off(code, by=user, at=clock.now())
        context["refused"] = not context["done"]
    return render(request, "portal/unsubscribe.html", context)
