"""An agreement with both options and the people who serve it, for the tests of services."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.models.options import AgreementOption
from contracts.parties.models.parties import Contact
from contracts.roster.models.entries import RosterRole
from contracts.services.actions.assignments import assign
from contracts.services.models.assignments import Assignment, Duty
from portal.deadlines.sweep import sweep
from portal.models import Channel as NoticeChannel
from portal.models import Deadline, JournalEntry, Notice, User
from portal.roles import Role
from tests.contracts.factories import (
    make_agreement,
    make_contact,
    make_organisation,
    make_site,
    put_on_roster,
)

NOW = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)  # Wednesday 10:00 in Los Angeles
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
LOS_ANGELES = "America/Los_Angeles"

PEOPLE = {
    "psam": ("Paula Samson", Role.PSAM),
    "alternate": ("Al Terry", Role.PSAM),
    "specialist": ("Edith Sorel", Role.ESS),
    "engineer": ("Carla Stone", Role.CSE),
    "management": ("Mona Reyes", Role.SUPPORT_MANAGEMENT),
    "administrator": ("Conrad Adler", Role.CONTRACT_ADMINISTRATOR),
    "dispatch": ("Dina Patel", Role.DISPATCH),
}


@dataclass
class Services:
    """A reseller with the PSAM and ESS options, and the provider's people by their names in PEOPLE."""

    agreement: Agreement
    technical: Contact
    administrative: Contact
    psam: User
    alternate: User
    specialist: User
    engineer: User
    management: User
    administrator: User
    dispatch: User

    def assign(self, who: str, duty: Duty, *, at: dt.datetime = NOW, **days: dt.date) -> Assignment:
        """Management assigns one of the people, from the Effective Date unless told otherwise."""
        starts_on = days.pop("starts_on", self.agreement.effective_on)
        user = getattr(self, who)
        return assign(
            self.agreement, user, duty, starts_on=starts_on, by=self.management, at=at, **days
        )

    def assign_both(self, at: dt.datetime = NOW) -> None:
        """A PSAM and an alternate."""
        self.assign("psam", Duty.PSAM, at=at)
        self.assign("alternate", Duty.ALTERNATE_PSAM, at=at)


def make_services(
    name: str = "Meridian Data", *, options: bool = True, people: Services | None = None
) -> Services:
    """Write it; the people of another world may serve this one too."""
    organisation = make_organisation(name)
    site = make_site(organisation, name="Anaheim")
    agreement = make_agreement(reseller=organisation, tier="level-2")
    if options:
        for kind in ("psam", "ess"):
            take(agreement, kind)
    users = {
        key: getattr(people, key)
        if people
        else User.objects.create_user(
            f"{key}@legato.example", name=who, roles=[role], zone=LOS_ANGELES
        )
        for key, (who, role) in PEOPLE.items()
    }
    domain = f"{name.split()[0].lower()}.example"
    technical = make_contact(organisation, site=site, name="Tess Ward", email=f"tess@{domain}")
    put_on_roster(agreement, technical, pool="us", slot=1)
    administrative = make_contact(organisation, site=site, name="Ada Lindt", email=f"ada@{domain}")
    put_on_roster(agreement, administrative, RosterRole.ADMINISTRATIVE)
    return Services(agreement, technical, administrative, **users)


def take(agreement: Agreement, kind: str, taken_on: dt.date | None = None) -> AgreementOption:
    """The agreement takes an option."""
    return AgreementOption.objects.create(
        agreement=agreement,
        option=f"{kind}-2",
        kind=kind,
        quantity=1,
        taken_on=taken_on or agreement.effective_on,
        fee=Decimal("100.00"),
    )


def swept(at: dt.datetime) -> None:
    """Sweep at an instant, and again for what that set; nothing may fail."""
    for _ in range(3):
        report = sweep(at)
        assert report.failed == 0, list(
            Deadline.objects.exclude(last_error="").values_list("last_error", flat=True)
        )


def told(agreement: Agreement, template: str) -> list[str]:
    """Who was sent mails of a template about the agreement, in order."""
    rows = Notice.objects.about(agreement).filter(template=template, channel=NoticeChannel.EMAIL)
    return list(rows.order_by("pk").values_list("address", flat=True))


def journalled(agreement: Agreement, verb: str) -> list[JournalEntry]:
    """The agreement's entries of a verb, in order."""
    return list(JournalEntry.objects.about(agreement).filter(verb=verb).in_order())
