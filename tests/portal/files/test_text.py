"""Texts of any size read by stretches, and packed files that claim what they like. Without a database."""

import gzip
import io
import struct
import tarfile
import zipfile

import pytest

from portal.files import archives, kinds, preview, text
from portal.files.text import Text

LINES = [
    f"{n:05d} the index is {'empty' if n % 100 == 0 else 'fine'} at {n * 7}" for n in range(1, 3001)
]


def opened(data: bytes, encoding: str = "utf-8", *, indexed: bool = True) -> Text:
    found = Text(io.BytesIO(data), len(data), encoding)
    if indexed:
        blocks = range(0, len(data), text.BLOCK)
        found.ends = [found.count(data[at : at + text.BLOCK]) for at in blocks]
    return found


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Grüße\n".encode(), "utf-8"),
        ("Grüße, Jürgen\n".encode("latin-1"), "latin-1"),
        ("\N{BYTE ORDER MARK}Grüße\n".encode("utf-16-le"), "utf-16-le"),
        (("plain text in wide letters " * 3).encode("utf-16-be"), "utf-16-be"),
        (b"\xef\xbb\xbfmarked", "utf-8-sig"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", ""),
        (bytes(range(1, 256)) * 4, ""),
        (b"", ""),
    ],
)
def test_an_encoding_is_known_by_the_bytes(data: bytes, encoding: str) -> None:
    assert kinds.encoding(data) == encoding


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "text/plain"),
        (b"PK\x03\x04rest\x00\x00\x00", "application/zip"),
        (b"\x1f\x8b\x08\x00", "application/gzip"),
        (b"%PDF-1.7\n\x00\x01\x02", "application/pdf"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
    ],
)
def test_a_kind_is_known_by_the_bytes_and_is_never_a_page(head: bytes, kind: str) -> None:
    assert kinds.content_type(head) == kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("indexed", [True, False])
def test_pages_go_on_without_a_gap_and_count_their_lines(encoding: str, indexed: bool) -> None:
    whole = opened("\n".join(LINES).encode(encoding), encoding, indexed=indexed)
    at: int | None = 0
    seen = []
    while at is not None:
        page = whole.page(at)
        seen += [(line.number, line.text) for line in page.lines]
        at = page.after
    assert seen == [(n, LINES[n - 1]) for n in range(1, 3001)]
    last = whole.page(whole.size)
    assert last.lines[-1].text == LINES[-1]
    middle = whole.page(whole.offset_of(2000))
    assert (middle.lines[0].number, middle.lines[0].text) == (2000, LINES[1999])
    assert middle.before is not None
    before = whole.page(middle.before)
    assert 2000 in {line.number for line in before.lines} or before.after == middle.start


def test_line_numbers_hold_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK", 1024)
    whole = opened("\n".join(LINES).encode())
    for number in (1, 2, 33, 34, 35, 999, 2999, 3000, 5000):
        line = whole.page(whole.offset_of(number)).lines[0]
        assert line.number == min(number, 3000)
        assert line.text == LINES[min(number, 3000) - 1]


def test_odd_offsets_are_no_way_out_of_the_file() -> None:
    whole = opened("\n".join(LINES).encode())
    for at in (-5, 10**18, whole.size, whole.size - 1):
        assert whole.page(at).lines
    assert whole.page(whole.offset_of(10**15)).lines[-1].text == LINES[-1]


def test_a_line_of_megabytes_is_cut_and_the_next_is_found() -> None:
    whole = opened(b"a\n" + b"x" * 3_000_000 + b"\nlast")
    page = whole.page(0)
    assert [line.text for line in page.lines] == ["a"]
    assert page.after is not None
    long = whole.page(page.after)
    assert len(long.lines[0].text) == text.LINE_BYTES
    assert long.lines[0].cut > 2_900_000
    assert whole.page(whole.size).lines[-1].text == "last"


def test_a_search_finds_lines_with_those_around_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = opened("\n".join(LINES).encode())
    found = whole.find("INDEX IS EMPTY")
    assert [hit.line.number for hit in found.hits] == list(range(100, 3001, 100))
    assert found.goes_on is None
    assert [line.number for line in found.hits[0].around] == [97, 98, 99, 100, 101, 102, 103]
    monkeypatch.setattr(text, "HITS", 10)
    first = whole.find("index is empty")
    assert len(first.hits) == 10
    assert first.goes_on is not None
    assert whole.find("index is empty", first.goes_on).hits[0].line.number == 1100
    monkeypatch.setattr(text, "SEARCHED", 10)
    short = opened(b"x\n" * 1_000_000).find("nowhere in it")
    assert (short.hits, short.goes_on) == ([], 2**20)


def test_lines_that_differ_in_figures_only_are_folded() -> None:
    data = b"start\n" + b"".join(b"retry %d of 9\n" % n for n in range(7)) + b"end\n"
    runs = opened(data).page(0).runs
    assert [(run.alike, len(run.lines)) for run in runs] == [(False, 1), (True, 7), (False, 1)]
    asked_for = opened(data).page(0, wanted=4).runs
    assert [run.alike for run in asked_for] == [False, False, False]
    all_alike = opened(b"retry 1 of 9\n" * 9).page(0).runs
    assert [(run.alike, len(run.lines)) for run in all_alike] == [(False, 9)]


def test_an_archive_is_listed_by_its_names_and_never_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/passwd", "root")
        archive.writestr("bomb.log", b"0" * 20_000_000)
        archive.writestr("folder/", "")
    listing = archives.zip_listing(packed, len(packed.getvalue()))
    assert [(each.name, each.size) for each in listing.entries] == [
        ("../../etc/passwd", 4),
        ("bomb.log", 20_000_000),
        ("folder/", 0),
    ]
    assert archives.zip_listing(io.BytesIO(b"PK\x03\x04broken"), 10).why


def test_a_directory_that_claims_too_much_is_not_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 2**31, 0, 0)
    assert "too many" in archives.zip_listing(io.BytesIO(end), len(end)).why


def test_a_tar_header_that_claims_a_gigabyte_takes_no_memory() -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 2**30
    data = info.tobuf() + bytes(2048)
    assert archives.tar_listing(io.BytesIO(data)).why
    good = io.BytesIO()
    with tarfile.open(fileobj=good, mode="w") as archive:
        member = tarfile.TarInfo("/abs/../x.log")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    good.seek(0)
    assert [each.name for each in archives.tar_listing(good).entries] == ["/abs/../x.log"]


def test_a_gzip_bomb_is_unpacked_to_a_bound() -> None:
    data, whole = archives.unpacked(io.BytesIO(gzip.compress(b"0" * 50_000_000)))
    assert (len(data), whole) == (archives.UNPACKED, False)
    assert archives.unpacked(io.BytesIO(gzip.compress(b"log"))) == (b"log", True)
    with pytest.raises(ValueError, match="damaged"):
        archives.unpacked(io.BytesIO(b"\x1f\x8bnothing"))


def test_a_picture_of_too_many_pixels_is_known_by_its_head() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 100_000, 100_000)
    assert preview.pixels(png) > preview.PIXELS_MOST
    jpeg = b"\xff\xd8\xff\xc0\x00\x11\x08" + struct.pack(">HH", 60_000, 60_000) + bytes(16)
    assert preview.pixels(jpeg) > preview.PIXELS_MOST
