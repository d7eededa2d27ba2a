"""Reading a file once after it was sent: its digest, the index of its lines, and the virus check.

What waits is a column of the file's row (`check_at`). Whoever takes a file holds it for a while and puts it off at the
same time, so that a crash loses nothing and two workers do not read the same. While the scanner is away a file stays
"being checked" and is tried again with growing pauses, for as long as it takes.
"""

import contextlib
import datetime as dt
import hashlib
import logging
import time
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from portal import attachments
from portal.files import clamd, kinds, stores
from portal.files.attaching import take_away
from portal.files.text import BLOCK, Text
from portal.models import SENT, Attachment, Checked

log = logging.getLogger(__name__)
READ = 2**20
HELD = dt.timedelta(minutes=30)
"""How long a worker has for one file: 10 GB at 6 MB/s."""
PAUSE_SECONDS, PAUSE_MOST_SECONDS = 10, 600
NO_SCANNER = "No virus scanner is set up."
TOO_LARGE = "It is larger than the virus scanner takes."


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a file once told: `found` is a virus, empty for none, None where nothing was asked."""

    sha256: str
    lines: list[int] | None
    found: str | None
    why: str = ""


def check_waiting(at: dt.datetime, *, most_seconds: float = 20.0) -> int:
    """Check what waits, file by file, until none does or the time is over. Returns how many were settled.

    `at` is the domain instant that the journal tells of what is refused.
    """
    begun, settled = time.monotonic(), 0
    while time.monotonic() - begun < most_seconds:
        file = _taken()
        if file is None:
            break
        settled += _check(file, at)
    return settled


def _taken() -> Attachment | None:
    due = (
        Attachment.objects.select_for_update(skip_locked=True)
        .filter(check_at__lte=Now(), purpose=SENT, removed_at=None)
        .order_by("check_at")[:1]
    )
    with transaction.atomic():
        file: Attachment | None = due.first()
        if file is not None:
            Attachment.objects.filter(pk=file.pk).update(
                check_at=Now() + HELD, tries=F("tries") + 1
            )
            file.refresh_from_db()
    return file


def _check(file: Attachment, at: dt.datetime) -> int:
    try:
        reading = read_once(file)
    except FileNotFoundError:
        log.error("the bytes of file %s are gone", file.pk)
        _settle(file, check_at=None)
        return 0
    except clamd.ScannerAwayError as error:
        pause = min(PAUSE_MOST_SECONDS, PAUSE_SECONDS * 2 ** min(file.tries, 10))
        log.warning("the virus scanner is away (%s): file %s waits", error, file.pk)
        Attachment.objects.filter(pk=file.pk).update(
            check_at=Now() + dt.timedelta(seconds=pause), found="The virus scanner is away."
        )
        return 0
    if reading.found:
        _refuse(file, reading, at)
        return 1
    checked = Checked.CLEAN if reading.found == "" else Checked.UNCHECKED
    _settle(
        file,
        sha256=reading.sha256,
        lines=reading.lines,
        checked=checked,
        found=reading.why,
        check_at=None,
    )
    return 1


def _settle(file: Attachment, **values: object) -> None:
    Attachment.objects.filter(pk=file.pk, removed_at=None).update(**values)


def _refuse(file: Attachment, reading: Reading, at: dt.datetime) -> None:
    """Take the bytes away, keep the line, and let the room tell."""
    with transaction.atomic():
        fresh = Attachment.objects.select_for_update().get(pk=file.pk)
        if not fresh.is_here:
            return
        fresh.checked, fresh.found = Checked.REFUSED, str(reading.found)
        fresh.sha256 = reading.sha256
        fresh.save(update_fields=["checked", "found", "sha256"])
        take_away(fresh, by=None, at=at, because="Refused by the virus check.")
        owner = attachments.owner_of(fresh)
        if owner is not None and owner.refused is not None:
            owner.refused(fresh, at)


def read_once(file: Attachment) -> Reading:
    """Read all of a file: digest, line index of a text, and the scanner's word where one is set.

    Raises FileNotFoundError, and ScannerAwayError.
    """
    with contextlib.ExitStack() as stack:
        content = stack.enter_context(contextlib.closing(stores.store().open(file.path)))
        asked = settings.CLAMD and file.size <= settings.CLAMD_MOST_BYTES
        scan = stack.enter_context(clamd.scan()) if asked else None
        digest, ends = _read(content, scan)
        found = scan.found() if scan else None
        why = "" if found is not None else TOO_LARGE if settings.CLAMD else NO_SCANNER
        return Reading(digest, ends if file.content_type == kinds.TEXT else None, found, why)


def _read(file: BinaryIO, scan: clamd.Scan | None) -> tuple[str, list[int]]:
    head = file.read(kinds.HEAD)
    text = Text(file, 0, kinds.encoding(head) or "utf-8")
    file.seek(0)
    digest, ends = hashlib.sha256(), []
    while block := _block(file):
        for at in range(0, len(block), READ):
            piece = block[at : at + READ]
            digest.update(piece)
            if scan is not None:
                scan.feed(piece)
        ends.append(text.count(block))
    return digest.hexdigest(), ends


def _block(file: BinaryIO) -> bytes:
    parts, left = [], BLOCK
    while left and (data := file.read(min(READ, left))):
        parts.append(data)
        left -= len(data)
    return b"".join(parts)
