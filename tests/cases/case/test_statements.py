"""How many statements the page of a case takes that has everything: twelve at the most, for either side."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.canned import actions as canned
from cases.conversation.actions import note, reply
from cases.conversation.files import SUBJECT
from cases.handling.actions import open_sub_case, take
from cases.presence.pulse import READING, pulse
from cases.relations.actions import relate
from cases.relations.merging import merge
from cases.relations.models import Kind
from cases.severity.actions import confirm_call
from cases.sub_cases.models import Team
from cases.time_spent.actions import note_time
from cases.watching.actions import watch
from portal import drafts
from portal.models import SENT, Attachment
from portal.models.attachment import Checked
from tests.cases.pages import queries, words
from tests.cases.world import MINUTE, NOW, World, take_psam_option

AsUser = Callable[..., Client]
MOST = 12


def full_case(world: World) -> Any:
    """An escalated case with files, names of others, notes, watchers, relations, another team, time, and company."""
    take_psam_option(world)
    case, other, same = world.open(severity=1), world.open(), world.open()
    confirm_call(case, by=world.dispatch, at=NOW)
    take(case, by=world.engineer, at=NOW)
    for n in range(3):
        reply(
            case, by=world.engineer, at=NOW + n * MINUTE, body=f"As in #{other.pk}, and KB-10{n}."
        )
    note(case, by=world.engineer, at=NOW, body="See this, @Colin Reyes.")
    open_sub_case(case, by=world.engineer, at=NOW, team=Team.PSE, request="Read the core.")
    relate(case, other, kind=Kind.SAME_CAUSE, reason="", by=world.engineer, at=NOW)
    merge(same, case, by=world.user("technical"), at=NOW)
    watch(case, by=world.colleague, at=NOW)
    note_time(case, by=world.engineer, at=NOW, minutes=5, what="Reading")
    canned.keep(None, title="Logs", body="Send them.", shared=True, by=world.engineer, at=NOW)
    for message in case.messages.filter(kind="reply"):
        Attachment.objects.create(
            subject_type=SUBJECT,
            subject_id=message.pk,
            purpose=SENT,
            name=f"trace-{message.pk}.txt",
            content_type="text/plain",
            size=11,
            file="attachments/trace",
            added_at=NOW,
            added_by=world.engineer,
            checked=Checked.CLEAN,
        )
        case.messages.filter(pk=message.pk).update(file_count=1)
    return case


@pytest.mark.parametrize("who", ["engineer", "psam", "technical", "administrative"])
def test_a_page_with_everything_takes_twelve_statements(
    world: World, as_user: AsUser, who: str
) -> None:
    case = full_case(world)
    address = f"/cases/{case.pk}/"
    user = world.user(who)
    drafts.keep(user, f"{address}reply/", {"reply-body": "Not sent yet."}, NOW)
    pulse(case.pk, of=world.colleague, doing=READING)
    browser = as_user(who)
    as_user("psam").get(
        address
    )  # until they have read the notes, each look asks whose duty that is
    browser.get(address)
    with queries() as opened:
        page = browser.get(address)
    with queries() as again:
        browser.get(address, headers={"X-Portal-Live": READING})

    assert len(opened) <= MOST - 1
    assert len(again) <= MOST - 2, "a page that asks again is shown no bell and no navigation"
    said = words(page)
    for shown in ("trace-", "merged into this one", "Severity 1 escalation", "KB-101"):
        assert shown in said
    assert ("Sub-cases" in said) == user.is_provider
