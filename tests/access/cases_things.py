"""An extension that awaits its decision, for the access matrix."""

import datetime as dt
from typing import Any

from tests.contracts.violations.extensions import an_extension


def write(world: Any, side: Any, now: dt.datetime) -> None:
    """Ask for an extension as the side's contact."""
    asked = an_extension(side.agreement, asked_at=now, asked_by=side.contact.user)
    side.things["extension"] = (side.agreement.reference, asked.pk)
