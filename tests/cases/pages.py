"""Reading pages in tests: their words without markup, their forms, the queries they made."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

SAVE_REPORT = "/drafts/?for=/cases/new/"
"""Where a page saves the report that is typed into it; the form says which."""


def words(response: Any) -> str:
    """The page's words, as a reader sees them: no markup, one space between."""
    text = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", response.content.decode())
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def section(response: Any, start: str, end: str) -> str:
    """The markup between two marks."""
    text: str = response.content.decode()
    return text[text.index(start) : text.index(end, text.index(start))]


def forms(response: Any) -> list[str]:
    """The acts that the page offers, in order."""
    return re.findall(r'<a[^>]*\sdata-act="([\w-]+)"', response.content.decode())


def opened(response: Any) -> list[str]:
    """The code of the act whose form the composer shows."""
    return re.findall(r'data-panel="([\w-]+)"', response.content.decode())


def complaints(response: Any, field: str) -> list[str]:
    """The error shown at a field of a refused form."""
    found = re.findall(
        rf'(?s)id="error_\d+_id_{field}"[^>]*>\s*<strong>(.*?)</strong>', response.content.decode()
    )
    return [html.unescape(each) for each in found]


@contextmanager
def queries() -> Iterator[list[str]]:
    """Counts the statements made inside, transactions' own left out."""
    seen: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield seen
    own = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    seen += [each["sql"] for each in captured.captured_queries if not each["sql"].startswith(own)]
