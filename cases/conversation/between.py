"""What came on a case between the page that its writer saw and the act that they send (D-28).

Whoever writes to the other side writes on what the page showed them. Its form carries the last entry of the journal
that they knew; what others have said or done since is shown before it is sent.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cases.case.models import Case
from cases.conversation.models import MessageKind
from cases.conversation.page import Line, conversation
from portal.models import JournalEntry, User
from portal.ui import verbs

EXCERPT = 400


@dataclass(frozen=True, slots=True)
class Came:
    """Something that came in between: who did what and when, how it begins, and the line of the page that has it."""

    name: str
    what: str
    at: dt.datetime
    begins: str
    key: str
    is_message: bool


def came_since(case: Case, user: User, known: int) -> list[Came]:
    """What others said or did on the case after the journal's entry `known`, as far as the user sees it; oldest first.

    One statement; those of the conversation where there is anything. What the portal did by itself asks for no answer,
    and what the conversation does not tell is none of it.
    """
    about = JournalEntry.objects.about(case).filter(pk__gt=known, by__isnull=False)
    since = about.exclude(by=user)
    if not user.is_provider:
        since = since.shown_to_reseller()
    entries = list(since.values_list("pk", "at", "by"))
    if not entries:
        return []
    keys = {pk for pk, _, _ in entries}
    acts = {(at, by) for _, at, by in entries}
    return [_came(line) for line in conversation(case, user) if _is_of(line, keys, acts)]


def in_words(came: Sequence[Came]) -> str:
    """That something came, as a refusal says it."""
    names = list(dict.fromkeys(each.name for each in came))
    who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    did = "wrote on the case" if any(each.is_message for each in came) else "changed the case"
    return f"{who} {did} while you were writing."


def _is_of(line: Line, keys: set[int], acts: set[tuple[dt.datetime, int | None]]) -> bool:
    entry: Any = line.entry
    return entry.pk in keys if line.kind == "event" else (entry.at, entry.by_id) in acts


def _came(line: Line) -> Came:
    entry: Any = line.entry
    if line.kind == "event":
        what = line.title or verbs.look(str(entry.verb)).words
        return Came(entry.by_name, what, entry.at, entry.text or "", line.key, False)
    if line.kind == "note":
        what = "wrote an internal note"
    else:
        what = f"wrote {line.title}".strip() if entry.kind == MessageKind.REPLY else line.title
    begins = entry.body if len(entry.body) <= EXCERPT else f"{entry.body[:EXCERPT].rstrip()} …"
    return Came(entry.author, what, entry.at, begins, line.key, True)
