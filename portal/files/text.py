"""Reading a text of any size by stretches: pages with line numbers, a line by its number, a search. Never all of it.

Positions are byte offsets. How many lines end in each block of `BLOCK` bytes is known once the file is checked
(`portal.files.checking`); from that the number of any line follows from reading one block. Pure but for the file.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK = 4 * 2**20
PAGE_LINES = 200
PAGE_BYTES = 40_000
LINE_BYTES = 2_000
"""Bytes of one line that are shown."""
BACK = 64 * 1024
UNCOUNTED = 32 * 2**20
"""As far as this lines are counted where the file has no index yet."""
SEARCHED = 64 * 2**20
SEARCH_SECONDS = 2.0
HITS = 40
AROUND = 3
ALIKE = 5
_DIGITS = re.compile(r"[0-9a-fA-F]*\d[0-9a-fA-F]*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number where it is known, where it begins, its text, and how many bytes of it are left out."""

    number: int | None
    offset: int
    text: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Lines one after another; `alike` ones differ in figures only, and are folded."""

    lines: Sequence[Line]
    alike: bool = False

    @property
    def rest(self) -> Sequence[Line]:
        """All but the first."""
        return self.lines[1:]


@dataclass(frozen=True, slots=True)
class TextPage:
    """A stretch of a text. `before` and `after` are where the pages beside it begin; None at the ends."""

    lines: Sequence[Line]
    start: int
    end: int
    before: int | None
    after: int | None
    wanted: int = 0

    @property
    def runs(self) -> list[Run]:
        """The lines with those folded that are alike but for their figures; the line that was asked for is not.

        A page whose lines are all alike is shown as it is: folded, it would be empty.
        """
        runs = self._folded_runs()
        return [Run(self.lines)] if len(runs) == 1 else runs

    def _folded_runs(self) -> list[Run]:
        runs: list[Run] = []
        alike: list[Line] = []
        for line in self.lines:
            if alike and _shape(line) != _shape(alike[0]):
                runs += _folded(alike, self.wanted)
                alike = []
            alike.append(line)
        return runs + _folded(alike, self.wanted)


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that has what was looked for, with the lines around it."""

    line: Line
    around: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found in one turn, and where the next goes on; None at the end."""

    hits: Sequence[Hit]
    goes_on: int | None


@dataclass(slots=True)
class Text:
    """An open text of `size` bytes; `ends` counts the lines that end in each block, where that is known."""

    file: BinaryIO
    size: int
    encoding: str
    ends: Sequence[int] | None = None
    start: int = field(init=False)
    step: int = field(init=False)
    newline: bytes = field(init=False)

    def __post_init__(self) -> None:
        wide = self.encoding.startswith("utf-16")
        self.step = 2 if wide else 1
        self.start = 0
        if self.encoding == "utf-8-sig":
            self.start, self.encoding = 3, "utf-8"
        elif wide:
            self.start = 2 if self.read(0, 2) in (b"\xff\xfe", b"\xfe\xff") else 0
        self.newline = "\n".encode(self.encoding)

    def read(self, at: int, most: int) -> bytes:
        """Bytes from an offset on."""
        self.file.seek(at)
        return self.file.read(max(0, most))

    def decoded(self, data: bytes) -> str:
        """The text of bytes; what cannot be read is marked. Without the end of the line."""
        return data.decode(self.encoding, "replace").rstrip("\r\n")

    def ends_in(self, data: bytes, at: int = 0) -> Iterator[int]:
        """Where lines end in bytes that begin at an even offset."""
        while (at := data.find(self.newline, at)) >= 0:
            if at % self.step == 0:
                yield at
                at += self.step
            else:
                at += 1

    def count(self, data: bytes) -> int:
        """How many lines end in the bytes."""
        if self.step == 1:
            return data.count(b"\n")
        return sum(1 for _ in self.ends_in(data))

    def aligned(self, at: int) -> int:
        """Where the line begins that an offset is in; the offset itself where it is far into a long one."""
        at = max(self.start, min(at, max(self.start, self.size - 1)))
        at -= at % self.step
        low = max(self.start, at - BACK)
        low -= low % self.step
        ends = list(self.ends_in(self.read(low, at - low)))
        if ends:
            return low + ends[-1] + self.step
        return low if low == self.start else at

    def number_at(self, at: int) -> int | None:
        """The number of the line that begins at an offset, from 1; None where nobody has counted so far."""
        if self.ends is not None:
            block = min(at // BLOCK, len(self.ends))
            base = block * BLOCK
            return 1 + sum(self.ends[:block]) + self.count(self.read(base, at - base))
        if at > UNCOUNTED:
            return None
        counted = 0
        for base in range(0, at, BLOCK):
            counted += self.count(self.read(base, min(BLOCK, at - base)))
        return 1 + counted

    def offset_of(self, number: int) -> int:
        """Where the line of that number begins; the last line for a number beyond it."""
        left, base = number - 1, 0
        if left <= 0:
            return self.start
        for counted in self.ends or ():
            if left <= counted:
                break
            left -= counted
            base += BLOCK
        until = self.size if self.ends is not None else min(self.size, UNCOUNTED)
        while base < until:
            for end in self.ends_in(self.read(base, BLOCK)):
                left -= 1
                if left == 0 and base + end + self.step < self.size:
                    return base + end + self.step
            base += BLOCK
        return self.aligned(until)

    def page(self, at: int, wanted: int = 0) -> TextPage:
        """The page whose first line is the one that the offset is in; `wanted` is a line that was asked for."""
        start = self.aligned(at)
        lines, end = self.lines(start, PAGE_LINES, PAGE_BYTES, self.number_at(start))
        return TextPage(
            lines,
            start,
            end,
            self.back(start, PAGE_LINES) if start > self.start else None,
            end if end < self.size else None,
            wanted,
        )

    def lines(
        self, at: int, most: int, most_bytes: int, number: int | None
    ) -> tuple[list[Line], int]:
        """Lines from the beginning of one on, and where the next begins."""
        lines: list[Line] = []
        used = 0
        data, base = self.read(at, 4 * most_bytes), at
        while at < self.size and len(lines) < most and used < most_bytes:
            end = next(self.ends_in(data, at - base), -1)
            if end < 0 and base + len(data) < self.size:
                if lines:
                    break  # the next page begins with it
                after = self._end_of_long(base + len(data))
            else:
                after = base + end + self.step if end >= 0 else self.size
            shown = data[at - base : min(after, at + LINE_BYTES) - base]
            cut = max(0, after - at - LINE_BYTES)
            lines.append(Line(number, at, self.decoded(shown), cut))
            number = None if number is None else number + 1
            used += len(shown) + 40
            at = after
            if at - base > len(data):
                break
        return lines, at

    def _end_of_long(self, at: int) -> int:
        """Where a line that is longer than what was read ends; after a block at most, to go on there."""
        data = self.read(at, BLOCK)
        end = next(self.ends_in(data), None)
        return at + (end + self.step if end is not None else len(data))

    def back(self, start: int, most: int) -> int:
        """Where the page begins that ends at an offset."""
        low = max(self.start, start - PAGE_BYTES)
        low -= low % self.step
        data = self.read(low, start - low)
        ends = [end for end in self.ends_in(data) if low + end + self.step < start]
        if len(ends) >= most:
            return low + ends[-most] + self.step
        if low == self.start:
            return low
        return low + ends[0] + self.step if ends else low

    def find(self, words: str, at: int = 0) -> Found:
        """The lines that have the words from an offset on, upper and lower case of the Latin alphabet alike.

        One turn reads `SEARCHED` bytes, takes `SEARCH_SECONDS`, and finds `HITS` lines at most.
        """
        wanted = words.encode(self.encoding, "ignore")
        if not wanted:
            return Found([], None)
        pattern = re.compile(re.escape(wanted), re.IGNORECASE)
        until, begun = min(self.size, at + SEARCHED), time.monotonic()
        places: list[int] = []
        while at < until:
            data = self.read(at, 2**20 + len(wanted))
            for match in pattern.finditer(data):
                place = at + match.start()
                if match.start() >= 2**20 or place % self.step:
                    continue
                line = self.aligned(place)
                if not places or places[-1] != line:
                    places.append(line)
                if len(places) >= HITS:
                    following, end = self.lines(line, 1, LINE_BYTES, None)
                    return Found(self._hits(places), end if end < self.size and following else None)
            at += 2**20
            if time.monotonic() - begun > SEARCH_SECONDS:
                break
        return Found(self._hits(places), at if at < self.size else None)

    def _hits(self, places: Sequence[int]) -> list[Hit]:
        return [self._hit(place) for place in places]

    def _hit(self, place: int) -> Hit:
        first = place
        for _ in range(AROUND):
            if first <= self.start:
                break
            first = self.aligned(first - self.step)
        number = self.number_at(first)
        around, _ = self.lines(first, 2 * AROUND + 1, 8 * LINE_BYTES, number)
        line = next((each for each in around if each.offset == place), None)
        if line is None:
            line = self.lines(place, 1, LINE_BYTES, self.number_at(place))[0][0]
        return Hit(line, around)


def _shape(line: Line) -> str:
    return _DIGITS.sub("0", line.text) if line.text.strip() else ""


def _folded(lines: Sequence[Line], wanted: int) -> list[Run]:
    asked_for = wanted and any(line.number == wanted for line in lines)
    if len(lines) >= ALIKE and not asked_for:
        return [Run(lines, alike=True)]
    return [Run(lines)] if lines else []
