"""What each reseller of the access world has of its PSAM's services."""

import datetime as dt
from typing import Any

from contracts.services.actions.calls import set_next_call
from contracts.services.actions.profile import write_profile
from contracts.services.models.assignments import Absence, Duty
from portal.models import User
from portal.roles import Role


def write_services(world: Any, side: Any, now: dt.datetime) -> None:
    """A PSAM assigned, a call to hold, a profile, and an absence of the PSAM."""
    agreement = side.agreement
    assignment = agreement.assignments.get(duty=Duty.PSAM)
    side.things["assignment"] = (agreement.reference, assignment.pk)
    call = set_next_call(agreement, at=now)
    assert call is not None
    side.things["call"] = (agreement.reference, call.number)
    side.things["call act"] = (agreement.reference, call.number, "agenda")
    write_profile(
        agreement, {"notes": f"as at {now:%H:%M}"}, based_on=0, by=assignment.user, at=now
    )
    side.things["newcomer"] = (
        User.objects.create_user(
            f"new.{agreement.pk}@people.example", name="Pat New", roles=[Role.PSAM]
        ).pk,
    )
    absence, _ = Absence.objects.get_or_create(
        user=assignment.user,
        starts_at=now + dt.timedelta(days=20),
        ends_at=now + dt.timedelta(days=21),
    )
    side.things["absence"] = (absence.pk,)
