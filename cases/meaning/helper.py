"""The calculator as a process of its own: the model needs 130 MB, which no worker is to keep."""

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from django.conf import settings

from cases.meaning.calculator import Question

_ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_PATIENCE = 5
"""Seconds in which it ends by itself."""


class Calculates(Protocol):
    """What turns texts into vectors and compares them (see `cases.meaning.calculator.Calculator`)."""

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """What each text means."""

    def hold(self, vectors: bytes) -> int:
        """Compare with these too."""

    def let_go(self) -> None:
        """Compare with none."""

    def nearest(
        self, vectors: bytes, itself: Sequence[int], questions: Sequence[Question]
    ) -> list[list[list[int]]]:
        """The places of the nearest."""


class HelperError(RuntimeError):
    """The process ended before it answered; its own words are in the log."""


class Helper:
    """A calculator in a process that begins with the first call."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """What each text means."""
        found: list[bytes] = self._ask("vectors", list(texts))
        return found

    def hold(self, vectors: bytes) -> int:
        """Compare with these too."""
        held: int = self._ask("hold", vectors)
        return held

    def let_go(self) -> None:
        """Compare with none."""
        self._ask("let_go")

    def nearest(
        self, vectors: bytes, itself: Sequence[int], questions: Sequence[Question]
    ) -> list[list[list[int]]]:
        """The places of the nearest."""
        found: list[list[list[int]]] = self._ask("nearest", vectors, itself, questions)
        return found

    def end(self) -> None:
        """Let it end; without an answer that it still owes."""
        if self._process is None:
            return
        assert self._process.stdin, "it was started with one"  # noqa: S101
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout, "it was started with one"  # noqa: S101
        self._process.stdout.close()
        self._process = None

    def _ask(self, name: str, *given: Any) -> Any:
        process = self._process = self._process or subprocess.Popen(
            [sys.executable, "-m", "cases.meaning.calculator"],
            cwd=settings.BASE_DIR,
            env=os.environ | _ONE_CORE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin, "it was started with one"  # noqa: S101
        assert process.stdout, "it was started with one"  # noqa: S101
        try:
            pickle.dump((name, given), process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)  # noqa: S301  # from our own process
        except (EOFError, OSError) as error:
            raise HelperError(f"the calculator ended at {name!r}") from error


@contextlib.contextmanager
def helper() -> Iterator[Calculates]:
    """A calculator for a while: its process ends with the block, and takes the model's memory with it."""
    process = Helper()
    try:
        yield process
    finally:
        process.end()
