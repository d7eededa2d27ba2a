"""Sending an attached file to somebody who may see what it belongs to."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from portal.access import get_visible_or_404
from portal.models import Attachment


@require_GET
@login_required
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """The file, to keep: a browser never opens it as a page of ours."""
    found: Attachment = get_visible_or_404(Attachment.objects.all(), request.user, pk=pk)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content, as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
