"""What a message to the contact counts as: the first technical response, a status update, or neither (ATSP 4.6; D-10,
D-30).

It counts alike by telephone, e-mail, web and API, and whatever state the case moves to in the same act.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

TECHNICAL_SUPPORT = frozenset({"cse", "ess", "pse", "engineering"})
"""The roles that are technical support engineers (ATSP 4.6, 15.1, Ex.C); the values of `portal.roles.Role`."""


class Way(StrEnum):
    """How something was said to the contact."""

    CALL = "call"
    MESSAGE_LEFT = "message_left"
    WRITING = "writing"
    REQUEST = "request"
    NOTE = "note"
    ACKNOWLEDGEMENT = "acknowledgement"


FIRST_RESPONSES = {
    Way.CALL: "in a call",
    Way.MESSAGE_LEFT: "by a call that did not reach the contact, with a message in writing",
    Way.WRITING: "in writing, as the contact asked",
}
"""The ways of a first technical response, in the words that follow it (ATSP 4.6, D-30)."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one communication does to the objective clocks, and why."""

    first_response: bool
    restarts_status: bool
    clause: str
    words: str


def effect(way: Way, by_roles: Collection[str], *, in_writing: bool = False) -> Effect:
    """What a communication counts as (ATSP 4.6; D-10, D-30).

    `by_roles` are the roles of the sender, empty for a reseller's person; `in_writing` tells whether the contact asked
    for an answer in writing when reporting. "The initial callback is by a technical support engineer": the first
    response is a call that reached the contact, or one that did not with a message in writing, or a reply in writing
    where the contact asked for that. A request for information alone is none. Whatever a technical support engineer
    says to the contact restarts the status clock.
    """
    if way is Way.ACKNOWLEDGEMENT:
        return _nothing("an automatic acknowledgement is no response")
    if way is Way.NOTE:
        return _nothing("an internal note does not reach the contact")
    if not TECHNICAL_SUPPORT.intersection(by_roles):
        return _nothing("the response is a technical support engineer's to make")
    if way is Way.REQUEST or (way is Way.WRITING and not in_writing):
        why = "asks only" if way is Way.REQUEST else "is in writing, and the contact expects a call"
        return Effect(
            first_response=False,
            restarts_status=True,
            clause="ATSP 4.6",
            words=f"The status clock starts again (D-10); it is no first technical response, since it {why} (D-30).",
        )
    return Effect(
        first_response=True,
        restarts_status=True,
        clause="ATSP 4.6",
        words="A technical support engineer answered the contact: the first technical response, if none was "
        "made before, and the status clock starts again (D-10).",
    )


def _nothing(why: str) -> Effect:
    return Effect(False, False, "ATSP 4.6", f"Stops no clock: {why}.")
