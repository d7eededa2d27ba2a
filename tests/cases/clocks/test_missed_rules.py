"""What follows a missed promise, by the rules: who hears of it, and when."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.clocks.rules.missing import Heard, heard_by, in_a_row, next_alarm, next_morning
from tests.atsp import LONDON, LOS_ANGELES, local

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)

HEARD = [
    # in a row, severity 1 that Exhibit C does not watch, the next was missed too, who hears
    (1, False, False, Heard.OWNER),
    (1, False, True, Heard.OWNER),
    (2, False, False, Heard.BOTH),
    (2, False, True, Heard.BOTH),
    (3, False, False, Heard.MORNING),
    (3, False, True, Heard.LATER),
    (300, False, False, Heard.MORNING),
    (1, True, False, Heard.BOTH),
    (2, True, True, Heard.BOTH),
    (3, True, False, Heard.BOTH),
    (3, True, True, Heard.LATER),
    (300, True, False, Heard.BOTH),
]


@pytest.mark.clause("D-22")
@pytest.mark.parametrize(("number", "alarming", "overtaken", "heard"), HEARD)
def test_the_first_miss_tells_the_owner_the_second_management_too_then_the_mornings(
    number: int, alarming: bool, overtaken: bool, heard: Heard
) -> None:
    assert heard_by(number, alarming=alarming, overtaken=overtaken) is heard


@pytest.mark.clause("D-22")
@pytest.mark.parametrize(
    ("at", "zone", "morning"),
    [
        (local("2003-03-05 07:59"), LOS_ANGELES, local("2003-03-05 08:00")),
        (local("2003-03-05 08:00"), LOS_ANGELES, local("2003-03-06 08:00")),
        (local("2003-03-05 23:00"), LOS_ANGELES, local("2003-03-06 08:00")),
        (local("2003-03-05 23:00"), LONDON, local("2003-03-06 08:00", LONDON)),
        (local("2003-03-06 01:00"), LONDON, local("2003-03-07 08:00", LONDON)),
        (local("2003-04-05 09:00"), LOS_ANGELES, local("2003-04-06 08:00")),  # an hour less
        (local("2003-10-25 09:00"), LOS_ANGELES, local("2003-10-26 08:00")),  # an hour more
        (local("2003-03-07 17:00"), LOS_ANGELES, local("2003-03-08 08:00")),  # a Saturday too
    ],
)
def test_the_next_morning_is_08_00_of_the_readers_own_day(
    at: object, zone: str, morning: object
) -> None:
    assert next_morning(at, zone) == morning  # type: ignore[arg-type]


@pytest.mark.clause("D-22")
@given(late=st.timedeltas(timedelta(0), timedelta(days=40)))
def test_an_alarm_comes_at_the_next_full_hour_after_the_miss_whatever_was_left_out(
    late: timedelta,
) -> None:
    due_at = local("2003-03-05 10:30")
    at = due_at + INSTANT + late
    alarm = next_alarm(due_at, at)
    assert at < alarm <= at + HOUR
    assert not (alarm - due_at) % HOUR


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, ""),
        (2, ", the 2nd in a row"),
        (3, ", the 3rd in a row"),
        (11, ", the 11th in a row"),
        (21, ", the 21st in a row"),
        (112, ", the 112th in a row"),
    ],
)
def test_in_a_row_in_words(number: int, words: str) -> None:
    assert in_a_row(number) == words
