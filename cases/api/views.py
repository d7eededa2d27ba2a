"""The API's edges: list, show, check, open."""

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, pagination, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.serializers import (
    CaseSerializer,
    CaseWithClocksSerializer,
    ReportSerializer,
)
from cases.api.telling import CheckedReportSerializer, OpenedCaseSerializer, told
from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.case.selecting import CaseQuerySet
from cases.opening.actions import open_case, refusals_for
from cases.opening.alike import alike
from cases.opening.checking import check
from cases.queue.filters import FILTERS, chosen_in, narrowed
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import Permissions, permissions_of
from portal import clock, sending
from portal.access import reader
from portal.filters import Asked
from portal.models import User
from portal.rules import limits
from portal.rules.refusal import Refusal

LONGEST_KEY = 64


class NewestFirst(pagination.CursorPagination):
    """Pages of cases, the newest first, whose cost does not grow with how far one pages."""

    ordering = ("-reported_at", "-pk")
    page_size = 50

    def decode_cursor(self, request: Request) -> pagination.Cursor | None:
        """The place in the list that the address names. Raises NotFound for what is none."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                found = parse_datetime(str(cursor.position))
            except ValueError:
                found = None
            if found is None:
                raise NotFound(self.invalid_cursor_message)
        return cursor


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Case]):
    """Cases that the caller may see; opening one is a Technical Contact's (ATSP 5.2.2)."""

    queryset = Case.objects.none()
    serializer_class = CaseSerializer
    pagination_class = NewestFirst
    lookup_value_regex = r"\d+"
    list_filters = FILTERS

    def get_queryset(self) -> QuerySet[Case]:
        """Visible cases with what a row shows."""
        return Case.objects.visible_to(self.request.user).for_list()

    def narrow(self, rows: CaseQuerySet, asked: Asked) -> CaseQuerySet:
        """Those that fit the filters, the same as the queue's and the list's."""
        user = reader(self.request)
        chosen = chosen_in(asked, user)
        for name, error in chosen.errors.items():
            asked.note(error, f"Name one {name}, or give its id.", name)
        return narrowed(rows, chosen, user, clock.now())

    def get_serializer_class(self) -> Any:
        """Clocks are shown for one case only."""
        return CaseWithClocksSerializer if self.action == "retrieve" else CaseSerializer

    @extend_schema(
        request=ReportSerializer,
        responses={201: OpenedCaseSerializer, 200: OpenedCaseSerializer},
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="The same key again answers 200 with the case that it opened. Without one, the same report "
                "within an hour does.",
            )
        ],
    )
    def create(self, request: Request) -> Response:
        """Open a case. Severity 1 is taken as severity 2 and awaits the telephone call (ATSP 4.5, D-9).

        The same creation sent again opens none: it answers 200 with the case that the first one opened. The answer has
        the limitations of the case (ATSP 4.8), the Fixes that may answer it and the company's open cases like it.
        """
        now = clock.now()
        user, contact, _ = _contact(request, now)
        asked = ReportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        key = _key_of(request, now)
        with transaction.atomic():
            before = sending.earlier(user, key, now)
            if before is not None:
                case = self.get_queryset().get(pk=int(before.led_to))
            else:
                case = open_case(
                    asked.report(), by=user, contact=contact, channel=Channel.API, at=now
                )
                sending.note(user, key, said="", led_to=case.number)
        found = alike(user, case.title, case.description, now, without=case.pk)
        context = {**self.get_serializer_context(), "alike": found}
        shown = OpenedCaseSerializer(case, context=context)
        answered = status.HTTP_201_CREATED if before is None else status.HTTP_200_OK
        return Response(shown.data, status=answered)

    @extend_schema(
        request=ReportSerializer(partial=True),
        responses=CheckedReportSerializer,
        summary="What can be told of a report before its case is opened",
    )
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def check(self, request: Request) -> Response:
        """Tell what limits a report, what it lacks, and what may answer it, as far as it is written.

        Any field may be left out. Opens no case and keeps nothing; for a reseller's contact.
        """
        now = clock.now()
        user, contact, standing = _contact(request, now)
        refusals = refusals_for(contact, now, standing)
        if standing.agreement is None:
            raise refusals[0]
        asked = ReportSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        typed = asked.typed()
        found = alike(user, typed.get("title"), typed.get("description"), now)
        answer = told(check(typed, standing, user), refusals, found)
        return Response(CheckedReportSerializer(answer).data)


def _contact(request: Request, at: dt.datetime) -> tuple[User, Contact, Permissions]:
    """The caller, the contact that they are, and their standing. Raises Refusal for who is no reseller's contact."""
    user = request.user
    standing = permissions_of(user, at)
    if standing.contact is None or not isinstance(user, User):
        raise Refusal(
            "Only a reseller's Technical Contact opens a case here.",
            clause="ATSP 5.2.2",
            way_out="The provider takes reports by telephone.",
        )
    return user, standing.contact, standing


def _key_of(request: Request, at: dt.datetime) -> str:
    """The key of a creation: the caller's own, else that of its words and the hour. Raises Refusal for a long one."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise Refusal(
            limits.too_many("The header Idempotency-Key", len(key), LONGEST_KEY, "characters"),
            way_out="Send a shorter one, such as a UUID.",
        )
    if key:
        return f"api {key}"
    words = json.dumps(request.data, sort_keys=True, default=str)
    return f"api {at:%Y%m%d%H} {hashlib.sha256(words.encode()).hexdigest()[:48]}"
