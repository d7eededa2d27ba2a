"""What is read only when a mail is sent: digests, summaries, and whether what waited is its reader's to see still."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Q

from portal.models import Channel, Notice, SubjectKey, User
from portal.notices import subjects
from portal.notices.inbox import Line, lines_of
from portal.notices.wishing import DIGEST_MAIL, SUMMARY_MAIL

A_DAY = dt.timedelta(days=1)
SHOWN_OF_A_GROUP = 5


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a summary: what, where it is, and by when or since when."""

    text: str
    url: str
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a summary; the one with the lowest `position` stands first. One without items is left out."""

    title: str
    items: Sequence[Item]
    position: int
    more: int = 0


Summing = Callable[[User, dt.datetime], Sequence[Section]]
"""What a room has to say to somebody in their summary at an instant."""
_summing: list[Summing] = []


def register_summary(part: Summing) -> None:
    """Add what a room says in daily summaries."""
    if part not in _summing:
        _summing.append(part)


def last_words(notice: Notice) -> dict[str, Any] | None:
    """What a notice about to be sent says besides its context; None when nothing is left to say to its recipient."""
    reader = notice.recipient
    if reader is None or not (notice.held or notice.template in (DIGEST_MAIL, SUMMARY_MAIL)):
        return {}
    if not reader.is_active:
        return None
    if notice.template == DIGEST_MAIL:
        return _digest(notice, reader)
    if notice.template == SUMMARY_MAIL:
        return _summary(reader, notice.created_at)
    seen = subjects.named(reader, [notice.subject])
    hidden = subjects.is_known(notice.subject_type) and notice.subject not in seen
    return None if hidden else {}


def _digest(notice: Notice, reader: User) -> dict[str, Any] | None:
    """The notices of a digest by what they are about, without what its reader sees no more or has read meanwhile."""
    taken = list(Notice.objects.filter(pk__in=notice.context["ids"]).order_by("id"))
    inbox = Notice.objects.filter(
        recipient=reader,
        channel=Channel.INBOX,
        read_at__isnull=False,
        subject_id__in={one.subject_id for one in taken},
    )
    read = set(inbox.values_list("subject_type", "subject_id", "step"))
    unread = [one for one in taken if (one.subject_type, one.subject_id, one.step) not in read]
    lines = [line for line in lines_of(unread, reader) if not line.gone]
    if not lines:
        return None

    def subject(line: Line) -> SubjectKey:
        key: SubjectKey = line.notice.subject
        return key

    groups = [_group(list(some)) for _, some in groupby(sorted(lines, key=subject), key=subject)]
    groups.sort(key=lambda group: (not group["asks"], group["first"]))
    count = f"{len(lines)} notice{'s' if len(lines) != 1 else ''}"
    return {"title": f"Your digest: {count}", "groups": groups, "action": "Open the inbox"}


def _group(lines: list[Line]) -> dict[str, Any]:
    about, newest = lines[0].about, lines[-1].notice
    return {
        "title": about.title if about else lines[-1].title,
        "link": f"{settings.BASE_URL}{about.url if about else newest.url}",
        "asks": about.asks if about else "",
        "asks_by": about.asks_by if about else None,
        "first": lines[0].notice.pk,
        "more": max(0, len(lines) - SHOWN_OF_A_GROUP),
        "lines": [
            {
                "title": line.short_title,
                "author": line.author,
                "excerpt": line.excerpt,
                "at": line.notice.created_at,
            }
            for line in lines[-SHOWN_OF_A_GROUP:]
        ],
    }


def _summary(reader: User, at: dt.datetime) -> dict[str, Any] | None:
    """What waits first, then what is due today, then what happened since yesterday; None for nothing."""
    sections = [section for part in _summing for section in part(reader, at) if section.items]
    since = _since_yesterday(reader, at)
    if since.items:
        sections.append(since)
    if not sections:
        return None
    return {
        "sections": [
            {
                "title": section.title,
                "more": section.more,
                "items": [
                    {"text": one.text, "link": f"{settings.BASE_URL}{one.url}", "at": one.at}
                    for one in section.items
                ],
            }
            for section in sorted(sections, key=lambda section: section.position)
        ],
        "action": "Open the portal",
    }


def _since_yesterday(reader: User, at: dt.datetime) -> Section:
    """The unread notices of the last day, the latest of each subject that the reader sees."""
    rows = Notice.objects.filter(
        Q(read_at=None), recipient=reader, channel=Channel.INBOX, done_at=None
    )
    latest = rows.filter(created_at__gt=at - A_DAY).newest_first()[:100]
    seen: dict[SubjectKey, Line] = {}
    for line in lines_of(list(latest), reader):
        if not line.gone:
            seen.setdefault(line.notice.subject, line)
    lines = list(seen.values())
    items = [Item(line.title, line.notice.url, line.notice.created_at) for line in lines[:10]]
    return Section("Since yesterday", items, 90, max(0, len(lines) - 10))
