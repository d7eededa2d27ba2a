"""A proposed next year for each reseller of the access world, and the address of an act on it."""

import datetime as dt
from typing import Any

from contracts.renewal.actions.proposal import open_renewal
from tests.access.actors import Actor


def write_renewal(world: Any, side: Any, now: dt.datetime) -> None:
    """Propose the next year of a side's agreement."""
    open_renewal(side.agreement, by=world.people[Actor.ACCOUNT_MANAGER], at=now)
    side.things["renewal edit"] = (side.agreement.reference, "edit")
    side.things["coverage act"] = (side.agreement.reference, "enter")
