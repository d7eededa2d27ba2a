"""The conversation of a case: messages and events in one timeline."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.db.models import Q

from cases.case.around import around
from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.conversation.files import files_sent
from cases.conversation.models import Message, MessageKind, MessageQuerySet
from cases.mentions.models import mentioned_in
from cases.verbs import Verb
from portal.models import Attachment, JournalEntry, SubjectKey, User
from portal.models.journal import JournalQuerySet
from portal.nested import rows_in
from portal.prepared import Rows, among, given
from portal.ui import verbs

_SAID_BY_MESSAGES = (
    Verb.CASE_REPLIED,
    Verb.CASE_CALL_LOGGED,
    Verb.CASE_NOTED,
    Verb.CASE_INFORMATION_ADDED,
    Verb.CASE_INFORMATION_REQUESTED,
    Verb.CASE_RELIEF_SENT,
    Verb.CASE_RELIEVED,
    Verb.CASE_WATCHED,  # the panel of the watchers says it
    Verb.CASE_UNWATCHED,
    Verb.CASE_TIME_SPENT,  # so does that of the time spent
    Verb.CASE_TIME_TAKEN_BACK,
)
"""Acts that already appear in the conversation, as their message."""


MOST_FOLDED = 25
"""So many events are folded into one line at the most."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the timeline draws it: `kind` is "message", "note" or "event"."""

    entry: Message | JournalEntry
    kind: str
    title: str = ""
    role: str = ""
    body: str = ""
    files: Sequence[Attachment] = ()

    @property
    def key(self) -> str:
        """Its anchor: m123 for a message, e456 for an event."""
        return f"{'e' if self.kind == 'event' else 'm'}{self.entry.pk}"

    @property
    def lines(self) -> list["Line"]:
        """Itself, as a fold has its events."""
        return [self]


@dataclass(frozen=True, slots=True)
class Fold:
    """Events between two messages, folded into one line."""

    lines: list[Line]
    kind: str = "fold"

    @property
    def key(self) -> str:
        """Its anchor."""
        return f"f{self.lines[0].entry.pk}"


def folded(lines: Sequence[Line]) -> list[Line | Fold]:
    """The lines, with the events between two messages as one; one alone stays as it is."""
    out: list[Line | Fold] = []
    for is_event, run in groupby(lines, key=lambda line: line.kind == "event"):
        if not is_event:
            out += run
            continue
        for some in batched(run, MOST_FOLDED):
            out.append(Fold(some) if len(some) > 1 else some[0])
    return out


def batched(run: Iterable[Line], most: int) -> Iterator[list[Line]]:
    """The run in lists of at most so many."""
    rest = iter(run)
    while some := list(islice(rest, most)):
        yield some


def place_of(lines: Sequence[Line | Fold], key: str) -> int | None:
    """Where the line with that anchor stands, alone or in a fold; None where there is none."""
    return next(
        (n for n, each in enumerate(lines) if any(one.key == key for one in each.lines)), None
    )


def with_what_is_shown(messages: MessageQuerySet) -> MessageQuerySet:
    """Messages with who wrote them, whom they mention, and their files, in one statement."""
    shown: MessageQuerySet = messages.select_related("by", "written_by").annotate(
        mentioned=mentioned_in(), sent=files_sent()
    )
    return shown


def _said_on_any() -> MessageQuerySet:
    return with_what_is_shown(Message.objects.filter(among("case", "keys")))


def _happened_to(case: Any) -> JournalQuerySet:
    about = JournalEntry.objects.about(SubjectKey(Case._meta.label_lower, case))
    said_by_nobody = Q(
        verb=Verb.CASE_INFORMATION_REQUESTED, by=None
    )  # the portal asked: no message says it
    return about.exclude(Q(verb__in=_SAID_BY_MESSAGES) & ~said_by_nobody).in_order()


_CASE = given("case")
_READ_BY_PROVIDER = Rows(lambda: _said_on_any()), Rows(lambda: _happened_to(_CASE))
_READ_BY_RESELLER = (
    Rows(lambda: _said_on_any().shown_to_reseller()),
    Rows(lambda: _happened_to(_CASE).shown_to_reseller()),
)


def conversation(case: Case, user: User) -> list[Line]:
    """Messages and events of a case that the user sees, the oldest first, as they may read them.

    With what was said on cases that were merged into it, marked by theirs. Two statements.
    """
    said, happened = _READ_BY_PROVIDER if user.is_provider else _READ_BY_RESELLER
    messages = said.read(keys=[case.pk, *around(case).merged])
    instants = {message.at for message in messages if message.case_id == case.pk}
    lines = [_said(message, case) for message in messages] + [
        _happened(entry)
        for entry in happened.read(case=case.pk)
        if not _goes_without(entry, instants)
    ]
    return sorted(lines, key=lambda line: (line.entry.at, line.kind == "event"))


def _said(message: Any, case: Case) -> Line:
    role = case.reseller.name
    if message.from_provider and message.by is not None:
        role = ", ".join(message.by.role_names)
    elif message.written_by is not None:
        role = f"{role}, written down by {message.written_by.name}"
    kind = "note" if message.kind == MessageKind.NOTE else "message"
    files = rows_in(Attachment, message.sent)
    elsewhere = "" if message.case_id == case.pk else f"on case {message.case_id}"
    title = f"{message.said_as} {elsewhere}".strip()
    return Line(message, kind, title=title, role=role, body=message.body, files=files)


def _happened(entry: JournalEntry) -> Line:
    if entry.by_id is None:
        entry.by_name = ""  # the timeline has its own word for the portal
    if entry.verb == Verb.CASE_STATE_CHANGED and entry.after:  # its reason is the act's, beside it
        after = State(entry.after["state"])
        return Line(entry, "event", title=f"moved the case: {after.label}")
    if entry.verb == Verb.CASE_ASSIGNED and entry.by_id and entry.after == {"owner": entry.by_id}:
        return Line(_without_text(entry), "event", title="took the case")
    return Line(entry, "event")


def _without_text(entry: JournalEntry) -> JournalEntry:
    entry.text = ""  # this copy is only read, and its title says it
    return entry


def _goes_without(entry: JournalEntry, instants: set[dt.datetime]) -> bool:
    """Whether the entry only says what the message of the same instant implies: taking the case up by answering."""
    if entry.at not in instants:
        return False
    takes_up = entry.verb == Verb.CASE_STATE_CHANGED and entry.before == {"state": State.NEW.value}
    return takes_up or verbs.look(entry.verb).repeats
