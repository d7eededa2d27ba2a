"""The clock: real time, set time, sped-up time, the same in every process."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import clock

DOMAIN = dt.datetime(2003, 3, 5, 17, 20, tzinfo=dt.UTC)
REAL = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
SET = "2003-03-05T17:20:00+00:00@2026-11-22T01:00:00+00:00"


class TestParsing:
    @pytest.mark.parametrize("text", ["", "  "])
    def test_empty_means_real_time(self, text: str) -> None:
        assert clock.parse(text) is None

    @pytest.mark.parametrize(
        ("text", "speed"),
        [
            pytest.param(SET, 1.0, id="no speed: as fast as real time"),
            pytest.param(f"{SET}*60", 60.0, id="sixty times as fast"),
            pytest.param(f"{SET}*0.5", 0.5, id="half as fast"),
            pytest.param(
                "2003-03-05T09:20:00-08:00@2026-11-21T17:00:00-08:00*60",
                60.0,
                id="offsets other than zero",
            ),
        ],
    )
    def test_a_setting(self, text: str, speed: float) -> None:
        assert clock.parse(text) == clock.ClockSetting(DOMAIN, REAL, speed)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("yesterday", id="no instant"),
            pytest.param("2003-03-05T17:20:00+00:00", id="no real instant"),
            pytest.param("2003-03-05T17:20:00@2026-11-22T01:00:00+00:00", id="domain without zone"),
            pytest.param("2003-03-05T17:20:00+00:00@2026-11-22T01:00:00", id="real without zone"),
            pytest.param(f"{SET}*fast", id="speed is no number"),
            pytest.param(f"{SET}*0", id="time stands still"),
            pytest.param(f"{SET}*-1", id="time runs backwards"),
            pytest.param(f"{SET}*nan", id="speed is not a number"),
            pytest.param(f"{SET}*inf", id="no end of speed"),
            pytest.param(f"{SET}*100001", id="too fast"),
            pytest.param(f"{SET}*2*2", id="two speeds"),
        ],
    )
    def test_a_bad_setting_is_refused_with_its_form_and_value(self, text: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="PORTAL_CLOCK must read") as refused:
            clock.parse(text)
        assert text in str(refused.value)


class TestRunning:
    @pytest.mark.parametrize(
        ("real_seconds", "domain_seconds"), [(0, 0), (1, 60), (3600, 216_000), (-10, -600)]
    )
    def test_domain_time_runs_at_its_speed(self, real_seconds: int, domain_seconds: int) -> None:
        setting = clock.ClockSetting(DOMAIN, REAL, 60.0)
        assert setting.at(REAL + dt.timedelta(seconds=real_seconds)) == DOMAIN + dt.timedelta(
            seconds=domain_seconds
        )

    def test_unset_it_is_real_time(self, settings) -> None:
        settings.PORTAL_CLOCK = ""
        before = clock.wall()
        assert before <= clock.now() <= clock.wall()
        assert (clock.speed(), clock.is_set()) == (1.0, False)

    def test_set_it_runs_on_from_there(self, set_clock, at: dt.datetime) -> None:
        set_clock(at, 60.0)
        first = clock.now()
        assert at <= first < at + dt.timedelta(hours=1)
        assert clock.now() > first
        assert (clock.speed(), clock.is_set()) == (60.0, True)

    def test_both_times_are_utc(self, set_clock, at: dt.datetime) -> None:
        set_clock(at.astimezone(dt.timezone(dt.timedelta(hours=9))))
        assert clock.now().tzinfo is dt.UTC
        assert clock.wall().tzinfo is dt.UTC


class TestInAFile:
    def test_another_value_in_the_file_moves_the_clock(self, settings, tmp_path: Path) -> None:
        file = tmp_path / "clock"
        settings.PORTAL_CLOCK = str(file)
        file.write_text(f"{SET}*0.5\n")
        assert clock.speed() == 0.5
        later = DOMAIN + dt.timedelta(hours=4)
        file.write_text(f"{later.isoformat()}@{clock.wall().isoformat()}")
        assert later <= clock.now() < later + dt.timedelta(minutes=1)
        assert (clock.speed(), clock.is_set()) == (1.0, True)

    @pytest.mark.parametrize("text", ["noon", None])
    def test_a_file_that_says_no_clock_or_is_not_there_is_refused(
        self, tmp_path: Path, text: str | None
    ) -> None:
        file = tmp_path / "clock"
        if text is not None:
            file.write_text(text)
        with pytest.raises(ImproperlyConfigured, match="PORTAL_CLOCK"):
            clock.check(str(file))


def in_another_process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.process
def test_every_process_has_the_same_domain_time(set_clock, settings, at: dt.datetime) -> None:
    set_clock(at, 60.0)
    before = clock.now()
    done = in_another_process(
        "from portal import clock; print(clock.now().isoformat())",
        PORTAL_CLOCK=settings.PORTAL_CLOCK,
    )
    assert before < dt.datetime.fromisoformat(done.stdout.strip()) < clock.now()


@pytest.mark.process
def test_a_wrong_setting_stops_the_process_at_once_and_says_which() -> None:
    done = in_another_process("print('started')", PORTAL_CLOCK="noon")
    assert done.returncode != 0
    assert "started" not in done.stdout
    assert "PORTAL_CLOCK must read" in done.stderr
