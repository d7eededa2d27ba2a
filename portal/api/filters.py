"""The filters of the API's lists: those that a view names, and an error for every other name."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.filters import Asked

NO_FILTERS = ("cursor", "format")
"""What an address of the API may hold besides: where a list goes on, and the form of the answer."""


class NamedFilters(BaseFilterBackend):
    """Narrows a list by the view's `list_filters` (each name with what it does) in the view's `narrow(rows, asked)`.

    A name that is no filter, and a value that its filter does not know, is refused with 400: a misspelt filter must not
    answer with everything. Views without filters refuse every name.
    """

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        """The rows that the filters select. Raises WrongFilter."""
        if getattr(view, "action", "list") != "list":
            return queryset
        asked = Asked(request.query_params)
        asked.only(_filters(view), NO_FILTERS)
        if hasattr(view, "narrow"):
            queryset = view.narrow(queryset, asked)
        if asked.refused is not None:
            raise asked.refused
        return queryset

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The filters as OpenAPI parameters."""
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": what,
                "schema": {"type": "string"},
            }
            for name, what in _filters(view).items()
        ]


def _filters(view: APIView) -> dict[str, str]:
    return dict(getattr(view, "list_filters", {}))
