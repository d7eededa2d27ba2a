"""The inbox: what one was told, by time or by case, read and put away."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.context import unread_words
from portal.live import fresh, part_asked
from portal.models import Notice, SubjectKey, User
from portal.notices import inbox as page_of_inbox
from portal.notices.inbox import ONLY

ACTS = ("read", "unread", "done", "back")
GROUPING = "portal_inbox_by"
"""The cookie that keeps how a reader likes their inbox: by time or by case."""
A_YEAR = 365 * 24 * 60 * 60


def _chosen(request: HttpRequest) -> dict[str, str]:
    """What the address chooses; what it leaves out is as the reader left it, what it cannot mean is left out."""
    by = request.GET.get("by") or request.COOKIES.get(GROUPING, "")
    only = request.GET.get("only", "")
    return {
        "by": by if by in ("time", "case") else "time",
        "only": only if only in ONLY else "",
        "view": "done" if request.GET.get("view") == "done" else "",
    }


def _address(chosen: dict[str, str], **other: str) -> str:
    said = {name: value for name, value in (chosen | other).items() if value}
    return f"{reverse('inbox')}?{urlencode(said)}"


@require_GET
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """The reader's notices, the newest first, by time or grouped by what they are about; live."""
    user, chosen = reader(request), _chosen(request)
    notices = page_of_inbox.inbox_of(user, done=chosen["view"] == "done")
    shown = page_of_inbox.narrowed(notices, chosen["only"], user)
    grouped = chosen["by"] == "case"
    made = page_of_inbox.by_subject if grouped else page_of_inbox.by_time
    page = made(shown, user, request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "grouped": grouped,
        "chosen": chosen,
        "is_done": chosen["view"] == "done",
        "here": request.get_full_path(),
    }
    if part_asked(request) == "inbox-list":
        lines = [one.seen for one in page.object_list]
        seen = (chosen, page.paginator.count, lines, unread_words(user))
        context["is_part"] = True
        return fresh(request, "portal/inbox/_list.html", context, seen, clock.now())
    context |= _head(user, chosen)
    answer = render(request, "portal/inbox/inbox.html", context)
    if request.GET.get("by") == chosen["by"]:
        answer.set_cookie(GROUPING, chosen["by"], max_age=A_YEAR, samesite="Lax", httponly=True)
    return answer


def _head(user: User, chosen: dict[str, str]) -> dict[str, Any]:
    """The switches and filters, and up to which notice "all" goes."""
    newest = Notice.objects.visible_to(user).order_by("-id").values_list("pk", flat=True).first()
    return {
        "written_last": newest,
        "filters": [("", "All", _address(chosen, only=""))]
        + [(code, words, _address(chosen, only=code)) for code, words in ONLY.items()],
        "by_time_url": _address(chosen, by="time"),
        "by_case_url": _address(chosen, by="case"),
        "open_url": _address(chosen, view=""),
        "done_url": _address(chosen, view="done"),
    }


@sent_from(lambda request: reverse("inbox"))
@login_required
def mark_notices(request: HttpRequest) -> HttpResponse:
    """Mark notices read, unread, done or to be seen to again: one, those of a group, or all that the reader saw."""
    user, act = reader(request), request.POST.get("do", "")
    number, group = _number(request.POST.get("notice")), request.POST.get("group", "")
    up_to = _number(request.POST.get("newest"))
    if act not in ACTS or (number is None and up_to is None):
        return _back(request)
    if number is not None:
        get_visible_or_404(Notice.objects, user, pk=number)
        notices = page_of_inbox.chosen(user, ids=[number])
    else:
        notices = page_of_inbox.chosen(user, group=_key(group) if group else None, up_to=up_to)
    page_of_inbox.mark(notices, act, clock.now())
    return _back(request)


def _key(name: str) -> SubjectKey:
    subject_type, _, pk = name.rpartition(":")
    number = _number(pk)
    if not subject_type or number is None:
        raise Http404
    return SubjectKey(subject_type, number)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of the inbox from which it was sent."""
    here = request.POST.get("here", "")
    is_ours = url_has_allowed_host_and_scheme(here, allowed_hosts=None)
    return redirect(here if is_ours and here.startswith(reverse("inbox")) else "inbox")


@sent_from(lambda request: reverse("inbox"))
@login_required
def read_all_notices(request: HttpRequest) -> HttpResponse:
    """Mark all of the reader's notices read that were there when they saw the inbox."""
    newest = _number(request.POST.get("newest"))
    if newest is not None:
        unread = page_of_inbox.chosen(reader(request), up_to=newest)
        page_of_inbox.mark(unread, "read", clock.now())
    return _back(request)


@sent_from(lambda request, pk: reverse("inbox"))
@login_required
def read_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and go where it points."""
    notice = get_visible_or_404(Notice.objects, request.user, pk=pk)
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    target = notice.url
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = ""
    return redirect(target or "inbox")
