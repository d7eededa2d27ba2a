"""The journal is whole: a case made again from it has its row, its clocks and its charge."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from cases.case.models import Case
from cases.case.rebuilding import differences, differences_of
from cases.case.rules.lifecycle import Move
from cases.case.rules.vocabulary import Channel
from cases.clocks.proposing import answer_frequency, propose_frequency, withdraw_frequency
from cases.conversation.actions import add_information, log_call, reply
from cases.handling.actions import assign, take
from cases.information.actions import accept_information, request_information
from cases.report.actions import correct_report
from cases.resolution.actions import closing, proposing
from cases.resolution.actions.findings import determine, mark_replicated
from cases.severity import actions as severity
from cases.severity.rules import DowngradeGround
from portal.rules.refusal import Refusal
from tests.cases.world import DAY, HOUR, MINUTE, NOW, World, again, swept

Act = Callable[[World, Case, dt.datetime], object]


def _both(act: Callable[..., object], **more: Any) -> list[Act]:
    """An act by either side."""
    return [
        lambda w, c, at: act(c, by=w.engineer, at=at, **more),
        lambda w, c, at: act(c, by=w.technical.user, at=at, **more),
    ]


def _called(ago: dt.timedelta, *, reached: bool) -> Act:
    return lambda w, c, at: log_call(
        c, by=w.engineer, at=at - ago, logged_at=at, body="We spoke.", reached=reached
    )


def _confirmed(ago: dt.timedelta) -> Act:
    return lambda w, c, at: severity.confirm_call(c, by=w.dispatch, at=at - ago, logged_at=at)


def _accepted(ago: dt.timedelta) -> Act:
    return lambda w, c, at: accept_information(c, by=w.engineer, at=at, received_at=at - ago)


def _downgraded(to: int) -> Act:
    return lambda w, c, at: severity.downgrade(
        c, by=w.engineer, at=at, to=to, ground=DowngradeGround.NOT_COOPERATING, reason="Silence."
    )


ACTS: list[Act] = [
    lambda w, c, at: reply(c, by=w.engineer, at=at, body="We look into it."),
    lambda w, c, at: reply(
        c, by=w.engineer, at=at, body="It is with engineering.", then=Move.WAIT_FOR_ENGINEERING
    ),
    *(_called(ago, reached=reached) for ago in (0 * HOUR, 2 * HOUR) for reached in (True, False)),
    lambda w, c, at: request_information(c, by=w.engineer, at=at, missing=["the trace"]),
    lambda w, c, at: request_information(
        c, by=w.engineer, at=at, missing=["a test"], of_report=False
    ),
    *(
        lambda w, c, at, answers=answers: add_information(  # type: ignore[misc]
            c, by=w.technical.user, at=at, body="Here it is.", answers=answers
        )
        for answers in (True, False)
    ),
    *(_accepted(ago) for ago in (0 * HOUR, 3 * HOUR, 2 * DAY)),
    *(one for to in (1, 2, 3) for one in _both(severity.propose_severity, to=to, reason="So.")),
    *(one for agree in (True, False) for one in _both(severity.answer_severity, agree=agree)),
    *_both(severity.withdraw_severity),
    *(_confirmed(ago) for ago in (0 * HOUR, 30 * MINUTE)),
    lambda w, c, at: severity.confirm_severity(c, by=w.engineer, at=at),
    *(_downgraded(to) for to in (2, 3, 4)),
    lambda w, c, at: closing.give_relief(c, by=w.engineer, at=at, body="Load the patch."),
    *_both(closing.fail_relief, reason="It stops again."),
    *(
        lambda w, c, at, reason=reason: proposing.propose_closing(  # type: ignore[misc]
            c, by=w.engineer, at=at, reason=reason, body="May we?"
        )
        for reason in ("solution", "other-vendor")
    ),
    *(
        lambda w, c, at, agree=agree: proposing.answer_closing(  # type: ignore[misc]
            c, by=w.technical.user, at=at, agree=agree, words="It is so."
        )
        for agree in (True, False)
    ),
    lambda w, c, at: proposing.withdraw_closing(c, by=w.engineer, at=at, reason="One more test."),
    lambda w, c, at: closing.close(
        c, by=w.engineer, at=at - HOUR, logged_at=at, reason="other-vendor", agreed_by="Tess Ward"
    ),
    lambda w, c, at: proposing.close_as_duplicate(
        c, w.open(at - HOUR), by=w.engineer, at=at, body="The same."
    ),
    *(one for every in ("2 days", "2 weeks") for one in _both(propose_frequency, every=every)),
    *_both(withdraw_frequency),
    *(one for agree in (True, False) for one in _both(answer_frequency, agree=agree)),
    *_both(correct_report, told={"platform": "HP 9000"}),
    *_both(correct_report, told={"release": "6.1.2", "replication_steps": "Mount it."}),
    lambda w, c, at: closing.agree_workaround(c, by=w.technical.user, at=at),
    *_both(closing.reopen, reason="It is back."),
    lambda w, c, at: determine(c, by=w.engineer, at=at, determination="known-defect"),
    lambda w, c, at: determine(c, by=w.engineer, at=at, determination="new-defect"),
    lambda w, c, at: mark_replicated(c, by=w.engineer, at=at),
    lambda w, c, at: take(c, by=w.engineer, at=at),
    lambda w, c, at: assign(c, to=w.colleague, by=w.dispatch, at=at),
    lambda w, c, at: swept(at),
]
GAPS = [MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, DAY, 4 * DAY]
BLANKS: list[dict[str, Any]] = [{}, {"release": "", "replication_steps": ""}]


@pytest.mark.clause("D-20", "D-21", "D-22", "D-23", "ATSP 4.6", "ATSP 2.3")
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, *HealthCheck]
)
@given(
    level=st.sampled_from([1, 2, 3, 4]),
    channel=st.sampled_from([Channel.WEB, Channel.TELEPHONE]),
    in_writing=st.booleans(),
    blanks=st.sampled_from(BLANKS),
    history=st.lists(
        st.tuples(st.sampled_from(GAPS), st.integers(0, len(ACTS) - 1)), min_size=1, max_size=9
    ),
)
def test_a_case_made_again_from_its_journal_is_the_case(
    world: World,
    level: int,
    channel: Channel,
    in_writing: bool,
    blanks: dict[str, Any],
    history: list[tuple[dt.timedelta, int]],
) -> None:
    with transaction.atomic():
        more = blanks if channel is Channel.TELEPHONE else {}
        case = world.open(severity=level, channel=channel, answer_in_writing=in_writing, **more)
        assert list(differences_of([case])) == []
        at = NOW
        for gap, act in history:
            at += gap
            try:
                ACTS[act](world, again(case), at)
            except Refusal as refused:
                note(f"{at}: act {act} is refused: {refused}")
                continue
            note(f"{at}: act {act}")
            found = [str(each) for each in differences_of([again(case)])]
            assert found == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_row_that_was_changed_past_the_journal_is_found(world: World) -> None:
    case, other = world.open(), world.open()
    world.reply(other, NOW + MINUTE)
    assert list(differences()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET severity = 4 WHERE id = %s", [case.pk])
        cursor.execute(
            "UPDATE portal_deadline SET due_at = due_at + interval '1 day' "
            "WHERE subject_id = %s AND kind = 'cases.status_update' AND state = 'pending'",
            [other.pk],
        )
    found = {(each.case, each.what) for each in differences()}
    assert found == {(case.pk, "severity"), (other.pk, "cases.status_update")}
