"""What each reseller of the access world has on its roster: a line, and a training that waits for the provider."""

import datetime as dt
from typing import Any

from contracts.roster.models.entries import RosterEntry
from contracts.roster.models.training import Training, TrainingKind
from tests.contracts.factories import make_contact


def write_roster(world: Any, side: Any, now: dt.datetime) -> None:
    """Write a line that nothing else of the world rests on, and a reported training of its contact."""
    agreement = side.agreement
    name = f"Robin {agreement.reseller.name.split()[0]}"
    contact = make_contact(agreement.reseller, site=side.contact.site, name=name)
    line = RosterEntry.objects.create(
        agreement=agreement,
        contact=contact,
        standing="technical",
        pool=side.contact.roster_entries.get(agreement=agreement).pool,
        submitted_at=now - dt.timedelta(days=90),
        usable_from=now - dt.timedelta(days=80),
    )
    training = Training.objects.create(
        agreement=agreement,
        contact=contact,
        kind=TrainingKind.TRAINED,
        completed_on=dt.date(2003, 1, 6),
        evidence="Course 101",
        reported_at=now,
        reported_by=side.contact.user,
    )
    side.things["roster line"] = (agreement.reference, line.pk)
    side.things["roster act"] = (agreement.reference, line.pk, "standing")
    side.things["roster file"] = (agreement.reference, "csv")
    side.things["training"] = (agreement.reference, training.pk)
