"""Matches for what is being typed into a search field that chooses one of many."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from portal.lookups import lookup_of, matches
from portal.models import User
from portal.suggestions import suggested, suggests


@require_GET
@login_required
def lookup(request: HttpRequest, code: str) -> JsonResponse:
    """At most ten options for the text `q`, of what the reader may choose, or of what a text field suggests.

    404 for an unknown code.
    """
    found, user, asked = lookup_of(code), request.user, request.GET
    typed, within = asked.get("q", ""), asked.get("within", "")
    if not isinstance(user, User):
        raise Http404
    if found is not None:
        options, more = matches(found, user, typed, within)
    elif suggests(code):
        options, more = suggested(code, user, typed, within)
    else:
        raise Http404
    return JsonResponse(
        {
            "options": [
                {"value": one.value, "text": one.text, "note": one.note} for one in options
            ],
            "more": more,
        }
    )
