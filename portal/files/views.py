"""The page of a file: what it is, what is in it, and taking it away. And what lets a view's forms have files."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal import attachments, clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.edge import takes_files
from portal.files import uploads
from portal.files.fields import CHOSEN, PLACE
from portal.files.preview import PICTURES, Asked, Preview, preview
from portal.models import Attachment, User
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal
from portal.views.attachments import require_readable, sent

FIND_LENGTH = 200
View = Callable[..., HttpResponseBase]


@require_GET
@login_required
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file. `?at=` names a byte, `?line=` a line, `?find=` words to look for."""
    return _page(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> Attachment:
    rows = Attachment.objects.select_related("added_by", "removed_by")
    found: Attachment = get_visible_or_404(rows, request.user, pk=pk)
    return found


def _page(
    request: HttpRequest, found: Attachment, refusal: Refusal | None = None, reason: str = ""
) -> HttpResponse:
    user = reader(request)
    owner = attachments.owner_of(found)
    asked = Asked(
        at=number_in(request.GET.get("at", "")) or 0,
        line=number_in(request.GET.get("line", "")) or 0,
        find=request.GET.get("find", "")[:FIND_LENGTH],
    )
    context = {
        "file": found,
        "asked": asked,
        "belongs": owner.page(found) if owner and owner.page else None,
        "removal": owner.removal(found, user) if owner and owner.removal else "",
        "preview": _preview(found, user, asked),
        "refusal": refusal,
        "reason": reason,
    }
    return render(request, "portal/files/file.html", context, status=409 if refusal else 200)


def _preview(found: Attachment, user: User, asked: Asked) -> Preview:
    try:
        require_readable(found, user)
        return preview(found, asked)
    except Refusal as refusal:
        return Preview(why=f"{refusal.sentence} {refusal.way_out}")
    except FileNotFoundError:
        return Preview(why="Its bytes are not here: ask those who run the portal.")


@require_GET
@login_required
def image(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture for the page of its file. What is no picture by its bytes is not found."""
    found = _visible(request, pk)
    if found.content_type not in PICTURES:
        raise Http404
    require_readable(found, reader(request))
    return sent(request, found)


@sent_from(lambda request, pk: reverse("file", args=[pk]))
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away: its sender withdraws it, an engineer removes it with a reason."""
    found = _visible(request, pk)
    owner = attachments.owner_of(found)
    if owner is None or owner.remove is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        owner.remove(found, reader(request), reason, clock.now())
    except Refusal as refusal:
        return _page(request, found, refusal, reason)
    messages.success(request, f"{found.name} is removed; its line stays.")
    return redirect(owner.page(found)[1] if owner.page else reverse("file", args=[pk]))


def keeping_files(view: View) -> View:
    """Let a view's forms have files: those that came with a form are uploads by the time that the view reads it.

    A file that is refused is told at its field (`files_refused` of the request).
    """

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and isinstance(request.user, User) and request.FILES:
            _keep(request, request.user)
        return view(request, *args, **kwargs)

    return takes_files(kept, "FORM_FILES_MOST_BYTES")


def require_files_taken(request: HttpRequest) -> None:
    """Raise the Refusal of a file that came with the form and was not taken."""
    refused = getattr(request, "files_refused", None)
    if refused is not None:
        raise refused


def _keep(request: HttpRequest, user: User) -> None:
    typed = request.POST.copy()
    refused: list[Refusal] = []
    for field in [name for name in request.FILES if name.endswith(CHOSEN)]:
        name = field.removesuffix(CHOSEN)
        for file in request.FILES.getlist(field):
            try:
                upload = uploads.take_in(
                    user,
                    typed.get(name + PLACE, ""),
                    name=file.name or "",
                    size=file.size or 0,
                    chunks=file.chunks(),
                    at=clock.now(),
                )
            except Refusal as refusal:
                refused.append(refusal)
            else:
                typed.appendlist(name, str(upload.pk))
    typed._mutable = False
    request.POST = typed  # type: ignore[assignment]
    if refused:
        request.files_refused = Refusal.joined(refused)  # type: ignore[attr-defined]
