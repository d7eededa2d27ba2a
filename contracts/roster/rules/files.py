"""Reading and writing Exhibit A as CSV and XLSX: what is in a file, by its bytes, as a table of texts.

A cell that a spreadsheet would take for a formula is refused when read, and quoted when written.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import ParseError

from portal.rules import files, limits
from portal.rules.refusal import Refusal
from portal.spreadsheets import Font, InvalidFileException, Workbook, load_workbook

Table = list[list[str]]

MOST_BYTES = 2 * 2**20
MOST_UNPACKED = 20 * 2**20
MOST_PARTS = 200
MOST_ROWS = 300
MOST_COLUMNS = 40
MOST_CELL = 500
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WAY_OUT = "Export the form here, change it, and send it as CSV (UTF-8) or XLSX."


def read_table(name: str, content: bytes) -> Table:
    """The cells of a CSV or XLSX file as texts, empty rows at the end left out.

    Raises Refusal for an empty or huge file, anything that is neither, macros, formulas, and a file that is broken.
    """
    if not content:
        raise _refused(f"{name} is empty.")
    if len(content) > MOST_BYTES:
        raise _refused(limits.too_large(name, len(content), MOST_BYTES))
    kind = files.kind_of(content)
    if kind is files.ZIP:
        table = _xlsx(name, content)
    elif kind is files.TEXT:
        table = _csv(name, content)
    elif kind is not None:
        raise _refused(f"{name} is a {kind.name}, whatever its name says.")
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _refused(f"{name} is a workbook of an older Excel, or has a password.")
    else:
        raise _refused(f"{name} is neither CSV in UTF-8 nor XLSX.")
    while table and not any(table[-1]):
        table.pop()
    if not table:
        raise _refused(f"{name} has no rows.")
    return table


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV in UTF-8 with its mark, so that spreadsheets read umlauts; no cell is a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(
        [[guarded(cell) for cell in row] for row in rows]
    )
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """The rows as a workbook of one sheet, every cell a text, the first row in bold."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    widths: dict[str, int] = {}
    for row in rows:
        sheet.append(["" for _ in row])
        for column, text in enumerate(row, 1):
            cell = sheet.cell(sheet.max_row, column)
            cell.value = text or None
            cell.number_format = "@"
            if text:
                cell.data_type = "s"  # "=1+1" stays what somebody typed
            cell.quotePrefix = text.startswith(_FORMULA)
            if sheet.max_row == 1:
                cell.font = Font(bold=True)
            letter = cell.column_letter
            widths[letter] = max(widths.get(letter, 8), len(text) + 2)
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = min(width, 40)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def guarded(text: str) -> str:
    """A cell of a CSV file, with a quote in front of what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """What a guarded cell said."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def _csv(name: str, content: bytes) -> Table:
    text = content.decode("utf-8-sig")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    table: Table = []
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
        ):
            _check_size(name, number, len(row))
            table.append([_plain(cell, name, number, column) for column, cell in enumerate(row, 1)])
    except csv.Error as error:
        raise _refused(f"{name} is broken after row {len(table)}: a quote does not end.") from error
    return table


def _xlsx(name: str, content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            _check_parts(name, parts)
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            return _sheet(name, book.worksheets[0])
        finally:
            book.close()
    except Refusal:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ParseError,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:  # openpyxl lets out whatever a broken part makes of it
        raise _refused(f"{name} is broken, or is no workbook.") from error


def _check_parts(name: str, parts: zipfile.ZipFile) -> None:
    """Refuse what would unpack to a huge file, and macros, before anything is unpacked."""
    infos = parts.infolist()
    names = [info.filename.lower() for info in infos]
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise _refused(f"{name} unpacks to more than {limits.size(MOST_UNPACKED)}.")
    if any(one.endswith("vbaproject.bin") or "macrosheets/" in one for one in names):
        raise _refused(f"{name} has macros.")
    if "xl/workbook.xml" not in names:
        raise _refused(f"{name} is a ZIP file, but no workbook.")
    for info in infos:
        if info.filename.lower().endswith((".xml", ".rels")):
            with parts.open(info) as part:
                head = part.read(MOST_UNPACKED + 1)
            if len(head) > MOST_UNPACKED or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise _refused(f"{name} holds something that no spreadsheet writes.")


def _sheet(name: str, sheet: Any) -> Table:
    table: Table = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        _check_size(name, number, len(row))
        cells = []
        for column, cell in enumerate(row, 1):
            if cell.data_type == "f":
                raise _formula(name, number, column)
            if cell.data_type == "e":
                raise _refused(f"{name} has the error {cell.value} in {_at(number, column)}.")
            cells.append(_plain(_text(cell.value), name, number, column))
        table.append(cells)
    return table


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _plain(text: str, name: str, row: int, column: int) -> str:
    if len(text) > MOST_CELL:
        raise _refused(
            f"{name} has {len(text)} characters in {_at(row, column)}; the most is {MOST_CELL}."
        )
    text = " ".join(unguarded(text.strip()).split())
    if text.startswith(("=", "@")) and len(text) > 1:
        raise _formula(name, row, column)
    return text


def _check_size(name: str, rows: int, columns: int) -> None:
    if rows > MOST_ROWS:
        raise _refused(f"{name} has more than {MOST_ROWS} rows.")
    if columns > MOST_COLUMNS:
        raise _refused(f"{name} has more than {MOST_COLUMNS} columns.")


def _formula(name: str, row: int, column: int) -> Refusal:
    return _refused(f"{name} has a formula in {_at(row, column)}; the form takes texts only.")


def _at(row: int, column: int) -> str:
    letter = chr(ord("A") + column - 1) if column <= 26 else f"column {column}, "
    return f"cell {letter}{row}"


def _refused(sentence: str) -> Refusal:
    return Refusal(sentence, way_out=_WAY_OUT, field="file")
