"""Which releases are supported, the limitations of support, and what a product asks of a report (ATSP 1.13, 4.3, 4.8,
5.2.3).

The outcome is a flag for the engineer, who decides; never a refusal. A Release is X.yy.z: Major, Minor, Bug-fix. The
current Release of a product is its highest published one. A bug-fix Release is an interim version of its Minor Release
(ATSP 1.16), so support goes by the Minor Release X.yy: the current one, or the one published before it, of an earlier
Major Release where the current one is the first of its own.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LIMITS_CLAUSE = "ATSP 4.8"
EVERY_SEVERITY = 9
"""`needed_to` of a question that is needed whatever the severity."""
LINES = 2
"""The current and the prior minor Release are supported (ATSP 4.3), unless a programme says how many are."""
_FORM = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", re.ASCII)
_BEFORE = re.compile(r"(?:version|release|rel|ver|v|r)[.:\s]*(?=\d)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A Release X.yy.z (ATSP 1.13), ordered by age of line: 6.1.2 before 6.1.10 before 7.0.0."""

    major: int
    minor: int
    bug_fix: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.bug_fix}"

    @property
    def line(self) -> tuple[int, int]:
        """The Minor Release that it belongs to."""
        return (self.major, self.minor)


class Limitation(StrEnum):
    """What the provider has no obligation to support (ATSP 4.8). The values are codes of `Programme.limitations`."""

    MODIFIED = "modified-software"
    RELEASE = "unsupported-release"
    CAUSE = "misuse"
    PLATFORM = "unsupported-platform"


@dataclass(frozen=True, slots=True)
class Flag:
    """A limitation that seems to apply, in a sentence. The engineer decides what follows."""

    limitation: Limitation
    words: str
    clause: str = LIMITS_CLAUSE


def tidy_release(text: str) -> str:
    """A Release as people write it, without what is no part of it: "v7.2.1" and "Release 7.2.1" are 7.2.1."""
    text = text.strip()
    before = _BEFORE.match(text)
    return text[before.end() :] if before else text


def parse_release(text: str) -> Release:
    """Read X.yy.z, or X.yy for its first release (ATSP 1.13). Raises ValueError for anything else."""
    found = _FORM.fullmatch(tidy_release(text))
    if found is None:
        raise ValueError(f"{text!r} is not a Release of the form X.yy.z")
    major, minor, bug_fix = found.groups()
    return Release(int(major), int(minor), int(bug_fix or 0))


def supported_lines(
    published: Iterable[Release], lines: int = LINES
) -> tuple[tuple[int, int], ...]:
    """The Minor Releases X.yy under support, the current one first: at most two (ATSP 4.3), or as many as `lines`."""
    return tuple(sorted({release.line for release in published}, reverse=True)[:lines])


def limitations(
    release: str,
    published: Iterable[Release],
    *,
    modified: bool = False,
    platform_supported: bool | None = True,
    platforms: Collection[str] = (),
    caused_otherwise: bool = False,
    lines: int = LINES,
) -> tuple[Flag, ...]:
    """The limitations of support that seem to apply to a report (ATSP 4.8 i-iv); empty when none does.

    `release` is as typed; `published` are the Releases of the product by the time of the report. `modified`: damaged,
    or part of other software. `platform_supported` is None when it is not known, which is no limitation; `platforms`
    are those that are supported, where they are listed. `caused_otherwise`: negligence, abuse, or a use other than the
    Documentation's.
    """
    flags = []
    if modified:
        flags.append(
            Flag(
                Limitation.MODIFIED,
                "The Software is modified, damaged, or part of other software.",
            )
        )
    unsupported = _release_words(release, tuple(published), lines)
    if unsupported:
        flags.append(Flag(Limitation.RELEASE, unsupported))
    if caused_otherwise:
        flags.append(
            Flag(
                Limitation.CAUSE,
                "The Problem seems caused by misapplication, or by something beyond the provider's control.",
            )
        )
    if platform_supported is False:
        listed = f" Supported are {', '.join(platforms)}." if platforms else ""
        flags.append(
            Flag(
                Limitation.PLATFORM,
                f"The Software is installed with hardware or software that the provider does not support.{listed}",
            )
        )
    return tuple(flags)


def _release_words(text: str, published: tuple[Release, ...], most: int) -> str:
    if not text.strip():
        return ""
    try:
        release = parse_release(text)
    except ValueError:
        return (
            f"“{text.strip()}” is not a Release of the form X.yy.z, so its support cannot be told."
        )
    if not published:
        return ""
    lines = supported_lines(published, most)
    supported = " and ".join(f"{major}.{minor}" for major, minor in lines)
    if release.line not in lines:
        if most == 1:
            return f"Release {release} is not current: supported is {supported}."
        return f"Release {release} is neither current nor the prior minor Release: supported are {supported}."
    newest = max(each for each in published if each.line == release.line)
    if release > newest:
        return f"Release {release} is not published: the newest of its line is {newest}."
    return ""


def is_supported_on(told: str, platforms: Collection[str]) -> bool | None:
    """Whether what is told of platform and operating system names one of the platforms; None where none are listed.

    A platform is named when all its words are there, whatever the case: "Solaris 8 on Sun" names "Solaris".
    """
    words = set(_WORDS.findall(told.casefold()))
    if not platforms or not words:
        return None
    return any(words.issuperset(_WORDS.findall(each.casefold())) for each in platforms)


_WORDS = re.compile(r"[\w.+-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a product asks of a report (ATSP 5.2.3); needed of severity 1 to `needed_to`, of none where that is 0."""

    key: int
    words: str
    needed_to: int = 0
    hint: str = ""


def answered(asked: Iterable[Asked], answers: Mapping[int, str]) -> list[dict[str, Any]]:
    """What a case keeps of what its product asks: each question as it is now, with its answer by the question's key."""
    return [
        {
            "asked": each.words,
            "answer": answers.get(each.key, "").strip(),
            "needed_to": each.needed_to,
        }
        for each in asked
    ]


def blanks_of(kept: Sequence[Mapping[str, Any]], severity: int) -> list[str]:
    """What is needed of that severity and not answered, in the words of the questions."""
    return [
        str(each["asked"])
        for each in kept
        if not each["answer"] and severity <= int(each["needed_to"])
    ]
