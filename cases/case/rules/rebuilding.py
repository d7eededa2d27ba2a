"""A case made again from its journal: its row, its clocks and its charge.

The journal is the record; row and deadlines are what the acts left of it. Whatever they hold follows from the entries
alone, in the order of writing, and from the terms.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.clocks.rules import objectives
from cases.information.rules import information_due
from cases.resolution.rules import case_charge
from contracts.programmes.rules.terms import Programme, Span
from portal.rules.business_time import BusinessCalendar

FIRST_RESPONSE = "cases.first_response"
STATUS_UPDATE = "cases.status_update"
INFORMATION = "cases.information"


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, as far as a case is made of it: what it changed of the row by column, and what else it says."""

    verb: str
    at: dt.datetime
    changed: Mapping[str, Any]
    data: Mapping[str, Any]


@dataclass(slots=True)
class Rebuilt:
    """What the entries make of a case. `clocks` has when each promise that runs is due, by kind (UTC)."""

    row: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, dt.datetime] = field(default_factory=dict)
    charge: str = ""


def rebuilt(entries: Iterable[Told], programme: Programme, calendar: BusinessCalendar) -> Rebuilt:
    """The case that its entries tell, in the order of writing. Raises KeyError where the first is not its opening."""
    case = _Case(programme, calendar)
    for entry in entries:
        case.take(entry)
    determination = case.row["determination"] or None
    charge = case_charge(programme, determination).charge if programme.tiers else None
    return Rebuilt(case.row, case.clocks, charge.value if charge else case.row["charge"])


class _Case:
    """The case so far."""

    def __init__(self, programme: Programme, calendar: BusinessCalendar) -> None:
        self.programme, self.calendar = programme, calendar
        self.row: dict[str, Any] = {}
        self.clocks: dict[str, dt.datetime] = {}

    def take(self, entry: Told) -> None:
        """Take in the next entry."""
        before, changed = dict(self.row), entry.changed
        self.row.update(changed)
        match entry.verb:
            case "case.opened":
                self._begin(self._instant("reported_at"), response=True)
            case "case.reopened":
                self._begin(entry.at, response=self.row["responded_at"] is None)
            case "case.clock_taken_back":
                if "state" in changed:
                    self._begin(entry.at, response=self.row["responded_at"] is None)
                self._severity(before, entry)
            case "case.closed":
                self.clocks.clear()
            case "case.merge_undone":
                told = entry.data["clocks"]
                self.clocks = {kind: dt.datetime.fromisoformat(due) for kind, due in told.items()}
            case "case.information_requested":
                if entry.data.get("timed"):
                    self._information(entry.at)
            case "case.information_put_off":
                self.clocks[INFORMATION] = dt.datetime.fromisoformat(entry.data["due_at"])
            case "case.promise_missed":
                if entry.data["kind"] == STATUS_UPDATE:
                    self._update(dt.datetime.fromisoformat(entry.data["due_at"]))
            case _:
                self._severity(before, entry)
        if changed.get("responded_at"):
            self.clocks.pop(FIRST_RESPONSE, None)
        if changed.get("last_communication_at"):
            self._update(self._instant("last_communication_at"))
        elif "status_every" in changed and before and "severity" not in changed:
            heard_at = self._instant("last_communication_at", "reported_at")
            self._update(max(heard_at, self._instant("severity_since")))
            if self.clocks[STATUS_UPDATE] <= entry.at:
                self._update(entry.at)
        if self.row["information_asked_at"] is None or self.row["information_received_at"]:
            self.clocks.pop(INFORMATION, None)

    def _begin(self, at: dt.datetime, *, response: bool) -> None:
        if response:
            promise = objectives.first_response(
                self.programme, self.row["severity"], at, self.calendar
            )
            self.clocks[FIRST_RESPONSE] = promise.due_at
        self._update(at)

    def _update(self, since: dt.datetime) -> None:
        promise = objectives.status_update(
            self.programme, self.row["severity"], since, self.calendar, self._every()
        )
        self.clocks[STATUS_UPDATE] = promise.due_at

    def _severity(self, before: Mapping[str, Any], entry: Told) -> None:
        if not before or before["severity"] == self.row["severity"]:
            return
        response = self.clocks.get(FIRST_RESPONSE)
        reported_at = self._instant("reported_at")
        facts = objectives.Clocks(
            reported_at=reported_at,
            first_response_due_at=response or reported_at,
            first_response_met_at=None
            if response
            else self._instant("responded_at", "reported_at"),
            last_communication_at=self._instant("last_communication_at")
            if self.row["last_communication_at"]
            else None,
            every=self._every(),
        )
        found = objectives.on_severity_change(
            self.programme,
            before["severity"],
            self.row["severity"],
            entry.at,
            facts,
            self.calendar,
        )
        self.clocks[STATUS_UPDATE] = found.status_update.due_at
        if response and found.first_response is not None:
            self.clocks[FIRST_RESPONSE] = found.first_response.due_at
        if self.clocks.pop(INFORMATION, None):
            self._information(entry.at)

    def _information(self, at: dt.datetime) -> None:
        reported_at, since = self._instant("reported_at"), self._instant("severity_since")
        clock = information_due(
            self.programme,
            self.row["severity"],
            reported_at,
            at,
            self.calendar,
            called_at=since if since > reported_at else None,
        )
        if clock is not None:
            self.clocks[INFORMATION] = clock.due_at

    def _every(self) -> Span | None:
        return Span.parse(self.row["status_every"]) if self.row["status_every"] else None

    def _instant(self, *names: str) -> dt.datetime:
        """The first of those columns that holds one."""
        return next(dt.datetime.fromisoformat(found) for name in names if (found := self.row[name]))
