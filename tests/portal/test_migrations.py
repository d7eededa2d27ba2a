"""Data that a migration rewrites is what the code after it reads."""

import datetime as dt
import importlib
import json

import pytest
from django.apps import apps
from django.db import connection

from portal.models import Deadline, Notice
from portal.notices import outbox
from tests.portal.engine import registered, set_timer, subject, timer, write_down

pytestmark = pytest.mark.django_db

DUE = "2003-03-05T18:00:00+00:00"
INSTANT = dt.datetime.fromisoformat(DUE)
instants_in_json = importlib.import_module("portal.migrations.0004_instants_in_json")


def write(statement: str, value: dict) -> None:
    """Put JSON into every row as it was before, past every encoder."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(value)])


def test_instants_of_mails_that_wait_are_read_as_instants(at: dt.datetime, make_user) -> None:
    outbox.post(subject(1), "opened", to=[make_user()], at=at, template="alarm", title="x")
    old = {"due_at": DUE, "closed_at": None, "said_at": "", "rows": [{"missed_at": DUE}], "n": 1}
    write("UPDATE portal_notice SET context = %s", old)
    instants_in_json.tag_instants(apps, None)
    mail, inbox = (Notice.objects.get(channel=name).context for name in ("email", "inbox"))
    assert mail == {
        "due_at": INSTANT,
        "closed_at": None,
        "said_at": "",
        "rows": [{"missed_at": INSTANT}],
        "n": 1,
    }
    assert inbox == old  # what is shown in the inbox was said already
    instants_in_json.tag_instants(apps, None)
    assert Notice.objects.get(channel="email").context == mail


def test_instants_of_deadlines_to_come_are_read_as_instants(at: dt.datetime) -> None:
    with registered(timer(write_down)):
        set_timer(1, at)
    old = {"start": DUE, "due_at": DUE, "text": DUE, "end": None}
    write("UPDATE portal_deadline SET data = %s", old)
    with connection.cursor() as cursor:
        cursor.execute(instants_in_json.TAG_INSTANTS_OF_DEADLINES)
    assert Deadline.objects.get().data == {
        "start": INSTANT,
        "due_at": INSTANT,
        "text": DUE,
        "end": None,
    }
