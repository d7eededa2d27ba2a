"""Opening a case needs the database and nothing else: neither the broker nor the mail server."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from devstack import ports
from portal.models import Deadline, Notice
from tests.journeys.running import RunningPortal, until
from tests.smtp_peer import SmtpPeer

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.clause("ATSP 4.4")
def test_a_case_is_opened_while_redis_and_the_mail_server_are_away_and_all_goes_on_when_they_return(
    run_portal: Callable[..., RunningPortal],
    person: Callable[[RunningPortal, str], Any],
    mails: SmtpPeer,
) -> None:
    mails.go_away()
    nowhere = f"redis://127.0.0.1:{ports.any_free()}/0"
    portal = run_portal(start=("web",), REDIS_URL=nowhere)
    with urllib.request.urlopen(f"{portal.url}/health/ready", timeout=10) as answer:  # noqa: S310
        health = json.load(answer)
    assert (health["status"], health["broker"]) == ("degraded", "away")

    contact = person(portal, "mkeane@mti.example")
    case = contact.opens_a_case(severity=2)

    assert case.number in contact.page.locator("main").inner_text()
    acknowledged = Notice.objects.about(case).get(step="opened", channel="email")
    assert acknowledged.state == "waiting"
    response = Deadline.objects.about(case).get(kind="cases.first_response")

    # Redis returns: within a sweep the engine has what fell due; the mail server returns: what waited goes.
    portal.environment["REDIS_URL"] = settings.REDIS_URL
    portal.step_to(response.due_at)
    portal.start("worker")
    portal.start("beat")
    until(
        lambda: Deadline.objects.filter(pk=response.pk, state="missed").exists(),
        "the sweep settles what fell due",
        seconds=60,
    )
    mails.come_back()
    until(lambda: mails.ids_to("mkeane@mti.example"), "the mail that waited", seconds=60)
    assert mails.ids_to("mkeane@mti.example")[0] == acknowledged.message_id
