"""What happens to rosters, for those who listen (``portal.subscriptions``)."""

import datetime as dt
from dataclasses import dataclass

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from portal.models import User


@dataclass(frozen=True, slots=True)
class ContactLeft:
    """A contact has no line on any roster any more: they left, and cannot sign in (ATSP 5.2.1)."""

    agreement: Agreement
    contact: Contact
    by: User
    at: dt.datetime
