"""A deadline as the sweep holds it: what handlers read of it, without the weight of a model's instance."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.instants import InstantDecoder
from portal.models import DeadlineState, SubjectKey

COLUMNS = "id, subject_type, subject_id, kind, step, due_at, fires_at, promise, clause, words, data, attempts"
"""The columns of the table that make a `Due`, in the order of its fields."""


@dataclass(eq=False)
class Due:
    """A deadline that is due. The sweep marks it, then `state` is missed or fired and `late` says if it came late.

    For the rest see ``portal.models.Deadline``.
    """

    pk: int
    subject_type: str
    subject_id: int
    kind: str
    step: str
    due_at: dt.datetime
    fires_at: dt.datetime
    promise: bool
    clause: str
    words: str
    raw: str
    attempts: int
    state: DeadlineState = DeadlineState.PENDING
    late: bool = False

    @property
    def is_early(self) -> bool:
        """Whether the sweep comes to it before it can be missed: to remind of it, and to come again."""
        return self.promise and self.fires_at <= self.due_at

    def reminds_at(self, now: dt.datetime) -> bool:
        """Whether it is early, and can still be kept: an act at its very instant is in time (D-8)."""
        return self.is_early and now <= self.due_at

    @cached_property
    def subject(self) -> SubjectKey:
        """The key of what it is about."""
        return SubjectKey(self.subject_type, self.subject_id)

    @cached_property
    def data(self) -> dict[str, Any]:
        """Its data: read from `raw` when first asked for, since most handlers do not."""
        read: dict[str, Any] = json.loads(self.raw, cls=InstantDecoder)
        return read

    def marked(self, *, late_before: dt.datetime) -> None:
        """Take the state that the sweep has just written to its row."""
        self.state = DeadlineState.MISSED if self.promise else DeadlineState.FIRED
        self.late = self.due_at < late_before
