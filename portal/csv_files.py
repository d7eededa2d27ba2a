"""CSV that a spreadsheet opens safely: no cell of text becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

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
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """A CSV file to keep, in UTF-8 with the mark by which spreadsheets know it."""
    response = HttpResponse("\ufeff" + text(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
