"""The glossary: what the agreement means by its words (ATSP 1)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.glossary import definitions
from contracts.roster.permissions import last_agreement, permissions_of
from portal import clock
from portal.filters import Asked


@require_GET
@login_required
def glossary(request: HttpRequest) -> HttpResponse:
    """The defined terms of the reader's own agreement; the provider's people choose a published version.

    `q` narrows them to those that hold all its words. 404 for a version that is none of the provider's.
    """
    user: Any = request.user
    choices = list(_published(user)) if user.is_provider else []
    version = _chosen(request, choices) if user.is_provider else _own(user)
    asked = Asked(request.GET)
    asked.only(("q", "programme", "version"))
    words = asked.text("q")
    terms = version.programme.glossary if version else ()
    return render(
        request,
        "contracts/glossary.html",
        {
            "version": version,
            "programme": version.programme if version else None,
            "choices": choices,
            "words": words,
            "every": _address(version, choices),
            "count": len(terms),
            "definitions": [] if asked.refused else definitions(terms, words),
            "refused": asked.refused,
        },
    )


def _address(version: ProgrammeVersion | None, choices: list[ProgrammeVersion]) -> str:
    """The page with all terms of the same version."""
    address = reverse("glossary")
    if version is None or not choices:
        return address
    return f"{address}?{urlencode({'programme': version.code, 'version': version.number})}"


def _published(user: Any) -> Any:
    return ProgrammeVersion.objects.visible_to(user).order_by("code", "-number")


def _chosen(request: HttpRequest, choices: list[ProgrammeVersion]) -> ProgrammeVersion | None:
    """The version asked for: the newest of a programme unless a number is given; the first one when none is."""
    code, number = request.GET.get("programme", ""), request.GET.get("version", "")
    if not code:
        return choices[0] if choices else None
    newest = {(version.code, ""): version for version in reversed(choices)}
    numbered = {(version.code, str(version.number)): version for version in choices}
    try:
        return (newest | numbered)[code, number]
    except KeyError as error:
        raise Http404 from error


def _own(user: Any) -> ProgrammeVersion | None:
    """What the reader's agreement is signed under, the last one's when none is in force."""
    now = clock.now()
    standing = permissions_of(user, now)
    agreement = standing.agreement or (
        last_agreement(standing.contact, now) if standing.contact else None
    )
    return agreement.version if agreement else None
