"""Files of Exhibit A: read by their bytes, refused when broken, huge or alive, and written so that nothing runs."""

import csv
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.roster.rules import files
from portal.rules.refusal import Refusal

HEADER = ["Role", "Name"]
PLAIN = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85\xa0\xad"),
    max_size=20,
)


def workbook(change: Callable[[openpyxl.Workbook], None] = lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["Technical Contact", "Ada"])
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts put in or replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info, old.read(info))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"Role,Name\r\nTechnical Contact,Ada\r\n",
        b"\xef\xbb\xbfRole;Name\nTechnical Contact;Ada\n\n\n",
        b"Role\tName\nTechnical Contact\t Ada  \n",
        b'"Role","Name"\n"Technical Contact","Ada"',
        workbook(),
    ],
)
def test_csv_and_xlsx_read_alike(content: bytes) -> None:
    assert files.read_table("form", content) == [HEADER, ["Technical Contact", "Ada"]]


def _formula(book: openpyxl.Workbook) -> None:
    book.active["B3"] = "=1+1"


def _many_rows(book: openpyxl.Workbook) -> None:
    for _ in range(files.MOST_ROWS):
        book.active.append(["x"])


BOMB = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n\n , ,\n", "has no rows"),
        (b"\x89PNG\r\n\x1a\n....", "is a PNG picture, whatever its name says"),
        (b"\xff\xd8\xff\xe0....", "is a JPEG picture"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\xd0\xcf\x11\xe0....", "older Excel"),
        ("Role,Name\nT,Jörg".encode("latin-1"), "neither CSV in UTF-8 nor XLSX"),
        (b'Role,Name\n"T,Ada\n', "is broken after row 1"),
        (b"a" * (files.MOST_BYTES + 1), "the most is 2 MB"),
        (b"Role\n" * (files.MOST_ROWS + 1), "more than 300 rows"),
        (b"," * 50, "more than 40 columns"),
        (b"Role\n" + b"x" * 501, "501 characters in cell A2"),
        (b"Role\n=cmd|'/c calc'!A0", "a formula in cell A2"),
        (b"Role\n@SUM(A1)", "a formula in cell A2"),
        (b"PK\x03\x04 not at all", "is broken, or is no workbook"),
        (workbook()[:-200], "is broken, or is no workbook"),
        (rezipped(workbook(), **{"xl/vbaProject.bin": b"x"}), "has macros"),
        (rezipped(workbook(), **{"xl/workbook.xml": b"<no"}), "is broken, or is no workbook"),
        (rezipped(workbook(), **{"xl/worksheets/sheet1.xml": BOMB}), "no spreadsheet writes"),
        (
            rezipped(workbook(), **{"xl/media/x.bin": b"0" * (files.MOST_UNPACKED + 1)}),
            "unpacks to more",
        ),
        (workbook(_formula), "a formula in cell B3"),
        (workbook(_many_rows), "more than 300 rows"),
    ],
)
def test_a_file_that_is_not_the_form_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Refusal, match="form") as refused:
        files.read_table("form.xlsx", content)
    assert says in refused.value.sentence
    assert refused.value.field == "file"
    assert refused.value.way_out


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Refusal, match="a ZIP file, but no workbook"):
        files.read_table("form.xlsx", out.getvalue())


NASTY = ["=1+1", "+49 40 5550", "-1", "@SUM(A1)", "'quoted", 'Jörg; Anna, "Bea"']


def test_no_cell_of_an_export_is_a_formula() -> None:
    written = files.as_csv([HEADER, NASTY])
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))[1]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    sheet = openpyxl.load_workbook(
        io.BytesIO(files.as_xlsx([HEADER, NASTY], title="Exhibit A"))
    ).active
    assert [cell.value for cell in sheet[2]] == NASTY
    assert {cell.data_type for cell in sheet[2]} == {"s"}


@given(st.lists(PLAIN, min_size=2, max_size=5))
def test_a_written_form_reads_back(cells: list[str]) -> None:
    texts = [" ".join(cell.split()) for cell in cells]
    texts = ["x", *(text for text in texts if not text.startswith(("=", "@", "'")))]
    for content in (files.as_csv([texts]), files.as_xlsx([texts], title="A")):
        (read,) = files.read_table("form", content)
        assert read + [""] * (len(texts) - len(read)) == texts


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", workbook()[:300]):
        try:
            files.read_table("form", start + content)
        except Refusal as refusal:
            assert refusal.way_out  # noqa: PT017
