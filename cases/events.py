"""Events of cases, for subscribers (``portal.subscriptions``). Cases do not know who subscribes.

Each is published in the transaction of the act, after the case's own deadlines are written. The case as it stands is
the event's: its row is written at the act's end.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cases.case.models import Case
from cases.conversation.models import Message
from cases.sub_cases.models import SubCase
from portal.models import User


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case was opened at `at` with the severity it has.

    Its row is written: a subscriber that sets a promise on it sees to the row's copy of the next one.
    """

    case: Case
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class SeveritiesChanged:
    """The severity in force of cases changed at `at`; each case with the one before.

    One case, and `by` who did it; or any number that clocks changed at once, and `by` is None. `taken_back` where what
    a clock had changed is undone, so that what it ended goes on (D-23).
    """

    changes: Sequence[tuple[Case, int]]
    by: User | None
    at: dt.datetime
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class ContactUpdated:
    """A technical support engineer communicated with the contact at `at` (which a logged call may put in the past)."""

    case: Case
    message: Message
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CaseAssigned:
    """A case was given to an engineer (`to`), or one took it: then `by` is the same person."""

    case: Case
    to: User
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class SubCaseOpened:
    """Another team was engaged."""

    case: Case
    sub_case: SubCase
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReliefGiven:
    """A solution, Fix or Workaround was given."""

    case: Case
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReliefFailed:
    """The relief did not hold, and the case is worked on again."""

    case: Case
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CasesClosed:
    """Cases were closed: one, and `by` who did it; or any number that clocks closed at once, and `by` is None."""

    cases: Sequence[Case]
    by: User | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """A closed case was reopened."""

    case: Case
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class CaseRead:
    """Somebody opened the case page. Published by the page for provider people, in no transaction."""

    case: Case
    by: User
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the journal of a case that somebody watches, as it was written."""

    case: Case
    verb: str
    by: User | None
    at: dt.datetime
    public: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class WatchedHappened:
    """Something happened to cases that are watched: to one in one act, or by a clock to any number."""

    happenings: Sequence[Happening]


@dataclass(frozen=True, slots=True)
class DraftOpened:
    """The draft of a report became a case; `key` is the draft's."""

    case: Case
    by: User
    key: str
