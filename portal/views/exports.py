"""Exports: asking for one, seeing how far it is, downloading it, calling it off."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from portal import clock
from portal.access import get_visible_or_404, reader, sent_from
from portal.exports.actions import ask, cancel
from portal.models import Export, ExportState
from portal.rules.refusal import Refusal

SHOWN = 20
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
@login_required
def exports(request: HttpRequest) -> HttpResponse:
    """The reader's latest exports."""
    return _page(request)


@sent_from(lambda request: reverse("exports"))
@login_required
def ask_export(request: HttpRequest) -> HttpResponse:
    """Ask for a file of what a list shows, and lead to the page that shows how far it is."""
    typed = request.POST
    besides = ("kind", "format", "title", "csrfmiddlewaretoken")
    params = {name: str(value) for name, value in typed.items() if name not in besides}
    try:
        export = ask(
            typed.get("kind", ""),
            params,
            title=typed.get("title", "")[:200] or "Export",
            format_=typed.get("format", ""),
            by=reader(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("export", export.pk)


@require_GET
@login_required
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an export is; asked for by its live part, only that."""
    found: Export = get_visible_or_404(Export.objects.all(), request.user, pk=pk)
    if found.is_unfinished:
        Export.objects.filter(pk=pk).update(seen_at=clock.now())
    part = request.headers.get("HX-Target") == "export-progress"
    template = "exports/_progress.html" if part else "exports/export.html"
    return render(request, template, {"export": found})


@require_GET
@login_required
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file, to keep."""
    found: Export = get_visible_or_404(Export.objects.all(), request.user, pk=pk)
    if found.state != ExportState.DONE:
        raise Http404
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=TYPES[found.format])
    named = content_disposition_header(True, f"{found.title}.{found.format}")
    response["Content-Disposition"] = named or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@sent_from(lambda request, pk: reverse("export", args=[pk]))
@login_required
def cancel_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Call an export off."""
    found: Export = get_visible_or_404(Export.objects.all(), request.user, pk=pk)
    try:
        cancel(found, by=reader(request), at=clock.now())
    except Refusal as refusal:
        return _page(request, refusal)
    return redirect("export", pk)


def _page(request: HttpRequest, refused: Refusal | None = None) -> HttpResponse:
    mine = Export.objects.visible_to(request.user)[:SHOWN]
    context = {"exports": list(mine), "refused": refused}
    return render(request, "exports/exports.html", context, status=409 if refused else 200)
