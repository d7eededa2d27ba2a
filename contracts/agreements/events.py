"""What happens to agreements, for those who listen (``portal.subscriptions``).

Each is published in the transaction of the act, after the agreement and its own deadlines are written.
"""

import datetime as dt
from dataclasses import dataclass

from contracts.agreements.models import Agreement, EndCause
from portal.models import User


@dataclass(frozen=True, slots=True)
class AgreementLoaded:
    """An agreement was loaded from a file of the filed paper, in the state the file gives."""

    agreement: Agreement
    by: User | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AgreementSigned:
    """Both sides signed: its year is charged, its cases are granted, and it awaits its day."""

    agreement: Agreement
    by: User | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AgreementInForce:
    """A signed agreement came in force; `by` is None when its day came."""

    agreement: Agreement
    by: User | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AgreementEnded:
    """An agreement ended; `on` is the first day without it, a date in its zone; `by` is None when its year ran out."""

    agreement: Agreement
    cause: EndCause
    on: dt.date
    clause: str
    by: User | None
    at: dt.datetime
