"""Writing a table as a file, row by row: memory does not grow with the rows."""

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from portal import csv_files
from portal.spreadsheets import ILLEGAL_CHARACTERS_RE, Workbook, WriteOnlyCell


class Sheet(Protocol):
    """A file that takes rows."""

    def row(self, cells: Sequence[Any]) -> None:
        """Write a row; instants are written in the reader's zone, without it."""

    def close(self) -> None:
        """Finish the file."""


class CsvSheet:
    """A CSV file, in UTF-8 with the mark by which spreadsheets know it; no text becomes a formula."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._zone = zone
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)

    def row(self, cells: Sequence[Any]) -> None:
        """Write a row."""
        self._writer.writerow([self._cell(cell) for cell in cells])

    def _cell(self, cell: Any) -> Any:
        if isinstance(cell, dt.datetime):
            return f"{cell.astimezone(self._zone):%Y-%m-%d %H:%M}"
        return csv_files.safe(cell)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class XlsxSheet:
    """An Excel workbook of one sheet, whose rows openpyxl keeps in a file of its own until it is saved."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._path, self._zone = path, zone
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Export")

    def row(self, cells: Sequence[Any]) -> None:
        """Write a row."""
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, cell: Any) -> Any:
        if isinstance(cell, dt.datetime):
            return cell.astimezone(self._zone).replace(tzinfo=None)
        if not isinstance(cell, str):
            return cell
        text = WriteOnlyCell(self._sheet, ILLEGAL_CHARACTERS_RE.sub("", cell))
        text.data_type = "s"  # a text, whatever it begins with
        return text

    def close(self) -> None:
        """Finish the file."""
        self._book.save(self._path)


SHEETS: dict[str, Callable[[Path, ZoneInfo], Sheet]] = {"csv": CsvSheet, "xlsx": XlsxSheet}
