"""The addresses of uploads: a slot is made at one, and each has its own. The same for pages and for programs."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal import clock
from portal.access import get_visible_or_404, reader
from portal.edge import takes_files
from portal.files import uploads
from portal.files.tus import protocol
from portal.files.uploads import UploadError
from portal.models import Upload
from portal.rules.refusal import Refusal

_HEADER = partial(OpenApiParameter, location=OpenApiParameter.HEADER)
_RESUMABLE = _HEADER("Tus-Resumable", OpenApiTypes.STR, required=True, description="1.0.0")
_LENGTH = _HEADER("Upload-Length", OpenApiTypes.INT, required=True, description="Bytes in all.")
_METADATA = _HEADER(
    "Upload-Metadata",
    OpenApiTypes.STR,
    required=True,
    description="`filename` and `place`, each in base64. A place is `case:<number>:api`. With a `key`, a UUID of the"
    " caller's own, an upload that is begun again since its answer was lost is the same one.",
)
_OFFSET = _HEADER(
    "Upload-Offset", OpenApiTypes.INT, required=True, description="Bytes kept so far."
)
_CHECKSUM = _HEADER(
    "Upload-Checksum", OpenApiTypes.STR, description="`sha1` or `sha256`, a space, base64."
)


class UploadSerializer(serializers.ModelSerializer):
    """An upload of one's own that is not sent yet."""

    class Meta:
        model = Upload
        fields = ["id", "name", "size", "offset", "place", "expires_at"]


class TusView(APIView):
    """What both addresses have in common: the version in every answer, and mistakes as the protocol answers them."""

    serializer_class = UploadSerializer
    pagination_class = None

    def handle_exception(self, exc: Exception) -> Response:
        """A mistake in the upload's own words; a refusal with its way out, as 413."""
        if isinstance(exc, UploadError):
            return Response({"detail": str(exc)}, status=exc.status)
        if isinstance(exc, Refusal):
            return Response({"detail": exc.sentence, "way_out": exc.way_out}, status=413)
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Add what the protocol wants in each answer."""
        answered = super().finalize_response(request, response, *args, **kwargs)
        answered["Tus-Resumable"] = protocol.VERSION
        return answered

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What the server can do."""
        return Response(
            status=204,
            headers={
                "Tus-Version": protocol.VERSION,
                "Tus-Extension": protocol.EXTENSIONS,
                "Tus-Max-Size": str(settings.FILE_MOST_BYTES),
                "Tus-Checksum-Algorithm": ",".join(protocol.ALGORITHMS),
            },
        )


class UploadSlots(TusView):
    """Make an upload slot, and list one's own."""

    @extend_schema(
        parameters=[OpenApiParameter("place", str, required=True)],
        responses=UploadSerializer(many=True),
        summary="One's own uploads to a place that are not sent yet",
    )
    def get(self, request: Request) -> Response:
        """One's own uploads to a place that are not sent yet, at most as many as one may have."""
        mine = Upload.objects.visible_to(request.user).filter(
            place=request.query_params.get("place", "")
        )
        return Response(UploadSerializer(mine[: settings.UPLOADS_MOST], many=True).data)

    @extend_schema(
        parameters=[_RESUMABLE, _LENGTH, _METADATA, _CHECKSUM],
        request={protocol.CONTENT: OpenApiTypes.BINARY},
        responses={
            201: OpenApiResponse(description="Location is the upload's address."),
            413: OpenApiResponse(
                description="Too large, or a quota is full: `way_out` says what to do."
            ),
        },
        summary="Begin an upload (tus 1.0 creation, creation-with-upload)",
    )
    def post(self, request: Request) -> Response:
        """Take a slot; bytes that come with the request are its first."""
        protocol.require_version(request.headers)
        length = protocol.number_of(request.headers.get("Upload-Length"), "Upload-Length")
        told = protocol.metadata_of(request.headers.get("Upload-Metadata"))
        checksum = protocol.checksum_of(request.headers.get("Upload-Checksum"))
        upload = uploads.begin(
            reader(request._request),
            told.get("place", ""),
            name=told.get("filename", ""),
            size=length,
            at=clock.now(),
            key=protocol.key_in(told),
        )
        if request.content_type == protocol.CONTENT and not upload.offset:
            uploads.write(upload, _body(request._request), offset=0, checksum=checksum)
        where = request.build_absolute_uri(reverse("api_upload", args=[upload.pk]))
        return Response(status=201, headers={"Location": where, **_state(upload)})


class UploadSlot(TusView):
    """One upload of one's own."""

    def _mine(self, request: Request, pk: UUID) -> Upload:
        found: Upload = get_visible_or_404(Upload.objects.all(), reader(request._request), pk=pk)
        return found

    @extend_schema(
        parameters=[_RESUMABLE],
        responses={200: OpenApiResponse(description="Upload-Offset says how much is kept.")},
        summary="How much of an upload is kept (tus 1.0 HEAD)",
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """How much is kept: HEAD is answered as GET without its body."""
        upload = self._mine(request, pk)
        return Response(headers={**_state(upload), "Upload-Length": str(upload.size)})

    @extend_schema(
        parameters=[_RESUMABLE, _OFFSET, _CHECKSUM],
        request={protocol.CONTENT: OpenApiTypes.BINARY},
        responses={
            204: OpenApiResponse(description="Upload-Offset says how much is kept now."),
            409: OpenApiResponse(description="Upload-Offset is not what is kept."),
            423: OpenApiResponse(description="Another request writes to it."),
            460: OpenApiResponse(description="Another checksum: nothing of it is kept."),
        },
        summary="Send the next bytes (tus 1.0 PATCH)",
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        """Take the next bytes."""
        upload = self._mine(request, pk)
        protocol.require_version(request.headers)
        if request.content_type != protocol.CONTENT:
            raise UploadError(415, f"The Content-Type is not {protocol.CONTENT}.")
        offset = protocol.number_of(request.headers.get("Upload-Offset"), "Upload-Offset")
        checksum = protocol.checksum_of(request.headers.get("Upload-Checksum"))
        uploads.write(upload, _body(request._request), offset=offset, checksum=checksum)
        return Response(status=204, headers=_state(upload))

    @extend_schema(
        parameters=[_RESUMABLE],
        responses={204: OpenApiResponse(description="It is gone.")},
        summary="Throw an upload away (tus 1.0 termination)",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Throw it away."""
        upload = self._mine(request, pk)
        protocol.require_version(request.headers)
        uploads.discard(upload)
        return Response(status=204)


def _state(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
        "Cache-Control": "no-store",
    }


def _body(request: HttpRequest) -> Callable[[int], bytes]:
    """Reads the request's body as it comes, at most what one request may bring; a broken connection is an OSError."""
    left = settings.UPLOAD_REQUEST_MOST_BYTES

    def read(most: int) -> bytes:
        nonlocal left
        try:
            data: bytes = request.read(min(most, left))
        except UnreadablePostError as error:
            raise OSError("the connection broke") from error
        left -= len(data)
        return data

    return read


slots = takes_files(UploadSlots.as_view(), "UPLOAD_REQUEST_MOST_BYTES")
slot = takes_files(UploadSlot.as_view(), "UPLOAD_REQUEST_MOST_BYTES")
