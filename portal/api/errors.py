"""Errors of the API: a refusal says the clause and the way out, as a page does."""

from typing import Any

from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from portal.filters import WrongFilter
from portal.rules.refusal import Refusal


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a Refusal with 409 and its parts, a wrong filter with 400; leave the rest to the framework."""
    if isinstance(error, Refusal):
        body = {
            "refused": error.sentence,
            "clause": error.clause,
            "way_out": error.way_out,
            "field": error.field,
        }
        if isinstance(error, WrongFilter):
            return Response(body, status=status.HTTP_400_BAD_REQUEST)
        return Response(body, status=status.HTTP_409_CONFLICT)
    return exception_handler(error, context)
