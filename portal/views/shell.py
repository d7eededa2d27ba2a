"""Home, inbox and drafts."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

from portal import clock
from portal.access import get_visible_or_404, sent_from
from portal.models import Notice
from portal.navigation import home_of
from portal.paging import page_of


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the page that answers what they must do now."""
    return redirect(home_of(request.user))


@require_GET
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """The reader's notices, the newest first."""
    notices = Notice.objects.visible_to(request.user)
    page = page_of(notices.newest_first(), request.GET.get("page"), 30, "notices")
    unread = notices.filter(read_at=None).order_by("-id").values_list("pk", flat=True)
    return render(request, "portal/inbox.html", {"page": page, "written_last": unread.first})


@sent_from(lambda request: reverse("inbox"))
@login_required
def read_all_notices(request: HttpRequest) -> HttpResponse:
    """Mark all of the reader's notices read that were there when they saw the inbox."""
    newest = request.POST.get("newest", "")
    if newest.isdecimal() and len(newest) < 19:
        unread = Notice.objects.visible_to(request.user).filter(read_at=None, pk__lte=int(newest))
        unread.update(read_at=clock.now())
    return redirect("inbox")


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
