"""A roster that lives: somebody new who still waits, and a training that awaits the provider's word (ATSP 5.2.1)."""

import datetime as dt

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import ContactRole
from contracts.roster.actions.changes import add_contact
from contracts.roster.actions.training import report_training
from contracts.roster.models.entries import RosterRole
from contracts.roster.models.training import TrainingKind
from contracts.roster.rules.changes import typed


def keep_roster(now: dt.datetime) -> None:
    """Let the Administrative Contact of the filed agreement add a contact, and report what another one completed."""
    agreement = Agreement.objects.in_force(now).filter(reseller__name__startswith="MTI").first()
    if agreement is None:
        return
    lines = agreement.roster.current(now).select_related("contact__user", "contact__site")
    keeper = lines.filter(standing=RosterRole.ADMINISTRATIVE).first()
    colleague = lines.filter(standing=RosterRole.TECHNICAL, trained_on=None).first()
    if keeper is None or keeper.contact.user is None:
        return
    by, site = keeper.contact.user, keeper.contact.site.name
    new = typed(name="Paula Reyes", email="preyes@mti.example", site=site, telephone="714-693-2410")
    add_contact(agreement, new, ContactRole.TECHNICAL, by=by, at=now - dt.timedelta(minutes=3))
    if colleague is not None:
        report_training(
            agreement,
            colleague,
            TrainingKind.TRAINED,
            completed_on=agreement.date_at(now) - dt.timedelta(days=12),
            evidence="Advanced Administration, Mountain View",
            by=by,
            at=now - dt.timedelta(minutes=2),
        )
