"""Read from the journal the facts about cases that Exhibit B needs (ATSP 2.3, Ex.B; D-12).

Only the journal is read, never the case's present state: an entry cannot be changed, so nor can what it told.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from cases.case.models import Case
from cases.verbs import Verb
from portal.models import JournalEntry
from scorecard.rules.figures import CaseFacts

SEVERITY_1 = 1
_VERBS = (
    Verb.CASE_OPENED,
    Verb.CASE_ARTICLE_LINKED,
    Verb.CASE_REPLICATED_BY_PROVIDER,
    Verb.CASE_RELIEVED,
    Verb.CASE_RELIEF_FAILED,
    Verb.CASE_CLOSED,
    Verb.CASE_REOPENED,
)
_SEVERITY_1 = Q(after__severity=SEVERITY_1)
_WAS_SEVERITY_1 = models.ExpressionWrapper(_SEVERITY_1, output_field=models.BooleanField())
_LINKED = models.Case(
    models.When(verb=Verb.CASE_ARTICLE_LINKED, then="after"), output_field=models.JSONField()
)


@dataclass(slots=True)
class Closure:
    """A closure: the relief that stood when the case closed, and when it was reopened, if it was. All UTC."""

    closed_at: dt.datetime
    relieved_at: dt.datetime | None
    reopened_at: dt.datetime | None = None

    def stood_at(self, end: dt.datetime) -> bool:
        """Whether the case was closed just before `end` by this closure."""
        return self.closed_at < end and (self.reopened_at is None or self.reopened_at >= end)


@dataclass(slots=True)
class CaseHistory:
    """One case as its journal tells it. All instants are UTC.

    `was_severity_1` at any time, by whatever act. `article` is the number of the article linked last, and
    `fix_published_at` when its Fix was published, as it stood at the linking: a Fix published later than that was
    published after the report too, so does not count (D-12).
    """

    case_id: int
    reported_at: dt.datetime | None = None
    was_severity_1: bool = False
    article: str = ""
    fix_published_at: dt.datetime | None = None
    replicated_at: dt.datetime | None = None
    closures: list[Closure] = field(default_factory=list)
    _relieved_at: dt.datetime | None = None

    def read(
        self, verb: str, at: dt.datetime, *, severity_1: bool, linked: dict[str, Any] | None
    ) -> None:
        """Take in the next entry, in the order of time: `linked` is what it tells of the article it links."""
        if severity_1:
            self.was_severity_1 = True
        match verb:
            case Verb.CASE_OPENED:
                self.reported_at = at
            case Verb.CASE_ARTICLE_LINKED:
                linked = linked or {}
                published = linked.get("fix_published_at")
                self.article = linked.get("article", "")
                self.fix_published_at = dt.datetime.fromisoformat(published) if published else None
            case Verb.CASE_REPLICATED_BY_PROVIDER:
                self.replicated_at = self.replicated_at or at
            case Verb.CASE_RELIEVED:
                self._relieved_at = at
            case Verb.CASE_RELIEF_FAILED:
                self._relieved_at = None
            case Verb.CASE_CLOSED:
                self.closures.append(Closure(at, self._relieved_at))
            case Verb.CASE_REOPENED:
                if self.closures:
                    self.closures[-1].reopened_at = at
                self._relieved_at = None

    def closure_at(self, end: dt.datetime) -> Closure | None:
        """The closure by which the case was closed just before `end`; None when it was open then."""
        return next((each for each in reversed(self.closures) if each.stood_at(end)), None)

    def facts(self, end: dt.datetime) -> CaseFacts:
        """The facts for a window that ends at `end`.

        The closure is the one that stood at the window's end: a case reopened afterwards leaves the days of a past
        window as they were, and one closed again counts by its last closure. What the case turned out to be (its
        severity, its article, its replication) counts whenever it was recorded. Raises ValueError for a case whose
        opening the journal does not tell.
        """
        if self.reported_at is None:
            raise ValueError(f"the journal does not tell when case {self.case_id} was opened")
        closure = self.closure_at(end)
        return CaseFacts(
            reference=str(self.case_id),
            reported_at=self.reported_at,
            was_severity_1=self.was_severity_1,
            article_fix_published_at=self.fix_published_at,
            replicated_by_provider=self.replicated_at is not None,
            relieved_at=closure.relieved_at if closure else None,
            closed_at=closure.closed_at if closure else None,
        )


def histories_of(cases: QuerySet[Case]) -> dict[int, CaseHistory]:
    """The histories of the cases by id, in one statement; a case without an opening in the journal is left out."""
    told: dict[int, CaseHistory] = {}
    entries = (
        JournalEntry.objects.about_any(Case._meta.label_lower, cases.order_by().values("pk"))
        .filter(Q(verb__in=_VERBS) | _SEVERITY_1)
        .order_by("subject_id", "at", "id")
        .values_list("subject_id", "verb", "at", _WAS_SEVERITY_1, _LINKED)
    )
    # No list of all of them is kept, and JSON is read of the few that link an article.
    for case_id, verb, at, severity, linked in entries.iterator(chunk_size=5000):
        history = told.get(case_id)
        if history is None:
            history = told[case_id] = CaseHistory(case_id)
        history.read(verb, at, severity_1=bool(severity), linked=linked)
    return {case_id: each for case_id, each in told.items() if each.reported_at is not None}
