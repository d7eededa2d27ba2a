"""What somebody did last to many cases, kept in their session: the queue offers to take it back without a statement."""

import datetime as dt
from typing import Any

from cases.bulk.actions import result
from cases.bulk.models import BulkAct

KEY = "bulk"


def remember(session: Any, act: BulkAct) -> None:
    """Keep what came of the act."""
    items = list(act.items.all())
    session[KEY] = {
        "pk": act.pk,
        "said": result(items, act),
        "more": any(not item.done or item.kept for item in items),
        "undone": act.undone_at is not None,
        "until": act.until.isoformat(),
    }


def last_in(session: Any, at: dt.datetime) -> dict[str, Any] | None:
    """What was done last, while it may be taken back at that instant (aware); else None."""
    last: dict[str, Any] | None = session.get(KEY)
    return last if last and dt.datetime.fromisoformat(last["until"]) >= at else None
