"""What the journal tells of cases, as the facts that Exhibit B asks for (ATSP 2.3, Ex.B; D-12)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from cases.models import Case
from portal.models import JournalEntry
from scorecard.rules.figures import CaseFacts

SEVERITY_1 = 1
_VERBS = (
    "case.opened",
    "case.call_confirmed",
    "case.severity_answered",
    "case.downgraded",
    "case.article_linked",
    "case.replicated_by_provider",
    "case.relieved",
    "case.relief_failed",
    "case.closed",
    "case.reopened",
)


@dataclass(slots=True)
class _Told:
    """What the entries of one case have told so far."""

    reference: str
    reported_at: dt.datetime | None = None
    was_severity_1: bool = False
    fix_published_at: dt.datetime | None = None
    replicated: bool = False
    relieved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    verbs: list[str] = field(default_factory=list)

    def read(self, entry: JournalEntry) -> None:
        """Take in the next entry, in the order of time."""
        after = entry.after or {}
        if after.get("severity") == SEVERITY_1:
            self.was_severity_1 = True
        match entry.verb:
            case "case.opened":
                self.reported_at = entry.at
            case "case.article_linked":
                published = after.get("fix_published_at")
                self.fix_published_at = dt.datetime.fromisoformat(published) if published else None
            case "case.replicated_by_provider":
                self.replicated = True
            case "case.relieved":
                self.relieved_at = entry.at
            case "case.relief_failed":
                self.relieved_at = None
            case "case.closed":
                self.closed_at = entry.at
            case "case.reopened":
                self.closed_at = self.relieved_at = None


def facts_of(case_ids: Iterable[int]) -> list[CaseFacts]:
    """The facts of the cases, from their journal entries, in one statement."""
    told: dict[int, _Told] = {}
    entries = (
        JournalEntry.objects.about_any(Case._meta.label_lower, list(case_ids))
        .filter(verb__in=_VERBS)
        .order_by("subject_id", "at", "id")
        .only("subject_id", "verb", "at", "after")
    )
    for entry in entries.iterator(chunk_size=5000):
        told.setdefault(entry.subject_id, _Told(str(entry.subject_id))).read(entry)
    return [
        CaseFacts(
            reference=each.reference,
            reported_at=each.reported_at,
            was_severity_1=each.was_severity_1,
            article_fix_published_at=each.fix_published_at,
            replicated_by_provider=each.replicated,
            relieved_at=each.relieved_at,
            closed_at=each.closed_at,
        )
        for each in told.values()
        if each.reported_at is not None
    ]
