"""Sending an attached file to somebody who may see what it belongs to."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from portal.access import get_visible_or_404, reader
from portal.files.stores import store
from portal.models import Attachment, Checked, User
from portal.rules.refusal import Refusal

CHUNK = 256 * 1024
SANDBOX = "sandbox; default-src 'none'"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@require_GET
@login_required
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, to keep: a browser never opens it as a page of ours. A part of it where the request names one.

    Where an object store keeps it, the answer leads to an address that the store signed for a minute.
    """
    found: Attachment = get_visible_or_404(Attachment.objects.all(), request.user, pk=pk)
    require_readable(found, reader(request))
    kept = store()
    link = kept.link(found.path, name=found.name, content_type=found.content_type)
    if link:
        return HttpResponseRedirect(link)
    return sent(request, found)


def require_readable(file: Attachment, user: User) -> None:
    """Raise Refusal while the other side may not read a file: it is being checked, was refused, or is gone."""
    if not file.is_here:
        raise Refusal(
            f"{file.name} is not kept any more: {file.found or file.removed_because}",
            way_out="Ask on the case for another copy.",
        )
    own_side = file.added_by is not None and file.added_by.is_provider == user.is_provider
    if file.checked == Checked.CHECKING and not own_side:
        raise Refusal(
            f"{file.name} is being checked for viruses.",
            way_out="Try again in a moment: its sender's side sees it already.",
        )


def sent(request: HttpRequest, file: Attachment) -> HttpResponseBase:
    """The bytes of a file, or the range that is asked for, with everything that keeps it from being a page."""
    try:
        content = store().open(file.path)
    except FileNotFoundError as error:
        raise Http404 from error
    asked = range_of(request.headers.get("Range", ""), file.size)
    if asked is None:
        content.close()
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{file.size}"
        return response
    first, last = asked
    response = StreamingHttpResponse(_Bytes(content, first, last + 1 - first))
    if (first, last) != (0, file.size - 1):
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{file.size}"
    response["Content-Length"] = str(last + 1 - first)
    response["Content-Type"] = file.content_type
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that are asked for; all of it without a range that is understood, None for none."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return 0, size - 1
    if not match[1]:
        wanted = int(match[2])
        return (max(0, size - wanted), size - 1) if wanted else None
    first, last = int(match[1]), int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return 0, size - 1
    return (first, min(last, size - 1)) if first < size else None


class _Bytes:
    """So many bytes of an open file from one on. Whoever sends them closes it, read to the end or not."""

    def __init__(self, content: BinaryIO, at: int, length: int) -> None:
        content.seek(at)
        self.content, self.left = content, length

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (data := self.content.read(min(CHUNK, self.left))):
            self.left -= len(data)
            yield data

    def close(self) -> None:
        """Close the file."""
        self.content.close()
