"""Live parts of a page: answered with the part, or with 304 when the reader's browser has it already."""

import datetime as dt
import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone


def part_asked(request: HttpRequest) -> str:
    """The name of the live part that is asked for; "" where the whole page is."""
    return request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else ""


def fresh(
    request: HttpRequest, template: str, context: dict[str, Any], shown: Any, now: dt.datetime
) -> HttpResponse:
    """The part of the page, or 304 when nothing of it changed; with the portal's time, `now`, for its clocks.

    `shown` is all that the part shows, as values that `repr` tells apart, but for words that count on by themselves.
    """
    today = timezone.localdate(now)  # times of another day are worded with their date
    said = repr((request.get_full_path(), timezone.get_current_timezone_name(), today, shown))
    tag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(request, template, context)
    answer["ETag"] = tag
    answer["X-Portal-Now"] = now.isoformat()
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "HX-Request, HX-Target, Cookie"
    return answer
