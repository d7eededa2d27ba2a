"""The demo's time pauses while the demo is down, and never runs backwards."""

import datetime as dt
from pathlib import Path

import pytest

from devstack import democlock
from devstack.errors import StackError
from portal import clock as portal_clock

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock.json"


def test_the_first_start_is_a_wednesday_morning_of_the_contract_year(file: Path) -> None:
    clock = democlock.resume(file, speed=1)
    assert clock.domain == dt.datetime(2003, 3, 5, 17, 20, tzinfo=dt.UTC)


def test_time_goes_on_from_where_it_was_stopped_however_long_the_demo_was_down(file: Path) -> None:
    first = democlock.resume(file, speed=60)
    democlock.save_stopped(file, first, real=first.real + 10 * MINUTE)
    second = democlock.resume(file, speed=1)
    assert second.domain == democlock.START + 600 * MINUTE
    assert second.at(second.real + MINUTE) == second.domain + MINUTE


def test_after_a_kill_time_goes_on_from_no_earlier_than_it_had_come(file: Path) -> None:
    first = democlock.resume(file, speed=60)
    beat = first.real + MINUTE
    democlock.save_running(file, first, real=beat)
    last_moment = beat + democlock.HEARTBEAT  # the next beat would have come now
    assert democlock.resume(file, speed=1).domain == first.at(last_moment)


def test_every_process_reads_the_same_clock_from_the_setting(file: Path) -> None:
    clock = democlock.resume(file, speed=60)
    read = portal_clock.parse(clock.setting())
    assert read is not None
    later = clock.real + 3 * MINUTE
    assert read.at(later) == clock.at(later) == democlock.START + 180 * MINUTE


def test_while_preparing_time_stands_still(file: Path) -> None:
    clock = democlock.resume(file, speed=60)
    read = portal_clock.parse(clock.standing_still().setting())
    assert read is not None
    assert read.at(clock.real + 30 * MINUTE) - clock.domain < dt.timedelta(seconds=1)
    assert clock.restarted().domain == clock.domain


@pytest.mark.parametrize("text", ["", "{}", "null", '{"domain": "yesterday"}', '{"domain": 3}'])
def test_a_damaged_file_is_named(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(StackError, match=r"clock\.json is damaged"):
        democlock.resume(file, speed=1)


@pytest.mark.parametrize("speed", [0, -1, 100_001, float("nan")])
def test_an_impossible_speed_is_refused(file: Path, speed: float) -> None:
    with pytest.raises(StackError, match="SPEED"):
        democlock.resume(file, speed=speed)
