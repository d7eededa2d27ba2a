"""The inbox: a reader's notices by time or by what they are about, in a fixed number of statements."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from portal.models import Notice, SubjectKey, User
from portal.notices import subjects
from portal.notices.kinds import ESCALATION, MENTION, templates_tagged
from portal.notices.subjects import Named
from portal.paging import page_of, part_of

LINES = 30
GROUPS = 12
LINES_OF_A_GROUP = 3
GROUPED_MOST = 1000
"""Of a longer inbox the latest so many are grouped; what lies behind is reached by time."""
EXCERPT = 220
ONLY = {
    "unread": "Unread",
    "waiting": "Waiting for me",
    "mentions": "Mentions",
    "escalations": "Escalations",
}
"""The filters, in their order."""
_TEXTS = ("body", "words", "text", "impact")
"""Where a notice's context has what somebody wrote."""


@dataclass(frozen=True)
class Line:
    """A notice in the inbox: what was written, by whom; and, where its subject asks something, what and by when."""

    notice: Any
    about: Named | None
    gone: bool

    @property
    def title(self) -> str:
        """Its title, without the name of the case before it where that stands in the group's head already."""
        return str(self.notice.title)

    @property
    def short_title(self) -> str:
        """The title under the head of its group: "Carla Stone wrote", "Opened: …"."""
        named = self.about.title.split(":")[0] if self.about else "\0"
        rest = self.title.removeprefix(named).lstrip(": ")
        return rest[:1].upper() + rest[1:]

    @property
    def author(self) -> str:
        """Who wrote it, where somebody did and the title does not say so."""
        author = str(self.notice.context.get("author", ""))
        return "" if author in self.title else author

    @property
    def excerpt(self) -> str:
        """The beginning of what was written; nothing of what the reader sees no more."""
        if self.gone:
            return ""
        said = next(
            (self.notice.context[one] for one in _TEXTS if self.notice.context.get(one)), ""
        )
        words = " ".join(str(said).split())
        if words == self.title:
            return ""
        if len(words) <= EXCERPT:
            return words
        return words[:EXCERPT].rsplit(" ", 1)[0] + " …"

    @property
    def seen(self) -> tuple[Any, ...]:
        """All that is shown of it, for a live page to know whether it changed."""
        return (self.notice.pk, self.notice.read_at, self.notice.done_at, self.about, self.gone)


@dataclass(frozen=True)
class Group:
    """What was told of one subject: the latest lines, how many more there are, how many are unread, and up to which."""

    key: SubjectKey
    about: Named | None
    lines: list[Line]
    count: int
    unread: int
    newest: int

    @property
    def name(self) -> str:
        """The key as a form sends it."""
        return f"{self.key.subject_type}:{self.key.subject_id}"

    @property
    def title(self) -> str:
        """What it is about."""
        return self.about.title if self.about else self.lines[0].title

    @property
    def more(self) -> int:
        """How many earlier ones are not shown."""
        return self.count - len(self.lines)

    @property
    def seen(self) -> tuple[Any, ...]:
        """All that is shown of it."""
        return (self.name, self.count, self.unread, [line.seen for line in self.lines])


def inbox_of(user: User, *, done: bool) -> QuerySet[Any]:
    """The reader's notices that are still to be seen to, or those that they put away."""
    return Notice.objects.visible_to(user).filter(done_at__isnull=not done)


def narrowed(notices: QuerySet[Any], only: str, user: User) -> QuerySet[Any]:
    """Those of a filter of `ONLY`; all where none is chosen."""
    if only == "unread":
        return notices.filter(read_at=None)
    if only == "mentions":
        return notices.filter(template__in=templates_tagged(MENTION))
    if only == "escalations":
        return notices.filter(template__in=templates_tagged(ESCALATION))
    if only == "waiting":
        asked = Q(pk__in=[])
        for subject_type, ids in subjects.waiting_for(user):
            asked |= Q(subject_type=subject_type, subject_id__in=ids)
        return notices.filter(asked)
    return notices


def by_time(notices: QuerySet[Any], user: User, number: str | None) -> Page[Any]:
    """A page of lines, the newest first."""
    page = page_of(notices.newest_first(), number, LINES, "notices")  # type: ignore[attr-defined]
    page.object_list = lines_of(list(page.object_list), user)
    return page


def by_subject(notices: QuerySet[Any], user: User, number: str | None) -> Page[Any]:
    """A page of groups, the one with the newest notice first."""
    rows = notices.newest_first().values_list("subject_type", "subject_id", "pk", "read_at")  # type: ignore[attr-defined]
    groups: dict[SubjectKey, list[tuple[int, dt.datetime | None]]] = {}
    for subject_type, subject_id, pk, read_at in rows[:GROUPED_MOST]:
        groups.setdefault(SubjectKey(subject_type, subject_id), []).append((pk, read_at))
    page = part_of(list(groups), number, GROUPS, "groups")
    keys: list[SubjectKey] = list(page.object_list)
    wanted = [pk for key in keys for pk, _ in groups[key][:LINES_OF_A_GROUP]]
    found = Notice.objects.in_bulk(wanted)
    lines = {line.notice.pk: line for line in lines_of([found[pk] for pk in wanted], user)}
    page.object_list = [
        Group(
            key,
            lines[groups[key][0][0]].about,
            [lines[pk] for pk, _ in groups[key][:LINES_OF_A_GROUP]],
            len(groups[key]),
            sum(read_at is None for _, read_at in groups[key]),
            max(pk for pk, _ in groups[key]),
        )
        for key in keys
    ]
    return page


def lines_of(notices: Sequence[Any], user: User) -> list[Line]:
    """Notices as their reader sees them, a few statements for all."""
    named = subjects.named(user, (one.subject for one in notices))
    return [
        Line(one, about, about is None and subjects.is_known(one.subject_type))
        for one in notices
        for about in [named.get(one.subject)]
    ]


def chosen(
    user: User,
    *,
    ids: Iterable[int] = (),
    group: SubjectKey | None = None,
    up_to: int | None = None,
) -> QuerySet[Any]:
    """Notices of the reader's that an act is for: single ones, those of a group, or all; none newer than `up_to`."""
    mine = Notice.objects.visible_to(user)
    if group is not None:
        mine = mine.about(group)
    elif ids:
        mine = mine.filter(pk__in=list(ids))
    if up_to is not None:
        mine = mine.filter(pk__lte=up_to)
    return mine


def mark(notices: QuerySet[Any], act: str, at: dt.datetime) -> int:
    """Mark notices read, unread, done, or to be seen to again (`back`); returns how many changed."""
    if act == "read":
        return notices.filter(read_at=None).update(read_at=at)
    if act == "unread":
        return notices.filter(read_at__isnull=False).update(read_at=None, done_at=None)
    if act == "done":
        open_ones = notices.filter(done_at=None)
        return open_ones.update(done_at=at, read_at=Coalesce(F("read_at"), at))
    return notices.filter(done_at__isnull=False).update(done_at=None)
