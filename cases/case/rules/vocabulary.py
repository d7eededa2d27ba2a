"""The words of a case: sides, channels and states. Models build their choices from these."""

from enum import StrEnum


class Side(StrEnum):
    """Who acts on a case: one of the two parties to the agreement, or its clock."""

    RESELLER = "reseller"
    PROVIDER = "provider"

    @property
    def other(self) -> "Side":
        """The side that answers this one."""
        return Side.PROVIDER if self is Side.RESELLER else Side.RESELLER


class Channel(StrEnum):
    """How a report or a message came (ATSP 4.4)."""

    WEB = "web"
    EMAIL = "email"
    TELEPHONE = "telephone"
    API = "api"

    @property
    def label(self) -> str:
        """The channel as a reader wants it: "e-mail"."""
        return {"email": "e-mail", "api": "API"}.get(self.value, self.value)


class State(StrEnum):
    """The states of a case, in the order in which it passes through them (ATSP 4.10, Ex.B)."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_RESELLER = "waiting_for_reseller"
    WAITING_FOR_ENGINEERING = "waiting_for_engineering"
    RELIEVED = "relieved"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The state as a reader wants it: "waiting for reseller"."""
        return self.value.replace("_", " ")

    @property
    def is_open(self) -> bool:
        """Whether its promises still run: every state but closed, for the agreement knows no pause (ATSP 4.6)."""
        return self is not State.CLOSED


WORKING = (State.IN_PROGRESS, State.WAITING_FOR_RESELLER, State.WAITING_FOR_ENGINEERING)
"""The states in which the provider works on the case: taken up, and no relief given."""
