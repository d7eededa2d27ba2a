"""Matches for what is being typed into a search field that chooses one of many."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from portal.lookups import lookup_of, matches
from portal.models import User


@require_GET
@login_required
def lookup(request: HttpRequest, code: str) -> JsonResponse:
    """At most ten options for the text `q`, of what the reader may choose; 404 for an unknown lookup."""
    found, user = lookup_of(code), request.user
    if found is None or not isinstance(user, User):
        raise Http404
    asked = request.GET
    options, more = matches(found, user, asked.get("q", ""), asked.get("within", ""))
    return JsonResponse(
        {
            "options": [
                {"value": one.value, "text": one.text, "note": one.note} for one in options
            ],
            "more": more,
        }
    )
