"""Telephone numbers: the same one is written in many ways."""

import re

TOLD_APART = 9
"""Of a longer number the last digits are compared: what comes before is written in one country, not in another."""
_WHOLE = 6
_EXTENSION = re.compile(r"\s*(?:ext\.?|extension|x|#)\s*\d*\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9\s()+./-]+")


def digits_of(text: str) -> str:
    """The digits by which a telephone number is looked for: at most the last TOLD_APART, without an extension.

    "" for a text that is no number, or a part too short to look for (less than three digits).
    """
    text = _EXTENSION.sub("", text)
    if not _NUMBER.fullmatch(text):
        return ""
    digits = re.sub(r"\D", "", text)
    return digits[-TOLD_APART:] if len(digits) >= 3 else ""


def is_whole(digits: str) -> bool:
    """Whether the digits are enough of a number to look for it alone, and for no name or code."""
    return len(digits) >= _WHOLE
