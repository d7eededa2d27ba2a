"""Who watches a case, for its page."""

from cases.case.around import Around, around
from cases.case.models import Case
from portal.models import User


def is_watched_by(case: Case, user: User) -> bool:
    """Whether a person watches the case; no statement while nobody does."""
    return bool(case.watchers) and any(each["account"] == user.pk for each in around(case).watchers)


def watchers_of(found: Around, user: User) -> list[dict[str, object]]:
    """Those who watch, as the reader may know them: a reseller's people know of their own."""
    return [each for each in found.watchers if user.is_provider or each["side"] == "reseller"]
