"""Canned answers of the demonstration's engineers, and a note that mentions a colleague."""

import datetime as dt

from cases.canned import actions as canned
from cases.case.models import Case
from cases.conversation.actions import note
from portal.models import User

DAY = dt.timedelta(days=1)
MAYA, PRIYA = "maya.okafor@legato.example", "priya.raman@legato.example"
ANSWERS = (
    (
        MAYA,
        "Which logs to send",
        "Hello {contact},\n\nplease send of the server, from an hour before until an hour after:\n\n"
        "- `daemon.log` and `messages`\n- the index and the media database, as `nsrck -L6` reports them\n\n"
        "My next update on case {case} follows by {update}.\n\n{me}",
        True,
    ),
    (
        MAYA,
        "Passed on to the product group",
        "{product} {release} does this in our lab as well. It is with the product group now, under this case. "
        "You hear from me by {update}, with or without news.",
        True,
    ),
    (
        PRIYA,
        "May it close?",
        "Has it held since, {contact}? If so, may case {case} be closed?",
        False,
    ),
)


def keep_answers(users: dict[str, User], now: dt.datetime) -> None:
    """Write the answers down, and let an engineer ask a colleague on the open case that they know best."""
    for who, title, body, shared in ANSWERS:
        canned.keep(None, title=title, body=body, shared=shared, by=users[who], at=now - 30 * DAY)
    case = Case.objects.open().filter(owner=users[PRIYA]).order_by("pk").first()
    if case is not None:
        words = "@Maya Okafor have you seen “index is empty” after a recover of this size before?"
        note(case, by=users[PRIYA], at=now - dt.timedelta(minutes=50), body=words)
