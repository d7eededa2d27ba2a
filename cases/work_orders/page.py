"""The work orders of a case, as its journal tells of them: the page asks nobody else (``subscribers``)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from cases.conversation.page import Line
from contracts.work_orders.page import STATES
from contracts.work_orders.rules.orders import State
from portal.models import User


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work order of the case, as it stands."""

    number: str
    name: str
    state: State
    url: str

    @property
    def icon(self) -> str:
        """The state's icon."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The state's tone."""
        return STATES[self.state][1]

    @property
    def is_notice(self) -> bool:
        """Whether it asks the reseller to proceed or not (ATSP 7.1)."""
        return self.state is State.NOTIFIED

    def waits_for(self, user: User) -> bool:
        """Whether the user's side is next: the reseller answers a notice and authorizes, the provider estimates."""
        if user.is_provider:
            return self.state in (State.REQUESTED, State.AUTHORISED)
        return self.state in (State.NOTIFIED, State.ESTIMATED)

    @property
    def wanted(self) -> str:
        """What is next, in words."""
        return {
            State.NOTIFIED: "Say whether we proceed: the Problem may not be in the Software",
            State.ESTIMATED: "The Administrative Contact authorizes the fee, or declines",
            State.REQUESTED: "Estimate the work that was asked for",
            State.AUTHORISED: "Start the work that was authorized",
        }[self.state]

    @property
    def clause(self) -> str:
        """The clause of what is next."""
        return "ATSP 7.1" if self.is_notice else "ATSP 16, 17, 18"


def work_of(spoken: Iterable[Line]) -> list[WorkLine]:
    """The work orders that a case's conversation tells of, each as it stands, the first asked for first."""
    latest: dict[int, Any] = {}
    for line in spoken:
        data = getattr(line.entry, "data", None)
        if data and getattr(line.entry, "verb", "").startswith("work."):
            latest[data["order"]] = data
    return [
        WorkLine(
            data["number"], data["name"], State(data["state"]), reverse("work_order", args=[key])
        )
        for key, data in latest.items()
    ]
