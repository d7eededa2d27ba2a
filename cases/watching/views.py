"""Leaving by the link of a mail, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.watching.actions import leave
from cases.watching.models import Watch
from portal import clock


@csrf_exempt  # the signature is the proof, and mail programs send it without a page of ours (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_watch(request: HttpRequest, token: str) -> HttpResponse:
    """End a watch by its signed link. Opening it asks only: scanners of mail open every link."""
    watch = Watch.of_token(token)
    if watch is not None and request.method == "POST":
        leave(watch, at=clock.now())
        return render(request, "cases/watching/left.html", {"number": watch.case.number})
    context = {"watch": watch, "number": watch.case.number if watch else ""}
    return render(request, "cases/watching/leave.html", context, status=200 if watch else 404)
