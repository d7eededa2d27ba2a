"""A page with every component on it, for those who build pages and for the tests of the look.

It reads no data: all it shows is made up here. Only reachable while DEBUG is on.
"""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal import clock
from portal.rules.refusal import Refusal
from portal.ui import clauses

_MADE_UP_CLAUSES = {
    "ATSP 4.6": "Service level objectives: first technical response, contact status and resolution by severity.",
    "ATSP 4.9.1": "Information of 5.2.3 that is asked for and not received lowers the severity, step by step.",
    "ATSP 5.2.2": "Only authorized Technical Contacts open cases.",
    "ATSP Ex.C": "The severity-1 timeline: who acts and who is told, from the report to T+24 hours.",
    "D-7": "One Business Day is nine business hours on the site's calendar.",
}

_RANKS = [(1, "Critical"), (2, "Serious"), (3, "Medium impact"), (4, "Low")]
_STATES = {
    "new": ("New", "circle-plus", "info"),
    "in_progress": ("In progress", "progress", "accent"),
    "waiting": ("Waiting", "user-question", "warning"),
    "relieved": ("Relieved", "lifebuoy", "success"),
    "closed": ("Closed", "circle-check", "quiet"),
}


def show(request: HttpRequest) -> HttpResponse:
    """Show the components. 404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "components/gallery.html", samples(clock.now()))


def samples(now: dt.datetime) -> dict[str, object]:
    """Return made-up things of every kind, their times around `now`."""
    for name, text in _MADE_UP_CLAUSES.items():
        if not clauses.text(name):
            clauses.register({name: text})
    minute = dt.timedelta(minutes=1)
    maria = SimpleNamespace(
        name="Maria Delgado", role_names=["Customer Support Engineer"], is_provider=True
    )
    tom = SimpleNamespace(name="Tom Okafor", role_names=[], is_provider=False)

    def due(label: str, after: dt.timedelta, state: str = "pending", **more: object) -> object:
        return SimpleNamespace(
            **{
                "label": label,
                "due_at": now + after,
                "state": state,
                "set_at": now - 60 * minute,
                "clause": "ATSP 4.6",
                "words": "Reported Tue 4 Mar 16:10 PST. 4 business hours: 50 min on Tuesday until "
                "17:00, then 3 h 10 min from Wednesday 08:00.",
                "met_at": None,
                "late": False,
                "cause": "",
                **more,
            }
        )

    clocks = [
        due("Engineer calls you back", 14.5 * minute),
        due("Send the network trace", 150 * minute, clause="ATSP 4.9.1"),
        due("Status update", dt.timedelta(days=3), set_at=now - dt.timedelta(days=4)),
        due("First response", -12.5 * minute),
        due("First response", -60 * minute, "met", met_at=now - 63 * minute),
        due("First response", -60 * minute, "missed", met_at=now - 48 * minute),
        due("Hourly update", -20 * minute, "missed", clause="ATSP Ex.C"),
        due(
            "Hourly update", 40 * minute, "cancelled", clause="ATSP Ex.C", cause="Relief was given"
        ),
        due("Status update", 90 * minute, "superseded", cause="The severity was lowered to 3"),
        due("Notice to the PSAM", -30 * minute, "fired", clause="ATSP Ex.C", words="", late=True),
    ]
    rows = [
        SimpleNamespace(
            number=f"C-2003-{118 - n:04d}",
            summary=summary,
            severity=_RANKS[severity - 1],
            asked=asked,
            state=_STATES[state],
            reseller=reseller,
            owner=owner,
            clock=clocks[n % 4] if n < 4 else clocks[2],
        )
        for n, (summary, severity, asked, state, reseller, owner) in enumerate(
            [
                ("Index rebuild halts after tape change", 1, None, "in_progress", "MTI", maria),
                ("Savegroup completes with empty save sets", 2, 1, "new", "MTI", None),
                (
                    "Recover browses no files on Solaris 8",
                    2,
                    None,
                    "waiting",
                    "MTI",
                    maria,
                ),
                (
                    "Jukebox inventory reads slot 12 twice",
                    3,
                    None,
                    "in_progress",
                    "Norrland",
                    maria,
                ),
                ("How are clone pools expired?", 4, None, "relieved", "MTI", maria),
                ("Client push install asks for a license", 3, None, "closed", "Norrland", tom),
            ]
        )
    ]
    entries = [
        (
            "event",
            SimpleNamespace(
                at=now - 95 * minute,
                by=tom,
                by_name="Tom Okafor",
                verb="case.opened",
                text="",
                clause="ATSP 5.2.2",
            ),
        ),
        (
            "message",
            SimpleNamespace(
                at=now - 94 * minute,
                by=tom,
                by_name="Tom Okafor",
                text="The index of our largest client stops rebuilding as soon as the jukebox changes "
                "tapes. All restores of that client wait for it.\n\nLog: nsrck ends with signal 11.",
            ),
        ),
        (
            "note",
            SimpleNamespace(
                at=now - 50 * minute,
                by=maria,
                by_name="Maria Delgado",
                text="Looks like LGTpa40118; asking the PSE team for the patched nsrck.",
            ),
        ),
        (
            "message",
            SimpleNamespace(
                at=now - 40 * minute,
                by=maria,
                by_name="Maria Delgado",
                text="We can reproduce this here. I will call you before 14:30 with a workaround.",
            ),
        ),
        (
            "event",
            SimpleNamespace(
                at=now - 2 * minute,
                by=None,
                by_name="",
                verb="case.severity_lowered",
                text="The network trace had not come an hour after the report.",
                clause="ATSP 4.9.1",
            ),
        ),
    ]
    return {
        "maria": maria,
        "tom": tom,
        "clocks": clocks,
        "rows": rows,
        "entries": entries,
        "page": Paginator(range(1, 431), 25).page(3),
        "past": now - 192 * minute,
        "amount": Decimal("22500"),
        "debt": Decimal("-183.5"),
        "ranks": _RANKS,
        "states": list(_STATES.values()),
        "refused": Refusal(
            "An Administrative Contact does not open cases.",
            clause="ATSP 5.2.2",
            way_out="Ask one of your Technical Contacts, or become one on the roster.",
        ),
    }
