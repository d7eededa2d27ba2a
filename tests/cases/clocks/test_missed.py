"""Missed promises on cases: each day's is recorded, the next is due, and somebody hears until it is made up for."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.case.models import Case
from cases.case.rules.vocabulary import Channel
from cases.clocks.actions import agree_frequency
from cases.clocks.setting import DIGEST, FIRST_RESPONSE, OVERDUE, STATUS_UPDATE
from cases.conversation.actions import log_call
from cases.handling.actions import assign
from cases.resolution.actions.closing import close
from cases.severity.actions import confirm_call
from contracts.services.models.assignments import Absence
from portal.deadlines.sweep import sweep
from portal.models import Channel as NoticeChannel
from portal.models import Deadline, Notice, User
from portal.roles import Role
from tests.atsp import LONDON, LOS_ANGELES, local
from tests.cases.world import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    World,
    again,
    clock_of,
    journalled,
    response_of,
    status_of,
    swept,
    told,
)

OWNER, MANAGER, DISPATCH, ADMINISTRATOR = (
    f"{who}@legato.example" for who in ("engineer", "manager", "dispatch", "administrator")
)
WEEK = 7 * DAY


def updates(case: Case, state: str = "missed") -> list[Deadline]:
    return list(
        Deadline.objects.about(case).filter(kind=STATUS_UPDATE, state=state).order_by("due_at")
    )


def missed_at(case: Case) -> list[dt.datetime]:
    return [row.due_at for row in updates(case)]


def digests(user: User | None = None) -> list[Notice]:
    rows = Notice.objects.filter(template="missed_digest", channel=NoticeChannel.EMAIL)
    return list((rows.filter(recipient=user) if user else rows).order_by("pk"))


def business_days(start: dt.datetime, number: int) -> list[dt.datetime]:
    """The same time on so many Business Days after `start`, in Los Angeles."""
    zone = local("2003-03-05 10:00").tzinfo
    found, day = [], start.astimezone(zone)
    while len(found) < number:
        day += DAY
        if day.weekday() < 5:
            found.append(local(f"{day:%Y-%m-%d} 10:00"))
    return found


def untouched(world: World, severity: int) -> Case:
    """A case that somebody has taken, spoke about once, and then leaves alone."""
    channel = Channel.TELEPHONE if severity == 1 else Channel.WEB
    return world.reply(world.open(severity=severity, channel=channel), NOW)


@pytest.mark.clause("ATSP 4.6", "D-22")
def test_a_severity_2_case_untouched_for_thirty_business_days_misses_thirty_updates(
    world: World,
) -> None:
    case = untouched(world, 2)
    days = business_days(NOW, 30)
    for day in days:
        swept(day + MINUTE)

    assert missed_at(case) == days
    assert [row.state for row in updates(case, "pending")] == ["pending"]
    entries = journalled(case, "case.promise_missed")
    assert [dt.datetime.fromisoformat(entry.data["due_at"]) for entry in entries] == days
    assert [entry.data["number"] for entry in entries] == list(range(1, 31))


@pytest.mark.clause("ATSP 4.6", "D-22")
@pytest.mark.parametrize(
    ("severity", "period", "number"), [(1, DAY, 30), (3, WEEK, 4), (4, None, 3)]
)
def test_the_next_update_is_due_one_period_after_the_one_missed(
    world: World, severity: int, period: dt.timedelta | None, number: int
) -> None:
    case = untouched(world, severity)
    wanted = (
        [NOW + period * n for n in range(1, number + 1)]
        if period
        else [local("2003-04-07 08:00"), local("2003-05-07 08:00"), local("2003-06-09 08:00")]
    )
    swept(wanted[-1] + SECOND)
    assert missed_at(case) == wanted


@pytest.mark.clause("ATSP 4.7", "D-22")
def test_a_frequency_agreed_for_the_case_is_the_period(world: World) -> None:
    case = world.open()
    Case.objects.filter(pk=case.pk).update(status_every="2 hours")
    world.reply(again(case), NOW)
    swept(NOW + 7 * HOUR)
    assert missed_at(case) == [NOW + 2 * HOUR, NOW + 4 * HOUR, NOW + 6 * HOUR]
    assert [row.clause for row in updates(case)] == ["ATSP 4.7"] * 3


@pytest.mark.clause("D-22")
@pytest.mark.parametrize("severity", [1, 2])
def test_a_sweep_that_comes_after_a_month_records_what_daily_sweeps_record(
    world: World, severity: int
) -> None:
    daily, late = untouched(world, severity), untouched(world, severity)
    Deadline.objects.about(late).update(fires_at=NOW + 30 * DAY)  # nobody sweeps it until then
    for day in range(1, 30):
        swept(NOW + day * DAY + MINUTE)
    assert missed_at(late) == []
    Deadline.objects.about(late).pending().update(fires_at=NOW + DAY)
    swept(NOW + 30 * DAY)

    assert missed_at(late) == missed_at(daily)
    assert len(missed_at(late)) == {1: 29, 2: 21}[severity], (
        "those of the thirtieth day are in time"
    )
    assert len(journalled(late, "case.promise_missed")) == len(missed_at(late))
    assert {row.late for row in updates(late)} == {True}
    assert len(told(late, "promise_missed")) <= 6, "the mails are not a month's"
    before = Counter(Deadline.objects.values_list("kind", "state"))
    sweep(NOW + 30 * DAY, batch=1)
    assert Counter(Deadline.objects.values_list("kind", "state")) == before


@pytest.mark.clause("D-22")
def test_a_long_standstill_is_caught_up_in_batches_of_any_size(world: World) -> None:
    cases = [untouched(world, 2) for _ in range(3)]
    swept_by = sweep(NOW + 14 * DAY, batch=2)
    assert swept_by.failed == 0
    days = business_days(NOW, 9)
    for case in cases:
        assert missed_at(case) == days
        assert len(journalled(case, "case.promise_missed")) == 9


@pytest.mark.clause("D-22")
def test_the_first_miss_tells_the_owner_the_second_management_too_then_a_digest(
    world: World,
) -> None:
    case = untouched(world, 2)
    days = business_days(NOW, 5)
    swept(days[0] + MINUTE)
    assert told(case, "promise_missed") == [OWNER]
    swept(days[1] + MINUTE)
    assert told(case, "promise_missed") == [OWNER, OWNER, MANAGER]
    second = Notice.objects.about(case).filter(template="promise_missed").latest("pk")
    assert "the 2nd in a row" in second.title

    swept(days[2] + MINUTE)
    assert len(told(case, "promise_missed")) == 3
    assert digests() == []
    swept(local("2003-03-11 07:59:59"))
    assert digests() == []
    swept(local("2003-03-11 08:00"))
    assert sorted(one.address for one in digests()) == [OWNER, MANAGER]
    [run] = digests(world.engineer)[0].context["runs"]
    assert (run["case"], run["number"]) == (case.number, 3)
    assert run["since"] == days[0]

    swept(days[3] + MINUTE)
    swept(local("2003-03-12 08:00"))
    assert [one.context["runs"][0]["number"] for one in digests(world.manager)] == [3, 4]


@pytest.mark.clause("D-22")
def test_dispatch_hears_of_what_nobody_has(world: World) -> None:
    case = world.open()
    first, second, third = business_days(NOW, 3)
    swept(first + MINUTE)
    assert told(case, "promise_missed") == [DISPATCH] * 2, "the response, and the update"
    swept(second + MINUTE)
    assert sorted(told(case, "promise_missed")) == [DISPATCH] * 3 + [MANAGER]
    swept(third + MINUTE)
    swept(third + DAY)
    assert sorted(one.address for one in digests()) == [DISPATCH, MANAGER]


@pytest.mark.clause("D-22")
def test_one_digest_tells_each_person_of_all_their_cases_at_08_00_of_their_own_day(
    world: World,
) -> None:
    User.objects.filter(pk=world.manager.pk).update(zone=LONDON)
    cases = [untouched(world, 2) for _ in range(3)]
    assign(cases[2], to=world.colleague, by=world.dispatch, at=NOW)
    days = business_days(NOW, 3)
    sweep(days[2] + MINUTE)
    for _ in range(3):
        sweep(local("2003-03-11 08:00", LONDON), batch=1)
    assert [one.address for one in digests()] == [MANAGER]
    assert len(digests()[0].context["runs"]) == 3
    assert digests()[0].title == "3 cases wait for updates missed in a row"

    for _ in range(3):
        sweep(local("2003-03-11 08:00", LOS_ANGELES), batch=1)
    assert {one.address: len(one.context["runs"]) for one in digests()} == {
        MANAGER: 3,
        OWNER: 2,
        "colleague@legato.example": 1,
    }


@pytest.mark.clause("D-22", "D-29")
def test_who_has_come_to_act_for_a_case_hears_the_digest_with_the_others(world: World) -> None:
    """The owner goes away in the night; dispatch, who acts for the case now, is of a zone for which none was set."""
    User.objects.filter(pk=world.dispatch.pk).update(zone=LONDON)
    untouched(world, 2)
    swept(business_days(NOW, 3)[2] + MINUTE)
    morning = local("2003-03-11 08:00")
    Absence.objects.create(user=world.engineer, starts_at=morning - HOUR, ends_at=morning + DAY)
    swept(morning)
    assert sorted(one.address for one in digests()) == [DISPATCH, MANAGER]
    swept(morning + 20 * HOUR)
    assert len(digests()) == 2


@pytest.mark.clause("D-22", "D-29")
def test_who_is_back_before_a_morning_of_another_zone_hears_its_digest(world: World) -> None:
    """While the owner in London was away none of their mornings was set; those of before do not count."""
    User.objects.filter(pk=world.engineer.pk).update(zone=LONDON)
    untouched(world, 2)
    fourth, fifth = business_days(NOW, 5)[3:]
    morning = fifth + 22 * HOUR
    Absence.objects.create(user=world.engineer, starts_at=fourth - HOUR, ends_at=morning - HOUR)
    for at in (fourth - DAY + MINUTE, fourth - 2 * HOUR, fourth + MINUTE, fifth + MINUTE):
        swept(at)
    assert [one.address for one in digests(world.engineer)] == [OWNER]
    swept(morning)
    assert [one.address for one in digests(world.engineer)] == [OWNER] * 2


@pytest.mark.clause("D-22")
def test_what_was_made_up_for_is_in_no_digest(world: World) -> None:
    spoken, left = untouched(world, 2), untouched(world, 2)
    third = business_days(NOW, 3)[2]
    swept(third + MINUTE)
    world.reply(spoken, third + HOUR)
    swept(third + DAY)
    assert {run["case"] for one in digests() for run in one.context["runs"]} == {left.number}


@pytest.mark.clause("D-22", "ATSP 4.7")
def test_one_update_missed_since_the_last_is_in_no_digest(world: World) -> None:
    case = untouched(world, 2)
    third = business_days(NOW, 3)[2]
    swept(third + MINUTE)
    case = world.reply(case, third + 6 * HOUR)
    how = "Tess Ward agreed on the telephone."
    agree_frequency(case, every="1 hour", how=how, by=world.engineer, at=third + 6 * HOUR)
    swept(third + 7 * HOUR + MINUTE)
    assert missed_at(case)[-1] == third + 7 * HOUR
    swept(third + 22 * HOUR + MINUTE)
    assert digests() == []


@pytest.mark.clause("ATSP 4.6", "D-22")
def test_an_update_ends_the_row_of_misses_and_the_next_miss_is_a_first_one(world: World) -> None:
    case = untouched(world, 2)
    days = business_days(NOW, 4)
    swept(days[2] + MINUTE)
    world.reply(case, days[2] + HOUR)

    first, *further = updates(case)
    assert (first.met_at, first.unfinished) == (days[2] + HOUR, False)
    assert [row.met_at for row in further] == [None, None], "nobody made those up"
    assert [row.due_at for row in updates(case, "met")][-1] == days[3], "it came before that one"
    assert status_of(case).due_at == days[3] + HOUR
    before = len(told(case, "promise_missed"))
    swept(days[3] + 2 * HOUR)
    assert told(case, "promise_missed")[before:] == [OWNER]


@pytest.mark.clause("D-22", "ATSP 4.6")
def test_a_call_logged_later_takes_the_place_of_the_misses_after_it(world: World) -> None:
    case = untouched(world, 2)
    days = business_days(NOW, 6)
    swept(days[4] + MINUTE)
    call = days[1] + HOUR
    log_call(case, by=world.engineer, at=call, logged_at=days[4] + HOUR, body="All is well.")
    swept(days[4] + 2 * HOUR)

    assert missed_at(case) == [days[0], days[1], days[2] + HOUR, days[3] + HOUR, days[4] + HOUR]
    assert [row.due_at for row in updates(case, "superseded")] == days[2:5]


@pytest.mark.clause("D-22")
@pytest.mark.parametrize("act", ["reply", "close", "raise"])
def test_an_act_in_a_standstill_leaves_the_misses_before_it_on_record(
    world: World, act: str
) -> None:
    """Nobody sweeps for ten days; then somebody acts before the first sweep comes."""
    case = untouched(world, 2)
    at = NOW + 10 * DAY
    if act == "reply":
        world.reply(case, at)
    elif act == "close":
        close(case, by=world.engineer, at=at, reason="other-vendor", agreed_by="Tess Ward")
    else:
        confirm_call(case, by=world.dispatch, at=at)
    swept(at + MINUTE)

    assert missed_at(case) == business_days(NOW, 7)
    assert len(journalled(case, "case.promise_missed")) == 7
    assert told(case, "promise_missed")[:3] == [OWNER, OWNER, MANAGER]


@pytest.mark.clause("ATSP 4.6")
def test_a_first_response_made_in_a_standstill_was_missed_and_is_journalled_so(
    world: World,
) -> None:
    case = world.open()
    world.reply(case, NOW + 2 * HOUR)
    assert (response_of(case).state, response_of(case).met_at) == ("missed", NOW + 2 * HOUR)
    [entry] = journalled(case, "case.promise_missed")
    assert entry.data["kind"] == FIRST_RESPONSE


@pytest.mark.clause("D-22")
def test_an_untouched_case_stays_overdue_by_the_first_update_missed(world: World) -> None:
    case = untouched(world, 2)
    days = business_days(NOW, 20)
    swept(days[-1] + MINUTE)
    fresh = again(case)
    assert (fresh.next_due_at, fresh.next_due_kind) == (days[0], STATUS_UPDATE)
    assert Case.objects.breached(days[-1] + MINUTE).filter(pk=case.pk).exists()
    assert Deadline.objects.about(case).unfinished().count() == 2, "what is owed, and what comes"


@pytest.mark.clause("D-22")
def test_the_case_page_counts_all_misses_and_lists_the_latest(client: Client, world: World) -> None:
    case = untouched(world, 2)
    swept(NOW + 90 * DAY)
    client.force_login(world.engineer)
    html = client.get(case.get_absolute_url()).content.decode()
    settled = Deadline.objects.about(case).exclude(unfinished=True).filter(promise=True).count()
    assert settled > 50
    assert f"Until now ({settled})" in html
    assert html.count("clocks-past") == 1
    assert html.split("clocks-past")[1].count('class="clock"') <= 34
    assert html.partition('id="promises"')[2].count("late so far") == 1, (
        "only what is still owed grows late"
    )
    assert "Update the contact, after 64 missed in a row" in html


@pytest.mark.clause("D-22")
def test_the_api_shows_promises_and_none_of_the_providers_timers(
    client: Client, world: World
) -> None:
    case = untouched(world, 2)
    swept(NOW + 7 * DAY)
    assert Deadline.objects.about(case).filter(kind=DIGEST).exists()
    client.force_login(world.user("technical"))
    shown: Any = client.get(f"/api/cases/{case.number}/").json()
    assert {each["kind"] for each in shown["clocks"]} == {FIRST_RESPONSE, STATUS_UPDATE}


# Severity 1 that Exhibit C does not watch


@pytest.mark.clause("ATSP 4.6", "D-22")
def test_a_missed_promise_of_severity_1_tells_everybody_on_duty_and_again_every_hour(
    world: World,
) -> None:
    world.give_ess()
    night = local("2003-03-05 22:00")  # outside the Business Day, so nobody has it
    case = world.open(night, severity=1, channel=Channel.TELEPHONE)
    everybody = {
        DISPATCH,
        MANAGER,
        OWNER,
        "colleague@legato.example",
        "specialist@legato.example",
    }
    swept(night + 31 * MINUTE)
    assert set(told(case, "promise_missed")) == everybody
    assert len(told(case, "promise_missed")) == 5

    for minutes in (60, 91, 91, 100, 151):
        swept(night + minutes * MINUTE)
    assert Counter(told(case, "promise_missed")) == dict.fromkeys(everybody, 3)

    world.reply(case, night + 152 * MINUTE)
    swept(night + 10 * HOUR)
    assert len(told(case, "promise_missed")) == 15, "answered, it is quiet"
    assert not Deadline.objects.about(case).filter(kind=OVERDUE, state="pending").exists()


@pytest.mark.clause("D-22", "D-29")
def test_a_severity_1_whose_owner_is_away_alarms_whoever_can_take_it(world: World) -> None:
    case = untouched(world, 1)
    Absence.objects.create(user=world.engineer, starts_at=NOW, ends_at=NOW + WEEK, reason="ill")
    swept(status_of(case).due_at + MINUTE)
    assert sorted(told(case, "promise_missed")) == sorted(
        [DISPATCH, MANAGER, "colleague@legato.example"]
    )


@pytest.mark.clause("D-22")
def test_every_missed_update_of_severity_1_tells_owner_and_management_at_once(
    world: World,
) -> None:
    case = untouched(world, 1)
    for hours in range(24, 24 * 5):
        swept(NOW + hours * HOUR + MINUTE)
    titles = Notice.objects.about(case).filter(
        template="promise_missed", channel=NoticeChannel.EMAIL, title__contains="missed"
    )
    assert Counter(titles.values_list("address", flat=True)) == {OWNER: 4, MANAGER: 4}
    assert digests() == []
    hourly = Notice.objects.about(case).filter(
        template="promise_missed", channel=NoticeChannel.EMAIL, title__contains="overdue by"
    )
    assert Counter(hourly.values_list("address", flat=True)) == {OWNER: 95, MANAGER: 95}


@pytest.mark.clause("D-22")
def test_an_hour_that_an_outage_left_out_is_not_told_afterwards(world: World) -> None:
    case = world.open(severity=1, channel=Channel.TELEPHONE)
    swept(NOW + 31 * MINUTE)
    before = len(told(case, "promise_missed"))
    swept(NOW + 12 * HOUR)
    assert len(told(case, "promise_missed")) == 2 * before
    assert clock_of(case, OVERDUE).due_at == NOW + 12 * HOUR + 30 * MINUTE


@pytest.mark.clause("D-22")
def test_a_downgrade_or_relief_ends_the_alarms(world: World) -> None:
    from cases.resolution.actions.closing import give_relief
    from tests.cases.severity.test_actions import downgrade

    lowered, relieved = (world.open(severity=1, channel=Channel.TELEPHONE) for _ in range(2))
    swept(NOW + 31 * MINUTE)
    downgrade(world, lowered, 2, NOW + HOUR)
    give_relief(relieved, by=world.engineer, at=NOW + HOUR, body="Restart it.")
    before = len(told(lowered, "promise_missed")), len(told(relieved, "promise_missed"))
    swept(NOW + 5 * HOUR)
    assert before == (len(told(lowered, "promise_missed")), len(told(relieved, "promise_missed")))


@pytest.mark.clause("D-22")
def test_a_relieved_severity_1_that_misses_an_update_is_told_like_any_other(world: World) -> None:
    from cases.resolution.actions.closing import give_relief

    case = give_relief(untouched(world, 1), by=world.engineer, at=NOW + HOUR, body="Restart it.")
    due = status_of(case).due_at
    for hours in range(5):
        swept(due + hours * HOUR + MINUTE)
    assert told(case, "promise_missed") == [OWNER]
    assert not Deadline.objects.about(case).filter(kind=OVERDUE).exists()


@pytest.mark.clause("D-22")
def test_management_that_is_nobody_is_dispatch(world: World) -> None:
    User.objects.filter(pk=world.manager.pk).update(roles=[Role.ACCOUNT_MANAGER])
    case = untouched(world, 2)
    swept(business_days(NOW, 2)[1] + MINUTE)
    assert told(case, "promise_missed") == [OWNER, OWNER, DISPATCH]
    User.objects.filter(pk=world.dispatch.pk).update(is_active=False)
    case = untouched(world, 2)
    swept(business_days(NOW, 2)[1] + MINUTE)
    assert told(case, "promise_missed") == [OWNER, OWNER, ADMINISTRATOR], "who is there"


# What it costs


@pytest.mark.parametrize("severity", [1, 2])
@pytest.mark.parametrize("missed", [0, 1, 2, 5])
def test_missed_updates_take_the_same_statements_however_many(
    world: World, severity: int, missed: int
) -> None:
    costs = []
    for number in (1, 6):
        cases = [untouched(world, severity) for _ in range(number)]
        keys = [case.pk for case in cases]
        Deadline.objects.about_any("cases.case", keys).filter(kind=STATUS_UPDATE).pending().update(
            data={"missed": missed}
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            report = sweep(NOW + 28 * HOUR)
        assert (report.failed, report.kinds[STATUS_UPDATE]) == (0, number)
        costs.append(len(queries))
        Deadline.objects.all().delete()
    assert costs[0] == costs[1]


def test_a_digest_and_an_alarm_take_the_same_statements_however_many(world: World) -> None:
    costs: dict[str, list[int]] = {DIGEST: [], OVERDUE: []}
    for number in (1, 6):
        for severity, kind, at in ((2, DIGEST, NOW + 8 * DAY), (1, OVERDUE, NOW + 26 * HOUR)):
            for _ in range(number):
                untouched(world, severity)
            sweep(at - HOUR if severity == 1 else at - 3 * HOUR)
            rows = Deadline.objects.filter(kind=kind).pending()
            with CaptureQueriesContext(connection) as queries:
                report = sweep(rows.latest("due_at").due_at)
            assert report.kinds == {kind: number}
            costs[kind].append(len(queries))
            Deadline.objects.all().delete()
    assert all(len(set(each)) == 1 for each in costs.values()), costs
