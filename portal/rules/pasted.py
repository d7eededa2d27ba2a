"""Which lines of a text are a pasted log, a listing or a stack trace, though nobody fenced them in.

Pure: lines in, parts out. Lines are judged one by one; a run of lines that look made by a machine is a block, with the
few lines between them that do not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LEAST = 6
"""So many lines of a machine's make a block: two lines of a log are read better in their sentence."""
BRIDGE = 2
"""So many other lines may stand between two lines of a block."""

_MACHINE = re.compile(
    r"""
    ^\s*(
      \[?\d{4}[-/]\d\d?[-/]\d\d?[ T,]\s*\d\d?:\d\d          # 2003-03-05 10:22
    | \[?\d\d?[-/.]\d\d?[-/.]\d{2,4}[ ,]\s*\d\d?:\d\d       # 03/05/03 10:22
    | \[?(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\ (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b
    | (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\ +\d\d?\ \d\d:\d\d
    | \[?\d\d:\d\d:\d\d
    | at\ [\w.$<>/]+\(.*\)$                                   # a frame of Java
    | File\ ".*",\ line\ \d+                                  # of Python
    | \#\d+\s+(0x[0-9a-f]+|\w+)                              # of gdb
    | (Caused\ by|Traceback|Exception\ in)\b
    | (0x)?[0-9a-fA-F]{6,16}[:\s]\s*([0-9a-fA-F]{2,8}\s){2,}  # a dump
    | (ERROR|WARN(ING)?|INFO|DEBUG|FATAL|TRACE|NOTICE|CRIT)\b
    | [\w.-]+(\[\d+\]|\(\d+\)):\s                            # a daemon and its process
    | [\$\#>]\ \S                                              # a command at its prompt
    | \S+\s*[=|]\s*\S+\s*$
    | [-+=_*]{8,}\s*$
    )""",
    re.VERBOSE,
)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text: its lines, and whether a machine wrote them."""

    text: str
    is_block: bool

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n") + 1


def parts(text: str, *, fenced: bool = True) -> list[Part]:
    """The text in its parts, in order; joined by line ends they are the text again, blank lines at their edges apart.

    With `fenced`, what stands between fences of Markdown is left where it is.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) < LEAST:
        return [Part("\n".join(lines), False)]
    found: list[Part] = []
    begin = 0
    for first, last in _runs(lines, fenced=fenced):
        _add(found, lines[begin:first], is_block=False)
        _add(found, lines[first:last], is_block=True)
        begin = last
    _add(found, lines[begin:], is_block=False)
    return found or [Part("", False)]


def spoken(lines: Sequence[str]) -> list[bool]:
    """Of each line of a text, whether a person speaks in it: a machine wrote none of it, and no fence holds it."""
    said, fence = [], ""
    for line in lines:
        mark = _FENCE.match(line)
        said.append(not mark and not fence)
        fence = _fence_after(fence, mark)
    if len(lines) >= LEAST:
        for first, last in _runs(lines, fenced=True):
            said[first:last] = [False] * (last - first)
    return said


def _fence_after(fence: str, mark: re.Match[str] | None) -> str:
    """The fence that is open behind a line, by the one before it and the line's own mark."""
    if mark is None:
        return fence
    return "" if fence and mark[1].startswith(fence) else fence or mark[1]


def _add(found: list[Part], lines: list[str], *, is_block: bool) -> None:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        found.append(Part(text, is_block))


def _runs(lines: Sequence[str], *, fenced: bool) -> Iterator[tuple[int, int]]:
    """The runs of lines that a machine wrote, each from its first line to behind its last."""
    first = last = -1
    count, fence = 0, ""
    for n, line in enumerate(lines):
        mark = _FENCE.match(line) if fenced else None
        fence = _fence_after(fence, mark)
        if mark or fence:
            if count >= LEAST:
                yield first, last
            first, count = -1, 0
            continue
        if _MACHINE.match(line):
            if first < 0:
                first, count = n, 0
            last, count = n + 1, count + 1
        elif first >= 0 and not _goes_on(line) and n - last >= BRIDGE:
            if count >= LEAST:
                yield first, last
            first, count = -1, 0
        elif first >= 0 and _goes_on(line):
            last = n + 1
    if count >= LEAST:
        yield first, last


def _goes_on(line: str) -> bool:
    """Whether it is the rest of the line before, as logs and traces indent it."""
    return line[:1] in (" ", "\t") and bool(line.strip())
