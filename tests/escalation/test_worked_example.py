"""The worked example of Exhibit C from end to end: acts, and a sweep at each mark (T is Friday 2004-03-05 14:10)."""

import datetime as dt

import pytest

from cases.handling import actions as case_actions
from cases.sub_cases.models import Team
from contracts.programmes.rules.terms import Act
from escalation import actions
from portal.models import DeadlineState, Notice
from tests.atsp import local
from tests.escalation.world import (
    HOUR,
    MINUTE,
    SECOND,
    T,
    World,
    deadline_of,
    journalled,
    states,
    swept,
    timeline_of,
    told,
)

EXHIBIT_C_NOTICES = [
    # code, after T, the addresses told
    ("commitment", 0 * HOUR, ["cse@legato.example", "tom.contact@mti.example"]),
    ("psam-1h", 1 * HOUR, ["psam@legato.example"]),
    ("management-4h", 4 * HOUR, ["management@legato.example"]),
    ("senior-managers-8h", 8 * HOUR, ["senior@legato.example", "vp@legato.example"]),
    ("cpe-management-8h", 8 * HOUR, ["cpe@legato.example"]),
    ("hotshot-12h", 12 * HOUR, ["director@legato.example", "vp@legato.example"]),
    ("hotshot-24h", 24 * HOUR, ["executive@legato.example"]),
]


@pytest.mark.clause("ATSP Ex.C", "D-8")
@pytest.mark.parametrize(("code", "after", "addresses"), EXHIBIT_C_NOTICES)
def test_a_notice_goes_out_from_its_instant_on_and_not_before(
    world: World, code: str, after: dt.timedelta, addresses: list[str]
) -> None:
    case = world.open_case()

    if after:
        swept(T + after - SECOND)
        assert told(case, code) == []
    swept(T + after)

    assert told(case, code) == addresses
    assert states(case)[code] == DeadlineState.FIRED


@pytest.mark.clause("ATSP Ex.C", "ATSP 14.3", "D-13", "D-14", "D-15")
def test_a_dutiful_day_meets_every_mark_and_tells_each_person_once(world: World) -> None:
    case = world.open_case()

    def log(act: Act, by: str, at: dt.datetime) -> None:
        person = world.people[by]
        actions.log_act(case, by=person, at=at, logged_at=at, act=act, note="Spoken to.")

    swept(T)
    world.reply(case, T + 20 * MINUTE)
    assert deadline_of(case, "initial-response").met_at == T + 20 * MINUTE
    assert states(case)["update-1h"] == DeadlineState.PENDING, "20 minutes early serves no mark"

    for hour in range(1, 25):
        world.reply(case, T + hour * HOUR - 5 * MINUTE)
        if hour == 2:
            actions.case_read(case, by=world.psam, at=T + 2 * HOUR - 9 * MINUTE)
            log(Act.STATUS_FROM_CSE, "psam", T + 2 * HOUR - 8 * MINUTE)
            log(Act.CALL_RESELLER_MANAGEMENT, "psam", T + 2 * HOUR - 3 * MINUTE)
        if hour == 4:
            log(Act.UPDATE_PSAM, "management", T + 4 * HOUR)
            log(Act.INFORM_SALES, "psam", T + 4 * HOUR)
            log(Act.CALL_RESELLER_MANAGEMENT, "psam", T + 4 * HOUR)
        if hour == 6:
            case_actions.open_sub_case(
                case, by=world.cse, at=T + 6 * HOUR, team=Team.PSE, request="Read the core."
            )
        if hour == 8:
            log(Act.INFORM_DIRECTOR, "psam", T + 8 * HOUR)
        if hour == 12:
            case_actions.open_sub_case(
                case, by=world.cse, at=T + 12 * HOUR, team=Team.ENGINEERING, request="Help."
            )
        swept(T + hour * HOUR)

    found = states(case)
    on_monday = {"status-from-management-6h", "inform-management-6h", "inform-sales-6h"}
    notices = {code for code, _, _ in EXHIBIT_C_NOTICES}
    to_come = {code for code, state in found.items() if state == DeadlineState.PENDING}
    assert {found[code] for code in notices} == {DeadlineState.FIRED}
    assert {c for c in to_come if not c.startswith("update-")} == on_monday
    assert {found[code] for code in set(found) - notices - to_come} == {DeadlineState.MET}
    assert {f"update-{hour}h" for hour in range(1, 25)} & to_come == set()
    assert deadline_of(case, "inform-management-6h").due_at == local("2004-03-08 08:00")
    assert journalled(case, "escalation.duty_missed") == []
    for code, _, addresses in EXHIBIT_C_NOTICES:
        assert told(case, code) == addresses
    assert not Notice.objects.about(case).filter(late=True).exists()


DUTIES = [
    ("initial-response", 30 * MINUTE, "cse"),
    *((f"update-{hour}h", hour * HOUR, "cse") for hour in range(1, 25)),
    ("read-notes-2h", 2 * HOUR, "psam"),
    ("status-from-cse-2h", 2 * HOUR, "psam"),
    ("call-management-2h", 2 * HOUR, "psam"),
    ("update-psam-4h", 4 * HOUR, "management"),
    ("inform-sales-4h", 4 * HOUR, "psam"),
    ("call-management-4h", 4 * HOUR, "psam"),
    ("engage-pse-6h", 6 * HOUR, "cse"),
    ("inform-director-8h", 8 * HOUR, "psam"),
    ("engage-engineering-12h", 12 * HOUR, "cse"),
]


@pytest.mark.clause("ATSP Ex.C", "D-8", "D-13")
def test_a_neglected_day_misses_every_duty_a_moment_after_its_mark(world: World) -> None:
    case = world.open_case()
    expected: set[str] = set()

    for mark in sorted({after for _, after, _ in DUTIES}):
        swept(T + mark)
        assert _missed(case) == expected, "at the very instant a duty is still in time"
        expected |= {code for code, after, _ in DUTIES if after == mark}
        swept(T + mark + SECOND)
        assert _missed(case) == expected
        assert timeline_of(case).is_running

    assert len(journalled(case, "escalation.duty_missed")) == len(DUTIES)
    for code, _, bearer in DUTIES:
        step = f"escalation-missed:1:{code}"
        heard = Notice.objects.about(case).filter(step=step, channel="email")
        addresses = {f"{bearer}@legato.example", "management@legato.example"}
        assert set(heard.values_list("address", flat=True)) == addresses
        assert heard.count() == len(addresses)


def _missed(case: object) -> set[str]:
    return {code for code, state in states(case).items() if state == DeadlineState.MISSED}  # type: ignore[arg-type]
