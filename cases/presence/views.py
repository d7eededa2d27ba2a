"""What the page of a case asks every second or so."""

import hashlib

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from cases.case.models import Case
from cases.presence import passes
from cases.presence.passes import Reader
from cases.presence.pulse import pulse
from cases.templatetags.case_presence import people_here
from contracts.scope import VisibleRow
from portal.access import reader
from portal.context import unread_in_words

_SEEN = VisibleRow(lambda: Case.objects.only("pk"))


@require_GET
def case_live(request: HttpRequest, pk: int) -> HttpResponse:
    """The version of the page, who else is there and the bell, or 304 where all are as the page has them.

    `doing` tells what the reader does there. It is no part of what they may see, so a page that only asks is answered
    alike. Who comes without a pass is asked who they are, and given one. Raises Http404.
    """
    holder = passes.holder(request, pk)
    if holder is None:
        return _asked_anew(request, pk)
    return _answer(request, pk, holder)


@login_required
def _asked_anew(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    if _SEEN.read(user, pk) is None:
        raise Http404
    holder = Reader(user.pk, user.is_provider)
    answer = _answer(request, pk, holder)
    answer[passes.HEADER] = passes.give(request, pk, holder)
    return answer


def _answer(request: HttpRequest, pk: int, holder: Reader) -> HttpResponse:
    found = pulse(pk, of=holder, doing=request.GET.get("doing", ""))
    unread = unread_in_words(found.unread)
    shown = (found.version, found.people, unread)
    tag = f'"{hashlib.sha256(repr(shown).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = JsonResponse(
            {
                "version": found.version,
                "people": people_here(found.people),
                "bell": render_to_string("components/bell_words.html", {"unread_notices": unread}),
            }
        )
    answer["ETag"] = tag
    return answer
