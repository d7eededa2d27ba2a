"""Files of a case for programs: list them, and send what was uploaded."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information, reply
from cases.conversation.files import SUBJECT
from cases.conversation.models import Message
from portal import clock
from portal.access import get_visible_or_404, reader
from portal.files.fields import MOST, own
from portal.models import Attachment
from portal.rules.refusal import Refusal

LISTED = 500


class FileSerializer(serializers.ModelSerializer):
    """A file of a case. `url` gives its bytes, also by ranges, until `removed_at`; `sha256` once it has been read."""

    url = serializers.SerializerMethodField()
    sent_by = serializers.CharField(source="added_by.name", default=None, allow_null=True)
    sent_at = serializers.DateTimeField(source="added_at")

    class Meta:
        model = Attachment
        fields = [
            "id",
            "name",
            "content_type",
            "size",
            "sha256",
            "checked",
            "found",
            "sent_by",
            "sent_at",
            "removed_at",
            "removed_because",
            "url",
        ]

    def get_url(self, file: Attachment) -> str:
        """The address of its bytes."""
        return f"/files/{file.pk}/"


class SendingSerializer(serializers.Serializer[Any]):
    """Uploads to send, each whole, with a text or without."""

    uploads = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST)
    body = serializers.CharField(required=False, allow_blank=True, max_length=50_000, default="")
    answers = serializers.BooleanField(
        default=False, help_text="Whether it is the information that was asked for (ATSP 4.9.1)."
    )


@extend_schema_view(
    get=extend_schema(responses=FileSerializer(many=True), summary="The files of a case"),
    post=extend_schema(
        request=SendingSerializer,
        responses={201: FileSerializer(many=True)},
        summary="Send what was uploaded, as a message on the case",
    ),
)
class CaseFiles(APIView):
    """The files of a case that the caller sees, at most the latest 500."""

    def _files(self, request: Request, case: Case) -> Any:
        messages = Message.objects.visible_to(request.user).filter(case=case, file_count__gt=0)
        files = Attachment.objects.filter(
            subject_type=SUBJECT, subject_id__in=messages.values("pk")
        )
        return files.select_related("added_by").order_by("-pk")[:LISTED]

    def _answer(self, request: Request, case: Case, code: int) -> Response:
        return Response(FileSerializer(self._files(request, case), many=True).data, status=code)

    def get(self, request: Request, pk: int) -> Response:
        """List them, the latest first."""
        case = get_visible_or_404(Case.objects.all(), request.user, pk=pk)
        return self._answer(request, case, status.HTTP_200_OK)

    def post(self, request: Request, pk: int) -> Response:
        """Send uploads of one's own: a contact adds information by it, an engineer replies."""
        user = reader(request._request)
        case: Case = get_visible_or_404(Case.objects.all(), user, pk=pk)
        asked = SendingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        files = [
            each
            for each in own(user, [str(key) for key in told["uploads"]])
            if each.place.startswith(f"case:{case.pk}:")
        ]
        if len(files) < len(set(told["uploads"])):
            raise Refusal(
                "An upload is not here any more, or belongs to another place.",
                way_out=f"Upload to the place case:{case.pk}:api, then send it.",
                field="uploads",
            )
        now = clock.now()
        if user.is_provider:
            reply(case, by=user, at=now, body=told["body"], channel=Channel.API, files=files)
        else:
            add_information(
                case,
                by=user,
                at=now,
                body=told["body"],
                channel=Channel.API,
                answers=told["answers"],
                files=files,
            )
        return self._answer(request, case, status.HTTP_201_CREATED)
