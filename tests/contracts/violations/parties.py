"""The dated changes of a party."""

import datetime as dt
from typing import Any

from contracts.parties.models.changes import PartyChange
from tests.contracts.factories import LOADED_AT, make_organisation


def _change(**fields: Any) -> PartyChange:
    values: dict[str, Any] = {
        "name": "MTI",
        "since": dt.date(2003, 3, 5),
        "reason": "A letter.",
        "recorded_at": LOADED_AT,
    }
    values |= fields
    values.setdefault("organisation", make_organisation())
    return PartyChange.objects.create(**values)


def party_change_has_name_and_reason() -> None:
    _change(reason="")


def party_first_entered_once() -> None:
    first = _change(since=None)
    _change(organisation=first.organisation, since=None)


VIOLATIONS = [party_change_has_name_and_reason, party_first_entered_once]
