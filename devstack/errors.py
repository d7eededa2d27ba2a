"""The one error of this package: a start that cannot go on, said in one line."""

import errno


class StackError(Exception):
    """A start that cannot go on; the message is one line that says what is wrong and what helps."""


_CAUSES = {
    "No space left on device": "the disk is full",
    "Errno 28": "the disk is full",
    "could not extend file": "the disk is full",
    "Disk quota exceeded": "the disk quota is used up",
    "HASHES": "a package differs from the one that was locked",
    "Failed to establish a new connection": "the package registry cannot be reached",
    "name resolution": "the package registry cannot be reached: no network",
    "Connection refused": "the package registry refuses the connection",
    "Read timed out": "the package registry does not answer",
    "No matching distribution found": "there is no such package for this Python and machine",
    "Permission denied": "the folder may not be written",
}


def cause(said: str) -> str:
    """Return the cause that a program's words name, else its last line."""
    for words, named in _CAUSES.items():
        if words in said:
            return named
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def in_words(error: OSError) -> str:
    """Return in one line what the operating system refused, and where."""
    if error.errno == errno.ENOSPC:
        return "the disk is full" + (f": {error.filename}" if error.filename else "")
    return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
