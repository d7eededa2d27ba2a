"""What a message to the contact counts as: the first technical response, a status update, or neither (ATSP 4.6; D-10).

It counts alike by telephone, e-mail, web and API, and whatever state the case moves to in the same act.
"""

from collections.abc import Collection
from dataclasses import dataclass

TECHNICAL_SUPPORT = frozenset({"cse", "ess", "pse", "engineering"})
"""The roles that are technical support engineers (ATSP 4.6, 15.1, Ex.C); the values of `portal.roles.Role`."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one communication does to the objective clocks, and why."""

    first_response: bool
    restarts_status: bool
    clause: str
    words: str


def effect(
    by_roles: Collection[str], *, to_contact: bool = True, automatic: bool = False
) -> Effect:
    """What a communication counts as (ATSP 4.6, D-10).

    `by_roles` are the roles of the sender, empty for a reseller's person. The first response is made by a technical
    support engineer to the contact: an automatic acknowledgement, an internal note, or a message of dispatch or of
    account management does not count. Whatever counts also restarts the status clock.
    """
    if automatic:
        return _nothing("an automatic acknowledgement is no response")
    if not to_contact:
        return _nothing("an internal note does not reach the contact")
    if not TECHNICAL_SUPPORT.intersection(by_roles):
        return _nothing("the response is a technical support engineer's to make")
    return Effect(
        first_response=True,
        restarts_status=True,
        clause="ATSP 4.6",
        words="A technical support engineer answered the contact: the first technical response, if none was "
        "made before, and the status clock starts again (D-10).",
    )


def _nothing(why: str) -> Effect:
    return Effect(False, False, "ATSP 4.6", f"Stops no clock: {why}.")
