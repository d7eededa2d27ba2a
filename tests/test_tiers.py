"""A test without a marker starts neither a process nor a browser, so that the daily tier stays quick."""

import os
import subprocess
import sys

import pytest

from tests.tiers import UnmarkedProcessError


def test_a_process_is_refused() -> None:
    with pytest.raises(UnmarkedProcessError, match="test_a_process_is_refused"):
        subprocess.run([sys.executable, "-c", ""], check=False)


def test_a_fork_is_refused() -> None:
    with pytest.raises(UnmarkedProcessError):
        os.fork()


@pytest.mark.process
def test_a_marked_test_may_start_one() -> None:
    assert subprocess.run([sys.executable, "-c", ""], check=False).returncode == 0
