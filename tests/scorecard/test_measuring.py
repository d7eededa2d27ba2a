"""Scorecards measured from the journal that the real acts leave."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.case.rules.vocabulary import Channel
from cases.knowledge.models import Article
from cases.resolution.actions.findings import determine
from cases.severity.actions import answer_severity, confirm_call, propose_severity
from portal.rules.refusal import Refusal
from scorecard.measuring import Readings
from tests.atsp import local
from tests.scorecard.world import (
    DAY,
    END,
    HOUR,
    MINUTE,
    REVIEW,
    SECOND,
    START,
    Past,
    World,
    add_contact,
    another_agreement,
    write_past,
)

AT = local("2002-11-05 10:00")  # a Tuesday, well within the window


# --- the worked table, by cases ------------------------------------------------------------------


def pasts(
    *,
    severity_1: int,
    severity_1_with_fix: int,
    all_cases: int,
    all_with_fix: int,
    replicated: int,
    mean_days: Decimal | None,
) -> list[Past]:
    """Cases that give these counts."""
    found = []
    for number in range(all_cases):
        critical = number < severity_1
        known = (
            number < severity_1_with_fix
            or severity_1 <= number < severity_1 + all_with_fix - severity_1_with_fix
        )
        reported_at = START + number * HOUR
        settled = mean_days is not None and number % 4 == 0
        relieved_at = reported_at + 5 * HOUR
        found.append(
            Past(
                reported_at=reported_at,
                severity=1 if critical else 3,
                fix_at=reported_at - DAY if known else None,
                replicated=number < replicated,
                relieved_at=relieved_at if settled else None,
                closed_at=relieved_at + dt.timedelta(days=float(mean_days or 0))
                if settled
                else None,
            )
        )
    return found


@pytest.mark.clause("ATSP Ex.B", "D-12", "D-16", "D-17", "D-18")
@pytest.mark.parametrize(
    ("counts", "contacts", "trained", "points", "total", "status"),
    [
        ((20, 1, 100, 4, 25, "5.00"), 8, 8, "1.5 3 3 1 1", "9.5", "exceptional"),
        ((50, 0, 100, 0, 30, "2.00"), 4, 4, "2 3 2 1 1", "9", "compliant"),
        ((200, 9, 200, 9, 51, "7.49"), 8, 8, "1.5 2 2 1 1", "7.5", "compliant"),
        ((10, 3, 100, 20, 26, "15.00"), 9, 8, "0 0 2 0.5 0.5", "3", "compliant"),
        ((40, 20, 100, 60, 60, "20.00"), 9, 3, "0 0 0 0 0", "0", "non-compliant"),
        ((0, 0, 0, 0, 0, None), 5, 5, "2 3 3 1 1", "10", "exceptional"),
    ],
    ids=["exceptional", "9 points, 30 %", "compliant", "30 % and 20 %", "nothing", "no cases"],
)
def test_cases_that_give_the_counts_of_the_worked_table_give_its_points(
    world: World,
    counts: tuple[int, int, int, int, int, str | None],
    contacts: int,
    trained: int,
    points: str,
    total: str,
    status: str,
) -> None:
    *cases, days = counts
    names = ("severity_1", "severity_1_with_fix", "all_cases", "all_with_fix", "replicated")
    write_past(
        world,
        pasts(
            **dict(zip(names, cases, strict=True)),
            mean_days=Decimal(days) if days else None,
        ),
    )
    for number in range(1, contacts):
        day = dt.date(2002, 10, 1) if number < trained else None
        add_contact(world.agreement, trained_on=day)

    result = world.card().result

    assert [str(each.points) for each in result.measures] == points.split()
    assert result.total == Decimal(total)
    assert result.status == status
    assert [each.no_cases for each in result.measures[:4]] == [not cases[0]] + [not cases[2]] * 3


# --- M1: severity 1 at any time ------------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.B", "D-9")
def test_a_case_made_severity_1_by_the_call_and_downgraded_later_stays_a_severity_1_case(
    world: World,
) -> None:
    case = world.open(AT, severity=1)
    assert world.numbers("M1") == (0, 0)  # reported on the web: it awaits the call
    confirm_call(case, by=world.dispatch, at=AT + 4 * MINUTE)
    world.downgrade(case, AT + 2 * HOUR, to=3)
    assert world.numbers("M1") == (0, 1)


@pytest.mark.clause("ATSP Ex.B")
def test_severity_1_counts_by_whatever_act_it_came(world: World) -> None:
    by_telephone = world.open(AT, severity=1, channel=Channel.TELEPHONE)
    agreed = world.open(AT, severity=2)
    propose_severity(agreed, by=world.engineer, at=AT + HOUR, to=1, reason="All systems are down.")
    declined = world.open(AT, severity=2)
    propose_severity(
        declined, by=world.engineer, at=AT + HOUR, to=1, reason="All systems are down."
    )
    rung_up = world.open(AT, severity=2)
    propose_severity(
        rung_up,
        by=world.reseller,
        at=AT + HOUR,
        to=1,
        reason="All systems are down.",
        channel=Channel.TELEPHONE,
    )
    assert world.numbers("M1") == (0, 2)
    answer_severity(agreed, by=world.reseller, at=AT + 2 * HOUR, agree=True)
    assert world.numbers("M1") == (0, 2), "agreed on, it awaits the call (D-24)"
    confirm_call(agreed, by=world.engineer, at=AT + 3 * HOUR)
    answer_severity(declined, by=world.reseller, at=AT + 2 * HOUR, agree=False)
    among = world.card().result.measure("M1").among
    assert sorted(among) == sorted(str(case.pk) for case in (by_telephone, agreed, rung_up))


# --- M1 and M2: in the knowledge base with a Fix -------------------------------------------------


@pytest.mark.clause("ATSP Ex.B", "D-12")
@pytest.mark.parametrize(
    ("after_the_report", "counts"),
    [(-DAY, 1), (-SECOND, 1), (dt.timedelta(0), 1), (SECOND, 0), (2 * HOUR, 0)],
    ids=["a day before", "a second before", "at the report", "a second after", "later"],
)
def test_a_fix_counts_when_it_was_published_at_or_before_the_report(
    world: World, after_the_report: dt.timedelta, counts: int
) -> None:
    case = world.open(AT, severity=1, channel=Channel.TELEPHONE)
    world.known(case, at=AT + DAY, fix_at=AT + after_the_report)
    assert world.numbers("M1") == (counts, 1)
    assert world.numbers("M2") == (counts, 1)


@pytest.mark.clause("D-12")
def test_an_article_without_a_fix_does_not_count_even_when_its_fix_follows(world: World) -> None:
    case = world.open(AT)
    article = world.known(case, at=AT + HOUR, fix_at=None)
    assert world.numbers("M2") == (0, 1)
    Article.objects.filter(pk=article.pk).update(fix="Set it.", fix_published_at=AT + DAY)
    assert world.numbers("M2") == (0, 1)


@pytest.mark.clause("D-12")
def test_the_article_linked_last_is_the_one_that_answers_the_case(world: World) -> None:
    case = world.open(AT)
    world.known(case, at=AT + HOUR, fix_at=AT - DAY)
    assert world.numbers("M2") == (1, 1)
    world.known(case, at=AT + DAY, fix_at=AT + HOUR)
    assert world.numbers("M2") == (0, 1)


# --- M3 --------------------------------------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.B")
def test_a_case_that_the_provider_had_to_replicate_counts_once(world: World) -> None:
    case = world.open(AT)
    world.open(AT)
    world.replicate(case, AT + HOUR)
    with pytest.raises(Refusal, match="recorded already"):
        world.replicate(case, AT + 2 * HOUR)
    assert world.numbers("M3") == (1, 2)
    assert world.card().result.measure("M3").cases == (str(case.pk),)


# --- M4: from relief to closure ------------------------------------------------------------------


def days(world: World, review_on: dt.date = REVIEW) -> tuple[float, int]:
    """The mean of days and the number of cases it is of."""
    result = world.card(review_on).result.measure("M4")
    return float(result.exact), result.denominator


@pytest.mark.clause("ATSP Ex.B")
@pytest.mark.parametrize(
    ("closed_at", "counts"),
    [(START, 1), (START - SECOND, 0), (END - SECOND, 1), (END, 0)],
    ids=["as the window begins", "before it", "its last second", "as it ends"],
)
def test_relief_to_closure_counts_by_the_closure(
    world: World, closed_at: dt.datetime, counts: int
) -> None:
    write_past(world, [Past(closed_at - 9 * DAY, relieved_at=closed_at - DAY, closed_at=closed_at)])
    assert days(world)[1] == counts


@pytest.mark.clause("ATSP Ex.B")
def test_the_mean_is_of_the_cases_that_closed_after_a_relief(world: World) -> None:
    world.settle(world.open(AT), relief_at=AT + HOUR, days=3)
    world.settle(world.open(AT), relief_at=AT + HOUR, days=6)
    world.close(world.open(AT), AT + DAY, reason="other-vendor")  # nothing was relieved
    world.relieve(world.open(AT), AT + HOUR)  # not closed yet
    assert days(world) == (4.5, 2)


@pytest.mark.clause("ATSP Ex.B")
def test_a_relief_that_did_not_hold_does_not_start_the_days(world: World) -> None:
    case = world.open(AT)
    world.relieve(case, AT + HOUR)
    world.fail_relief(case, AT + DAY)
    world.settle(case, relief_at=AT + 2 * DAY, days=4)
    assert days(world) == (4.0, 1)


@pytest.mark.clause("ATSP Ex.B", "ATSP 1.3")
def test_a_reopened_case_counts_by_its_last_closure(world: World) -> None:
    case = world.settle(world.open(AT), relief_at=AT + HOUR, days=2)
    world.reopen(case, AT + 5 * DAY)
    assert days(world) == (0.0, 0)  # it is open
    world.settle(case, relief_at=AT + 6 * DAY, days=8)
    assert days(world) == (8.0, 1)


@pytest.mark.clause("ATSP Ex.B", "ATSP 4.2")
def test_reopening_after_a_window_leaves_the_days_of_that_window_as_they_were(world: World) -> None:
    reported = END - 20 * DAY
    case = world.settle(world.open(reported), relief_at=END - 10 * DAY, days=2)
    world.reopen(case, END + DAY)
    assert days(world) == (2.0, 1)
    world.settle(case, relief_at=END + 2 * DAY, days=10)
    assert days(world) == (2.0, 1)
    assert days(world, dt.date(2003, 9, 3)) == (10.0, 1)


@pytest.mark.clause("ATSP Ex.B")
@pytest.mark.parametrize(
    ("reopened_at", "counts"),
    [(END - SECOND, 0), (END, 1)],
    ids=["in the window's last second", "as the window ends"],
)
def test_a_closure_counts_when_it_stood_at_the_windows_end(
    world: World, reopened_at: dt.datetime, counts: int
) -> None:
    case = world.settle(world.open(END - 9 * DAY), relief_at=END - 5 * DAY, days=1)
    world.reopen(case, reopened_at)
    assert days(world)[1] == counts


# --- M5: the contacts at the review --------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.B", "ATSP 5.2.1")
@pytest.mark.parametrize(
    ("line", "counted"),
    [
        ({}, (1, 2)),
        ({"trained_on": REVIEW - DAY}, (2, 2)),
        ({"trained_on": REVIEW}, (2, 2)),
        ({"trained_on": REVIEW + DAY}, (1, 2)),
        ({"certified_on": REVIEW}, (2, 2)),
        ({"certified_on": REVIEW, "trained_on": REVIEW + DAY}, (2, 2)),
        ({"standing": "alternate", "trained_on": REVIEW}, (2, 2)),
        ({"standing": "management"}, (1, 1)),
        ({"standing": "administrative"}, (1, 1)),
        ({"submitted_at": END - SECOND, "usable_from": END}, (1, 2)),
        ({"submitted_at": END, "usable_from": END}, (1, 1)),
        ({"removed_at": END - SECOND}, (1, 1)),
        ({"removed_at": END}, (1, 2)),
    ],
    ids=str,
)
def test_contacts_are_those_on_the_roster_at_the_review_trained_by_that_day(
    world: World, line: dict[str, object], counted: tuple[int, int]
) -> None:
    add_contact(world.agreement, **line)
    assert world.numbers("M5") == counted


@pytest.mark.clause("ATSP Ex.B")
@pytest.mark.parametrize(("left_at", "there"), [(END - SECOND, 1), (END, 2)])
def test_a_contact_who_left_before_the_review_is_not_counted(
    world: World, left_at: dt.datetime, there: int
) -> None:
    contact = add_contact(world.agreement)
    contact.left_at = left_at
    contact.save()
    assert world.numbers("M5")[1] == there


# --- the window ----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 4.2", "ATSP Ex.B")
@pytest.mark.parametrize(
    ("zone", "first", "end"),
    [
        ("America/Los_Angeles", "2002-09-03T07:00:00+00:00", "2003-03-03T08:00:00+00:00"),
        ("Europe/Berlin", "2002-09-02T22:00:00+00:00", "2003-03-02T23:00:00+00:00"),
        ("Asia/Tokyo", "2002-09-02T15:00:00+00:00", "2003-03-02T15:00:00+00:00"),
    ],
)
def test_the_window_begins_and_ends_at_midnight_in_the_agreements_zone(
    world: World, zone: str, first: str, end: str
) -> None:
    agreement = another_agreement("Faraway", zone=zone)
    begins, ends = dt.datetime.fromisoformat(first), dt.datetime.fromisoformat(end)
    inside = [begins, begins + SECOND, ends - SECOND]
    outside = [begins - SECOND, ends, ends + SECOND]
    cases = write_past(world, [Past(at) for at in (*inside, *outside)], agreement)
    card = world.card(agreement=agreement)
    assert card.result.measure("M2").among == tuple(str(case.pk) for case in cases[:3])
    assert sorted(card.counts.opened) == [case.pk for case in cases[:3]]


@pytest.mark.clause("ATSP 2.3", "D-3")
def test_the_scorecard_reports_the_cases_opened_charged_and_given_back(world: World) -> None:
    charged, given_back, undetermined = (world.open(AT) for _ in range(3))
    determine(charged, by=world.engineer, at=AT + DAY, determination="known-defect")
    determine(given_back, by=world.engineer, at=AT + DAY, determination="new-defect")
    outside = world.open(END + DAY)
    determine(outside, by=world.engineer, at=END + 2 * DAY, determination="known-defect")

    counts = world.card().counts

    assert sorted(counts.opened) == [charged.pk, given_back.pk, undetermined.pk]
    assert counts.charged == (charged.pk,)
    assert counts.given_back == (given_back.pk,)
    assert counts.provisional == (undetermined.pk,)


# --- whose cases, and which years ----------------------------------------------------------------


@pytest.mark.clause("ATSP 4.2")
def test_another_resellers_cases_and_contacts_are_its_own(world: World) -> None:
    other = another_agreement("Otherwise Inc")
    own = write_past(world, [Past(AT)])
    theirs = write_past(world, [Past(AT), Past(AT, replicated=True)], other)
    readings = Readings.of([world.agreement, other])
    assert readings.card(world.agreement, REVIEW).result.measure("M3").among == (str(own[0].pk),)
    assert readings.card(other, REVIEW).counts.opened == tuple(case.pk for case in theirs)
    assert readings.card(other, REVIEW).result.measure("M5").denominator == 1


@pytest.fixture
def next_year(world: World):
    """The contract year after the world's, with a roster of two, of whom one is trained."""
    agreement = another_agreement(
        "ATSP-TEST-2",
        reseller=world.agreement.reseller,
        effective_on=dt.date(2003, 9, 3),
        ends_on=dt.date(2004, 9, 2),
    )
    add_contact(agreement)
    return agreement


@pytest.mark.clause("ATSP 4.2")
def test_a_window_over_the_anniversary_holds_the_cases_of_both_years(
    world: World, next_year
) -> None:
    before = write_past(world, [Past(local("2003-08-20 10:00"))])
    after = write_past(world, [Past(local("2003-09-20 10:00"))], next_year)
    card = world.card(dt.date(2003, 10, 3), next_year)
    assert card.counts.opened == (before[0].pk, after[0].pk)
    assert not card.partial
    assert card.result.measure("M5").denominator == 2


@pytest.mark.clause("ATSP 4.2")
def test_the_review_on_the_anniversary_counts_the_contacts_of_the_year_that_ends(
    world: World, next_year
) -> None:
    anniversary = dt.date(2003, 9, 3)
    for agreement in (world.agreement, next_year):
        assert world.card(anniversary, agreement).result.measure("M5").denominator == 1


@pytest.mark.clause("ATSP 4.2")
def test_a_year_after_a_gap_starts_over(world: World) -> None:
    later = another_agreement(
        "ATSP-LATER",
        reseller=world.agreement.reseller,
        effective_on=dt.date(2003, 9, 4),
        ends_on=dt.date(2004, 9, 2),
    )
    write_past(world, [Past(local("2003-08-20 10:00"))])
    readings = Readings.of([later])
    assert readings.effective_on(later) == dt.date(2003, 9, 4)
    assert readings.card(later, dt.date(2003, 10, 3)).counts.opened == ()


# --- the reviews ---------------------------------------------------------------------------------


def fail(world: World, *days: dt.datetime) -> None:
    """Cases that score nothing: known, replicated, each at one of the days; and the contact is no longer trained."""
    write_past(
        world,
        [Past(day, severity=1, fix_at=day - DAY, replicated=True) for day in days for _ in "ab"],
    )
    world.agreement.roster.update(trained_on=None)


@pytest.mark.clause("ATSP 4.2")
@pytest.mark.parametrize(
    ("today", "reviews", "next_review"),
    [
        (dt.date(2003, 3, 2), [], dt.date(2003, 3, 3)),
        (dt.date(2003, 3, 3), [dt.date(2003, 3, 3)], dt.date(2003, 9, 3)),
        (
            dt.date(2003, 9, 3),
            [dt.date(2003, 3, 3), dt.date(2003, 9, 3)],
            dt.date(2004, 3, 3),
        ),
        (
            dt.date(2005, 1, 1),  # long over
            [dt.date(2003, 3, 3), dt.date(2003, 9, 3)],
            dt.date(2004, 3, 3),
        ),
    ],
    ids=["the day before", "on the day", "on the anniversary", "long after the end"],
)
def test_reviews_come_every_six_months_until_the_anniversary(
    world: World, today: dt.date, reviews: list[dt.date], next_review: dt.date
) -> None:
    reviewed = Readings.of([world.agreement]).reviewed(world.agreement, today)
    assert [card.review_on for card in reviewed.cards] == reviews
    assert reviewed.standing.next_review_on == next_review
    assert not reviewed.standing.failing


@pytest.mark.clause("ATSP 4.2", "ATSP 9.2")
def test_once_non_compliant_reviews_come_every_month_until_six_in_a_row_are_compliant(
    world: World, next_year
) -> None:
    fail(world, local("2002-10-01 10:00"), local("2003-03-20 10:00"))
    # The last of these cases leaves the rolling six months with the review of 3 October.
    readings = Readings.of([world.agreement])
    first = readings.reviewed(world.agreement, dt.date(2003, 3, 3)).standing
    assert (first.status, first.failing) == ("non-compliant", True)
    assert first.next_review_on == dt.date(2003, 4, 3)

    readings = Readings.of([next_year])
    reviewed = readings.reviewed(next_year, dt.date(2004, 2, 3))
    measured = {card.review_on: card.result.status for card in reviewed.cards}
    assert measured[dt.date(2003, 9, 3)] == "non-compliant"
    assert measured[dt.date(2003, 10, 3)] != "non-compliant"
    assert (reviewed.standing.status, reviewed.standing.compliant_months) == ("non-compliant", 5)

    recovered = readings.reviewed(next_year, dt.date(2004, 3, 3)).standing
    assert (recovered.status, recovered.failing) == ("compliant", False)
    assert recovered.since == dt.date(2004, 3, 3)
    assert recovered.next_review_on == dt.date(2004, 9, 3)


@pytest.mark.clause("ATSP 4.2")
def test_each_month_rolls_over_its_own_last_six_months(world: World) -> None:
    write_past(world, [Past(local("2002-10-20 10:00"), replicated=True)])
    cards = Readings.of([world.agreement]).monthly(world.agreement, dt.date(2003, 5, 5), 12)
    assert [card.review_on for card in cards] == [
        *(dt.date(2002, month, 5) for month in (10, 11, 12)),
        *(dt.date(2003, month, 5) for month in (1, 2, 3, 4, 5)),
    ]
    assert [len(card.counts.opened) for card in cards] == [0, 1, 1, 1, 1, 1, 1, 0]
    assert [card.partial for card in cards] == [True] * 5 + [False] * 3


# --- the cost ------------------------------------------------------------------------------------


def statements(*agreements: object) -> int:
    """How many statements a whole page's measuring takes."""
    with CaptureQueriesContext(connection) as caught:
        readings = Readings.of(agreements)
        for agreement in agreements:
            readings.reviewed(agreement, dt.date(2003, 9, 3))
            readings.monthly(agreement, dt.date(2003, 9, 3), 12)
    return len(caught)


@pytest.mark.clause("ATSP 4.2")
def test_measuring_takes_as_many_statements_for_many_cases_reviews_and_resellers_as_for_one(
    world: World,
) -> None:
    assert world.agreement.programme.scorecard is not None  # the terms are read once in a process
    write_past(world, [Past(AT)] * 3)
    few = statements(world.agreement)
    fail(world, *[AT + number * HOUR for number in range(15)])
    others = [another_agreement(f"Other {number}") for number in range(4)]
    for other in others:
        write_past(world, [Past(AT, replicated=True)] * 10, other)
    assert statements(world.agreement, *others) == few == 4


def test_a_case_without_an_opening_in_the_journal_counts_nowhere(world: World) -> None:
    (case,) = write_past(world, [Past(AT)])
    stranger = write_past(world, [Past(AT)])[0].pk
    # An entry cannot be removed, so the other way round: a copy of the case that was never journalled.
    case.pk = None
    case.save(force_insert=True)
    card = world.card()
    assert case.pk not in card.counts.opened
    assert stranger in card.counts.opened
    assert card.result.measure("M2").denominator == len(card.counts.opened) == 2
