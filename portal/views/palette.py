"""The command palette: what is found for what is being typed."""

import hashlib
import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_GET

from portal import clock
from portal.access import reader
from portal.search import LONGEST, Asked, found


@require_GET
@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """Groups of what the text `q` finds for the reader, who is on the page `at`; 304 for what their browser has."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    groups = found(
        Asked(reader(request), text, clock.now(), at=request.GET.get("at", "")[:200]), palette=True
    )
    said = json.dumps(
        {
            "groups": [
                {
                    "title": group.title,
                    "hits": [
                        {"title": hit.title, "url": hit.url, "note": hit.note, "icon": hit.icon}
                        for hit in group.hits
                    ],
                }
                for group in groups
            ]
        }
    )
    tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(said, content_type="application/json")
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "Cookie"
    return answer
