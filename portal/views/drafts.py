"""Drafts of any form: kept while one types, listed, and what comes from a page that was open across a sign-in."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock, draft_list, drafts, typed
from portal.access import get_visible_or_404, reader
from portal.draft_kinds import ASIDE, place_of
from portal.draft_rows import Written
from portal.models import Draft, User
from portal.models.sent import SentForm
from portal.paging import part_of

ASKED_AT_ONCE = 200


@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponseBase:
    """List one's drafts; or keep what is typed into the form that is sent to `for`, or with `discard` discard it.

    Whose session has ended while they type is known by their form, and kept for; a form that was shown to another
    person than the one who is signed in is not.
    """
    if request.method in ("GET", "HEAD"):
        return _listed(request)
    path, user, signed_in = request.GET.get("for", ""), request.user, True
    shown_to = typed.reader_of(request.POST.get(drafts.READER, ""))
    if not isinstance(user, User):
        signed_in = False
        user = User.objects.filter(pk=shown_to, is_active=True).first()  # type: ignore[assignment]
        if user is None or not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
    elif shown_to and shown_to != user.pk:
        return JsonResponse({"reader": False}, status=403)
    if place_of(path) is None:
        return HttpResponse("No form is sent there.", status=400, content_type="text/plain")
    sent, now = request.POST.dict(), clock.now()
    hand = drafts.hand_in(sent)
    if "discard" in sent:
        left = drafts.forget(user, path, hand, now)
        if left is not None:
            messages.info(request, typed.stays(left))
        return redirect(path)
    length = sum(map(len, sent.values()))
    if length > drafts.MOST:
        told = {"most": f"{drafts.MOST:,} characters", "length": f"{length:,} characters"}
        return JsonResponse(told, status=413)
    kept = drafts.typed_in(sent, path)
    if not kept:
        drafts.empty(user, path, hand)
        return JsonResponse({"version": "", "signed_in": signed_in})
    if "aside" in sent:
        drafts.set_aside(user, path, kept, now, hand)
        return JsonResponse({"signed_in": signed_in})
    write = drafts.keep_at if "both" in sent else drafts.keep
    return _answer(write(user, path, kept, now, hand), signed_in)


@require_POST
@login_required
def done(request: HttpRequest) -> HttpResponse:
    """Which of the forms of the keys `key` were done: a browser lets its copies of those go."""
    keys = request.POST.getlist("key")[:ASKED_AT_ONCE]
    found = SentForm.objects.filter(user=reader(request), key__in=keys)
    return JsonResponse({"done": list(found.values_list("key", flat=True))})


@require_http_methods(["GET", "POST"])
@login_required
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own draft in full; or discard it, or put one that was set aside back into its form.

    What was typed on since the page was opened stays.
    """
    draft: Draft = get_visible_or_404(Draft.objects.filter(became=None), request.user, pk=pk)
    if request.method != "POST":
        return render(request, "portal/draft.html", {"draft": draft_list.of(draft)})
    if str(draft.version) != request.POST.get(drafts.VERSION, ""):
        messages.warning(
            request, "You typed on in it since this page was opened. Look at it as it is now."
        )
        return redirect("draft", pk)
    if "put_back" in request.POST and draft.form == ASIDE:
        drafts.put_forward(draft, clock.now())
        return redirect(draft.path)
    draft_list.discard(draft, clock.now())
    messages.success(request, "The draft is discarded.")
    return redirect("drafts")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was open across a sign-in, and keep what was typed in it, when it is a form of ours."""
    request.is_forged = True  # type: ignore[attr-defined]  # for all that we know
    is_ours = _comes_from_here(request)
    if is_ours and request.path == reverse("drafts"):
        return JsonResponse({"token": get_token(request)}, status=403)
    carried = typed.carried_by(request) if is_ours else None
    if carried is None and is_ours and request.path != reverse("account_login"):
        carried = typed.Carried.of(request)
    if carried is None or not carried.fields:
        return render(request, "403_csrf.html", status=403)
    now = clock.now()
    if not isinstance(request.user, User):
        return typed.sign_in_page(request, typed.kept_for_writer(carried, now), status=403)
    if carried.reader and carried.reader != request.user.pk:
        typed.kept_for_writer(carried, now)
        return render(request, "403_csrf.html", {"is_anothers": True}, status=403)
    drafts.keep_at(request.user, carried.path, carried.fields, now, carried.hand)
    return render(request, "403_csrf.html", {"path": carried.path}, status=403)


def _listed(request: HttpRequest) -> HttpResponseBase:
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    rows = draft_list.listed(request.user)
    page = part_of(rows, request.GET.get("page"), 25, "drafts")
    return render(request, "portal/drafts.html", {"page": page, "most": draft_list.MOST})


def _answer(written: Written, signed_in: bool) -> JsonResponse:
    said: dict[str, Any] = {"signed_in": signed_in}
    if written.done is not None:
        return JsonResponse(
            said | {"done": True, "at": written.done.at, "led_to": written.done.led_to}
        )
    if (other := written.elsewhere) is not None:
        told = {"version": other.version, "at": other.updated_at, "fields": other.data}
        return JsonResponse(said | told, status=409)
    if written.draft is not None:
        draft = written.draft
        said |= {"version": draft.version, "is_anew": written.is_anew, "path": draft.path}
    return JsonResponse(said)


def _comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent it."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()
