"""Asking for an export, and calling it off."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from portal import locks
from portal.exports.kinds import kind_of
from portal.models import Export, ExportFormat, ExportState, User
from portal.rules.refusal import Refusal

MOST_WAITING = 3


def ask(
    kind: str, params: Mapping[str, str], *, title: str, format_: str, by: User, at: dt.datetime
) -> Export:
    """Ask for a file. A worker writes it, as the person may see the rows then. Returns the export.

    Raises Refusal for what cannot be exported, and while a few of the person's own are unfinished.
    """
    if kind_of(kind) is None or format_ not in ExportFormat.values:
        raise Refusal("There is no such export.", way_out="Choose CSV or Excel above a list.")
    with transaction.atomic():
        locks.lock(by)
        mine = Export.objects.filter(owner=by)
        unfinished = mine.filter(state__in=(ExportState.WAITING, ExportState.RUNNING))
        if unfinished.count() >= MOST_WAITING:
            raise Refusal(
                f"{MOST_WAITING} of your exports are not ready yet.",
                way_out="Wait for one, or cancel one.",
            )
        return Export.objects.create(
            owner=by, kind=kind, params=dict(params), title=title, format=format_, asked_at=at
        )


def cancel(export: Export, *, by: User, at: dt.datetime) -> None:
    """Call an unfinished export off: whoever writes it stops at the next part. Raises Refusal."""
    if export.owner_id != by.pk:
        raise Refusal("You may not cancel somebody else’s export.", way_out="Ask them to.")
    still = Export.objects.filter(
        pk=export.pk, state__in=(ExportState.WAITING, ExportState.RUNNING)
    )
    if not still.update(state=ExportState.CANCELED, finished_at=at, lease_until=None):
        raise Refusal("The export is finished.", way_out="Download it, or ask for another.")
