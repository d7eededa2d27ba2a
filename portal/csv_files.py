"""CSV that a spreadsheet opens safely: no cell of text becomes a formula."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: Any) -> Any:
    """The cell as it is written: a text that a spreadsheet would take for a formula gets an apostrophe before it.

    Numbers and dates stay as they are, negative ones too.
    """
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_A_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The rows as CSV with a header, lines ended as RFC 4180 has them."""
    return "".join(_lines(header, rows))


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The header, then a line for each row as it is asked for."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in itertools.chain([header], rows):
        writer.writerow([safe(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A CSV file to keep, in UTF-8 with the mark by which spreadsheets know it, sent while its rows are made.

    The rows are made after the view has returned, when no reader's zone is active any more.
    """
    response = StreamingHttpResponse(
        itertools.chain(["\ufeff"], _lines(header, rows)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
