"""The portal's main job, once, whole: the real agreement, a browser each, Celery, mail, and a day of Exhibit C.

The clock is moved from mark to mark: each is settled by the workers, within its minute, before the next one comes.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cases.case.models import Case
from contracts.prepaid.actions.ledger import balances
from escalation.models import Timeline
from portal import clock
from portal.models import Deadline, JournalEntry, Notice
from tests.journeys.running import RunningPortal, until
from tests.smtp_peer import SmtpPeer

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)

CONTACT = "mkeane@mti.example"
DISPATCH = "sam.adeyemi@legato.example"
ENGINEER = "maya.okafor@legato.example"
PSAM = "dana.whitfield@legato.example"
ACCOUNT_MANAGER = "anne.delacroix@legato.example"

# Exhibit C's notices: at which hour, and to whom (domain.md §5). Those of T go to the CSE and the Technical Contact.
NOTICES = {
    "commitment": (0, {CONTACT, ENGINEER}),
    "psam-1h": (1, {PSAM}),
    "management-4h": (4, {"ruth.calloway@legato.example"}),
    "senior-managers-8h": (8, {"ian.mcbride@legato.example", "helen.park@legato.example"}),
    "cpe-management-8h": (8, {"nadia.brandt@legato.example"}),
    "hotshot-12h": (12, {"helen.park@legato.example", "victor.sandoval@legato.example"}),
    "hotshot-24h": (24, {"edward.stone@legato.example"}),
}

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.clause(
    "ATSP 4.4", "ATSP 4.5", "ATSP 14.3", "ATSP Ex.C", "ATSP Ex.B", "D-9", "D-13", "D-15"
)
@pytest.mark.trap(25)
def test_the_main_job_from_the_report_to_the_scorecard(
    run_portal: Callable[..., RunningPortal],
    person: Callable[[RunningPortal, str], Any],
    mails: SmtpPeer,
) -> None:
    portal = run_portal()
    contact = person(portal, CONTACT)
    engineer = person(portal, ENGINEER)
    dispatch = person(portal, DISPATCH)
    psam = person(portal, PSAM)

    # The contact sees what they are entitled to, and opens a case asking for severity 1.
    home = contact.goes("/home/")
    assert "100" in home.locator("main").inner_text()
    case = contact.opens_a_case(severity=1)
    assert (case.severity, case.awaits_call_for, case.channel) == (2, 1, "web")
    assert "+1 650 555 0142" in contact.page.locator("main").inner_text()
    [us] = [each for each in balances(case.agreement) if each.pool == "us"]
    assert (us.left, us.reserved) == (99, 1)

    # It stands in the engineers' queue; one takes it, and has the first call's log filled in by the time of T.
    engineer.goes("/queue/")
    assert case.title in engineer.page.locator("main").inner_text()
    page = f"/cases/{case.pk}/"
    engineer.does(page, "take")
    first_call = engineer.prepares(
        page, "call", body="Called back at once: looking at the lock.", reached="yes"
    )

    # The telephone report makes it severity 1: that is T.
    dispatch.does(page, "confirm-call")  # the contact is the caller unless somebody else is picked
    engineer.submits(first_call)
    timeline = Timeline.objects.get(case=case)
    began = timeline.started_at

    # The first hour's update falls in its half hour; then the PSAM, and the sub-case, before their marks.
    update = engineer.prepares(
        page, "reply", body="The lock's owner is found; releasing it in the lab first."
    )
    portal.step_to(began + 33 * MINUTE)
    engineer.submits(update)
    _logs(psam, case, "call_reseller_management", "Spoke with Terri Hirsch.")
    _logs(psam, case, "status_from_cse", "Maya has found the owner of the lock.")
    psam.goes(page)
    engineer.does(page, "sub-case", team="pse", request="Please look at the resource lock with us.")

    # The board shows it running, live.
    board = psam.goes("/escalations/").locator("main")
    assert case.number in board.inner_text()

    # A day passes. Workers fire every mark; what nobody does is missed.
    _pass_time(portal, began + 24 * HOUR)
    assert _fired(case, "hotshot-24h"), "the Executive Team's Hotshot"
    until(
        lambda: not Notice.objects.filter(state="waiting").exists(), "all mail is out", seconds=60
    )

    _every_notice_went_once_to_each(case, began, mails)
    _duties_stand_as_they_were_done(case, began)

    # Relief ends the escalation; the workaround is agreed and the case closed.
    engineer.does(page, "relief", body="Run the attached script on both nodes, then start nsrd.")
    timeline.refresh_from_db()
    assert timeline.ending == "relief"
    assert (
        not Deadline.objects.about(case).pending().filter(kind__startswith="escalation.").exists()
    )
    contact.does(page, "agree")
    engineer.does(page, "determine", determination="known-defect")
    engineer.does(page, "close", reason="workaround")
    case.refresh_from_db()
    assert (case.state, case.closure_reason, case.charge) == ("closed", "workaround", "charged")
    assert not Deadline.objects.about(case).pending().exists()
    [us] = [each for each in balances(case.agreement) if each.pool == "us"]
    assert (us.left, us.charged, us.reserved) == (99, 1, 0)

    # The six months' scorecard counts it, and each number opens its cases.
    manager = person(portal, ACCOUNT_MANAGER)
    today = case.agreement.date_at(case.closed_at) + dt.timedelta(days=1)
    card = manager.goes(f"/scorecards/271-ATSP-4453/?on={today.isoformat()}").locator("main")
    assert "1" in card.inner_text()
    behind = manager.goes(f"/scorecards/271-ATSP-4453/M1/?on={today.isoformat()}").locator("main")
    assert case.number in behind.inner_text()


def _logs(psam: Any, case: Case, act: str, note: str) -> None:
    page = psam.goes(f"/escalations/{case.pk}/")
    form = page.locator("form[action$='/log/']")
    form.locator("[name=act]").select_option(act)
    form.locator("[name=note]").fill(note)
    with page.expect_navigation():
        form.locator("[type=submit]:not([formaction])").last.click()
    assert "Logged" in page.locator("body").inner_text()


def _fired(case: Case, code: str) -> bool:
    return Deadline.objects.about(case).filter(step=f"1:{code}", state="fired").exists()


def _pass_time(portal: RunningPortal, end: dt.datetime) -> None:
    """Move the clock from one deadline to the next, and wait each time until the workers have settled it."""
    due = Deadline.objects.pending().order_by("fires_at")
    while row := due.filter(fires_at__lte=end).first():
        portal.step_to(row.fires_at)
        until(
            lambda: not due.filter(fires_at__lte=clock.now()).exists(),
            f"what is due at {row.fires_at} is settled",
            every=0.05,
        )
    portal.step_to(end)


def _every_notice_went_once_to_each(case: Case, began: dt.datetime, mails: SmtpPeer) -> None:
    sent = Notice.objects.about(case).filter(channel="email", step__contains="1:")
    for code, (hours, audience) in NOTICES.items():
        told = sent.filter(step__contains=f"1:{code}")
        assert Counter(told.values_list("address", flat=True)) == Counter(audience), code
        assert set(told.values_list("state", "late")) == {("sent", False)}, code
        if hours:
            row = Deadline.objects.about(case).get(step=f"1:{code}")
            assert row.due_at == began + hours * HOUR
            assert (row.state, row.late) == ("fired", False)
            assert row.settled_at is not None
            assert row.settled_at - row.due_at < MINUTE
        for notice in told:
            assert mails.ids_to(notice.address).count(notice.message_id) == 1, code
    wire = Counter((mail.to, mail.message_id) for mail in mails.mails)
    assert set(wire.values()) == {1}, "a mail went twice"
    assert any("HOTSHOT" in mail.subject.upper() for mail in mails.mails)


def _duties_stand_as_they_were_done(case: Case, began: dt.datetime) -> None:
    rows = {
        row.step.removeprefix("1:"): row
        for row in Deadline.objects.about(case).filter(kind="escalation.duty")
    }
    done = (
        "initial-response",
        "update-1h",
        "call-management-2h",
        "status-from-cse-2h",
        "read-notes-2h",
        "engage-pse-6h",
    )
    missed = (
        *(f"update-{hour}h" for hour in range(2, 25)),
        "inform-sales-4h",
        "call-management-4h",
        "inform-director-8h",
        "engage-engineering-12h",
    )
    assert {code: rows[code].state for code in done} == dict.fromkeys(done, "met")
    assert {code: rows[code].state for code in missed} == dict.fromkeys(missed, "missed")
    assert rows["initial-response"].due_at == began + 30 * MINUTE
    assert not [code for code, row in rows.items() if row.late], (
        "the workers kept up with the clock"
    )
    entries = JournalEntry.objects.about(case).filter(verb="case.call_confirmed")
    assert [entry.at for entry in entries] == [began]
