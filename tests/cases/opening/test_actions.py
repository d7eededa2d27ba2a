"""Opening a case: who may, what it takes, what starts, and what is refused."""

import datetime as dt

import pytest

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information
from cases.opening.actions import open_case
from contracts.agreements.actions.life import end_for_cause
from contracts.ending.models import NoticeGround, SoftwareNotice
from contracts.prepaid.actions.ledger import balances
from contracts.roster.models.entries import RosterEntry
from contracts.services.models.assignments import Absence
from portal import subscriptions
from portal.models import Deadline, JournalEntry, Notice, User
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.world import (
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    World,
    again,
    journalled,
    response_of,
    status_of,
    told,
)


def left(world: World, pool: str = "us") -> int:
    return next(each.left for each in balances(world.agreement) if each.pool == pool)


@pytest.mark.clause("ATSP 1.3", "ATSP 2.3", "ATSP 4.4")
def test_a_report_becomes_a_case_takes_one_of_the_pool_and_is_acknowledged(world: World) -> None:
    case = world.open()

    assert (case.state, case.severity, case.charge) == ("new", 2, "provisional")
    assert (case.contact, case.reseller) == (world.technical, world.agreement.reseller)
    assert case.programme_version_id == world.agreement.programme_version_id
    assert (left(world, "us"), left(world, "emea")) == (99, 100)
    assert told(case, "case_opened") == ["tess.ward@meridian.example"]
    [entry] = journalled(case, "case.opened")
    assert (entry.public, entry.by) == (True, world.technical.user)
    assert case.messages.get().body == "Every scan of the media index ends in a core dump."


@pytest.mark.clause("ATSP 4.6", "D-6", "D-7", "D-10")
@pytest.mark.parametrize(
    ("severity", "channel", "response", "status"),
    [
        (1, Channel.TELEPHONE, "2003-03-05 10:30", "2003-03-06 10:00"),
        (2, Channel.WEB, "2003-03-05 11:00", "2003-03-06 10:00"),
        (3, Channel.WEB, "2003-03-05 14:00", "2003-03-12 10:00"),
        (4, Channel.WEB, "2003-03-06 10:00", "2003-04-07 08:00"),  # 5 April is a Saturday
    ],
)
def test_both_objectives_start_at_the_report(
    world: World, severity: int, channel: Channel, response: str, status: str
) -> None:
    case = world.open(severity=severity, channel=channel)

    assert response_of(case).due_at == local(response)
    assert status_of(case).due_at == local(status)
    assert response_of(case).clause == status_of(case).clause == "ATSP 4.6"
    assert again(case).next_due_at == local(response)


@pytest.mark.clause("D-6")
def test_the_clocks_run_in_the_business_day_of_the_reporting_contacts_site(world: World) -> None:
    """17:30 in London is past its Business Day, though it is morning in Anaheim."""
    case = world.open(local("2003-03-05 17:30", "Europe/London"), contact=world.london)

    assert response_of(case).due_at == local("2003-03-06 09:00", "Europe/London")
    assert left(world, "emea") == 99


@pytest.mark.clause("ATSP 4.5", "D-9")
@pytest.mark.parametrize("channel", [Channel.WEB, Channel.EMAIL, Channel.API])
def test_severity_1_by_another_way_than_the_telephone_is_severity_2_and_awaits_the_call(
    world: World, channel: Channel
) -> None:
    case = world.open(severity=1, channel=channel)

    assert (case.severity, case.requested_severity, case.awaits_call_for) == (2, 1, 1)
    assert response_of(case).due_at == NOW + HOUR
    notice = Notice.objects.get(template="case_opened", channel="email")
    assert notice.title == f"Case {case.number}: severity 1 awaits your call"
    assert notice.clause.startswith("ATSP 4.5")


@pytest.mark.clause("ATSP 4.4", "ATSP 4.5", "ATSP 5.2.3")
def test_a_telephone_report_is_severity_1_at_once_and_may_leave_for_later_what_the_caller_does_not_know(
    world: World,
) -> None:
    unknown = dict.fromkeys(
        ("release", "platform", "operating_system", "business_impact", "end_user"), ""
    )
    work = dict.fromkeys(("level_1_work", "level_2_work", "replication", "replication_steps"), "")
    case = world.open(severity=1, channel=Channel.TELEPHONE, **unknown, **work)

    assert (case.severity, case.awaits_call_for, case.opened_by) == (1, None, world.dispatch)
    assert len(case.not_told) == 9
    assert case.limitations == []


@pytest.mark.clause("ATSP 5.2.3", "ATSP 1.15", "ATSP 1.19")
@pytest.mark.parametrize(
    "field",
    [
        "title", "release", "platform", "operating_system", "description", "business_impact",
        "end_user", "level_1_work", "level_2_work", "replication_steps", "replication",
    ],
)  # fmt: skip
def test_a_written_report_is_refused_when_anything_of_5_2_3_is_missing(
    world: World, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        world.open(**{field: "  "})

    assert (refused.value.field, refused.value.clause) == (field, "ATSP 5.2.3")
    assert not Case.objects.exists()


@pytest.mark.clause("ATSP 1.15")
def test_a_failed_replication_needs_evidence(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.open(replication="unsuccessful")
    assert refused.value.field == "replication_evidence"

    case = world.open(replication="unsuccessful", replication_evidence="Tried on two hosts.")
    assert case.replication_evidence == "Tried on two hosts."


@pytest.mark.clause("ATSP 2.1", "ATSP 5.2.2", "ATSP 5.2.1", "ATSP 1.1")
@pytest.mark.parametrize(
    ("who", "clause", "words"),
    [
        ("administrative", "ATSP 5.2.2, 1.1", "cannot open a case"),
        ("waiting", "ATSP 5.2.1", "may ask for assistance from Fri 7 Mar 2003 09:00 PST"),
    ],
)
def test_a_refused_opening_cites_the_clause_and_writes_nothing(
    world: World, who: str, clause: str, words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        world.open(contact=getattr(world, who))

    assert refused.value.clause == clause
    assert words in refused.value.sentence
    assert refused.value.way_out
    assert left(world) == 100
    assert not Case.objects.exists()
    assert not Deadline.objects.exists()


@pytest.mark.clause("ATSP 5.2.1")
@pytest.mark.parametrize(("early", "opens"), [(SECOND, False), (0 * SECOND, True)])
def test_the_waiting_time_ends_at_its_very_instant(
    world: World, early: dt.timedelta, opens: bool
) -> None:
    at = RosterEntry.objects.get(contact=world.waiting).usable_from - early
    if opens:
        assert world.open(at, contact=world.waiting).state == "new"
    else:
        with pytest.raises(Refusal):
            world.open(at, contact=world.waiting)


@pytest.mark.clause("ATSP 1.20", "ATSP 5.2.1")
def test_the_alternate_opens_cases_too(world: World) -> None:
    assert world.open(contact=world.alternate).contact == world.alternate


@pytest.mark.clause("ATSP 2.1")
def test_an_end_user_who_has_not_paid_for_updates_is_refused(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.open(updates_paid=False)
    assert (refused.value.clause, refused.value.field) == ("ATSP 2.1", "updates_paid")


@pytest.mark.clause("ATSP 5.1")
def test_the_reseller_agreement_must_hold(world: World) -> None:
    world.agreement.reseller_agreement_in_force = False
    world.agreement.save()
    with pytest.raises(Refusal) as refused:
        world.open()
    assert refused.value.clause == "ATSP 5.1"


@pytest.mark.clause("ATSP 9.1")
def test_a_spent_pool_refuses_the_next_case_and_offers_the_extension(world: World) -> None:
    world.spend("us", left=1)
    world.open()
    with pytest.raises(Refusal) as refused:
        world.open(NOW + MINUTE)

    assert refused.value.clause == "ATSP 9.1"
    assert "extended" in refused.value.way_out
    assert Case.objects.count() == 1
    assert world.open(NOW + MINUTE, contact=world.london).region == "EMEA"


@pytest.mark.clause("ATSP 9.1")
def test_dispatch_may_admit_a_case_over_quota_with_a_reason(world: World) -> None:
    world.spend("us")
    with pytest.raises(Refusal):
        world.open(channel=Channel.TELEPHONE)

    case = world.open(channel=Channel.TELEPHONE, over_quota_reason="A production stop.")

    account = world.agreement.case_accounts.get(pool="us")
    assert (account.over, account.reserved) == (1, 1)
    assert JournalEntry.objects.filter(
        verb="agreement.case_admitted_over_quota", data__reference=case.number
    ).exists()


@pytest.mark.clause("ATSP page 1")
def test_outside_the_contract_year_nothing_opens(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.open(local("2003-09-03 10:00"))
    assert "no support agreement in force" in refused.value.sentence


@pytest.mark.clause("ATSP 5.2.2")
def test_nobody_reports_for_somebody_else_but_who_takes_reports(world: World) -> None:
    for by in (world.alternate.user, world.account_manager, world.foreign.user):
        assert by is not None
        with pytest.raises(Refusal):
            open_case(
                world.report(), by=by, contact=world.technical, channel=Channel.TELEPHONE, at=NOW
            )
    with pytest.raises(Refusal) as refused:
        open_case(
            world.report(), by=world.dispatch, contact=world.technical, channel=Channel.WEB, at=NOW
        )
    assert refused.value.clause == "ATSP 4.4"


@pytest.mark.clause("ATSP 15.1")
@pytest.mark.parametrize(
    ("reported", "goes_to_the_ess"),
    [
        ("2003-03-05 08:00", True),
        ("2003-03-05 07:59", False),
        ("2003-03-05 16:59", True),
        ("2003-03-05 17:00", True),  # the closing belongs to the Business Day (D-31)
        ("2003-03-05 17:01", False),
        ("2003-03-08 10:00", False),  # a Saturday
    ],
)
def test_an_incoming_case_goes_to_the_ess_within_the_business_day_and_to_the_queue_otherwise(
    world: World, reported: str, goes_to_the_ess: bool
) -> None:
    world.give_ess()
    case = world.open(local(reported))

    assert (case.owner == world.specialist) is goes_to_the_ess
    assert told(case, "case_assigned") == (["specialist@legato.example"] * goes_to_the_ess)
    assert response_of(case).state == "pending", "the assignment answers nobody"


@pytest.mark.clause("ATSP 15.1")
@pytest.mark.parametrize("gone", ["away", "left"])
def test_a_case_goes_to_the_queue_while_the_ess_is_gone(world: World, gone: str) -> None:
    world.give_ess()
    if gone == "away":
        Absence.objects.create(user=world.specialist, starts_at=NOW, ends_at=NOW + HOUR)
    else:
        User.objects.filter(pk=world.specialist.pk).update(is_active=False)
    assert world.open(NOW).owner is None


@pytest.mark.clause("ATSP 4.3", "ATSP 4.8", "ATSP 1.13")
@pytest.mark.parametrize(
    ("changes", "flagged"),
    [
        ({"release": "6.1.3"}, 0),
        ({"release": "6.0.2"}, 0),  # the prior minor Release
        ({"release": "5.5.1"}, 1),
        ({"release": "6.1.3", "modified_software": True}, 1),
        ({"release": "5.5.1", "modified_software": True}, 2),
    ],
)
def test_a_limitation_of_support_is_flagged_for_the_engineer_and_never_refused(
    world: World, changes: dict[str, object], flagged: int
) -> None:
    case = world.open(**changes)
    assert [each["clause"] for each in case.limitations] == ["ATSP 4.8"] * flagged


@pytest.mark.clause("ATSP 9.3")
@pytest.mark.parametrize(("days", "flagged"), [(0, True), (-1, True), (1, False)])
def test_a_case_on_software_without_support_is_flagged_and_never_refused(
    world: World, days: int, flagged: bool
) -> None:
    ends_on = world.agreement.date_at(NOW) + dt.timedelta(days=days)
    SoftwareNotice.objects.create(
        agreement=world.agreement,
        software=world.product.name.upper(),
        ground=NoticeGround.NO_LONGER_SUPPORTED,
        given_on=ends_on - dt.timedelta(days=90),
        ends_on=ends_on,
        text="It ends.",
        recorded_at=NOW - 100 * dt.timedelta(days=1),
    )
    flags = [each["clause"] for each in world.open().limitations]
    assert flags == (["ATSP 9.3"] if flagged else [])


def test_subscribers_hear_of_the_case_in_its_own_transaction(world: World) -> None:
    from cases.events import CaseOpened

    heard: list[CaseOpened] = []
    subscriptions.subscribe(CaseOpened, heard.append)
    try:
        case = world.open()
    finally:
        subscriptions._subscribers[CaseOpened].remove(heard.append)

    assert [(each.case, each.by, each.at) for each in heard] == [(case, world.technical.user, NOW)]


def test_a_contact_without_any_address_is_an_alarm_to_dispatch_and_not_an_error(
    world: World,
) -> None:
    case = world.open(contact=world.silent, channel=Channel.TELEPHONE)

    assert told(case, "case_opened") == []
    assert "dispatch@legato.example" in told(case, "alarm")
    world.reply(case, NOW + MINUTE)
    alarms = Notice.objects.about(case).filter(template="alarm", channel="inbox")
    assert alarms.filter(recipient=world.dispatch).count() == 1, "one alarm, however often"


@pytest.mark.clause("ATSP 9.4")
def test_a_termination_stops_new_cases_and_lets_open_ones_go_on(world: World) -> None:
    case = world.open()
    end_for_cause(
        world.agreement,
        on=world.agreement.date_at(NOW),
        reason="The reseller agreement was terminated for cause.",
        by=None,
        at=NOW,
    )
    with pytest.raises(Refusal, match="terminated with cause") as refused:
        world.open()
    assert refused.value.clause == "ATSP 2.1, ATSP 9.4"
    assert world.technical.user is not None
    add_information(case, by=world.technical.user, at=NOW, body="The trace is attached.")
