"""Conference calls, their actions, account profiles, absences."""

import datetime as dt
from typing import Any

from contracts.services.models.assignments import Absence
from contracts.services.models.calls import CallAction, ConferenceCall
from contracts.services.models.profile import ProfileRevision
from portal.models import User
from portal.roles import Role
from tests.contracts.factories import LOADED_AT, make_agreement, make_organisation

DAY = dt.timedelta(days=1)


def _somebody() -> User:
    return User.objects.create_user("dana@legato.example", name="Dana", roles=[Role.PSAM])


def _call(**fields: Any) -> ConferenceCall:
    values: dict[str, Any] = {"number": 1, "due_at": LOADED_AT}
    values |= fields
    values.setdefault("agreement", None)
    values["agreement"] = values["agreement"] or make_agreement()
    return ConferenceCall.objects.create(**values)


def call_once_a_month() -> None:
    call = _call()
    _call(agreement=call.agreement)


def call_numbers_from_one() -> None:
    _call(number=0)


def call_held_by_somebody() -> None:
    _call(held_at=LOADED_AT)


def call_minutes_of_a_held_call() -> None:
    _call(minutes="So it was.", minutes_published_at=LOADED_AT, minutes_by=_somebody())


def call_action_done_by_somebody() -> None:
    CallAction.objects.create(call=_call(), text="x", owner="Dana", done_at=LOADED_AT)


def _revision(**fields: Any) -> ProfileRevision:
    return ProfileRevision.objects.create(**({"number": 1, "at": LOADED_AT} | fields))


def profile_revision_once() -> None:
    organisation, user = make_organisation(), _somebody()
    _revision(organisation=organisation, by=user)
    _revision(organisation=organisation, by=user)


def profile_numbers_from_one() -> None:
    _revision(organisation=make_organisation(), by=_somebody(), number=0)


def absence_once_at_a_time() -> None:
    user = _somebody()
    Absence.objects.create(user=user, starts_at=LOADED_AT, ends_at=LOADED_AT + 2 * DAY)
    Absence.objects.create(user=user, starts_at=LOADED_AT + DAY, ends_at=LOADED_AT + 3 * DAY)


VIOLATIONS = [
    call_once_a_month,
    call_numbers_from_one,
    call_held_by_somebody,
    call_minutes_of_a_held_call,
    call_action_done_by_somebody,
    profile_revision_once,
    profile_numbers_from_one,
    absence_once_at_a_time,
]
