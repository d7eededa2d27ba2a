"""Reported trainings."""

import datetime as dt
from typing import Any

from contracts.roster.models.training import Training
from portal.models import User
from tests.contracts.factories import LOADED_AT, make_agreement, make_contact


def _training(**fields: Any) -> Training:
    agreement = make_agreement()
    values: dict[str, Any] = {
        "agreement": agreement,
        "contact": make_contact(agreement.reseller),
        "kind": "trained",
        "completed_on": dt.date(2002, 6, 3),
        "reported_at": LOADED_AT,
        "reported_by": _somebody(),
    }
    return Training.objects.create(**(values | fields))


def _somebody() -> User:
    count = User.objects.count()
    return User.objects.create_user(f"somebody.{count}@legato.example", name="Somebody")


def training_waits_once() -> None:
    """The same, reported twice while it waits."""
    first = _training()
    first.pk = None
    first._state.adding = True
    first.save()


def training_decided_by_somebody() -> None:
    """Decided by nobody."""
    _training(decided_at=LOADED_AT, confirmed=True)


def training_decided_after_report() -> None:
    """Decided before it was reported."""
    before = LOADED_AT - dt.timedelta(seconds=1)
    _training(decided_at=before, decided_by=_somebody(), confirmed=True)


def training_declined_with_reason() -> None:
    """Declined without a word."""
    _training(decided_at=LOADED_AT, decided_by=_somebody())


VIOLATIONS = [
    training_waits_once,
    training_decided_by_somebody,
    training_decided_after_report,
    training_declined_with_reason,
]
