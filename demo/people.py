"""The people of the demonstration. Those of the filed agreement keep their names; every address is reserved."""

import datetime as dt
from dataclasses import dataclass

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.programmes.rules.terms import OptionKind
from contracts.services.models.assignments import Absence, Assignment, Duty
from demo.accounts import PASSWORD
from portal.models import User
from portal.roles import Role

PACIFIC = "America/Los_Angeles"
LONDON = "Europe/London"


@dataclass(frozen=True, slots=True)
class Person:
    """A person at the provider."""

    name: str
    email: str
    roles: tuple[Role, ...]
    zone: str = PACIFIC


PROVIDER = (
    Person("Maya Okafor", "maya.okafor@legato.example", (Role.CSE,)),
    Person("Tom Lindqvist", "tom.lindqvist@legato.example", (Role.CSE,)),
    Person("Priya Raman", "priya.raman@legato.example", (Role.CSE,)),
    Person("Owen Hughes", "owen.hughes@legato.example", (Role.CSE,), LONDON),
    Person("Greta Vogel", "greta.vogel@legato.example", (Role.ESS,), "Europe/Berlin"),
    Person("Dana Whitfield", "dana.whitfield@legato.example", (Role.PSAM,)),
    Person("Luis Ortega", "luis.ortega@legato.example", (Role.PSAM,)),
    Person("Sam Adeyemi", "sam.adeyemi@legato.example", (Role.DISPATCH,)),
    Person("Ruth Calloway", "ruth.calloway@legato.example", (Role.SUPPORT_MANAGEMENT,)),
    Person("Ian McBride", "ian.mcbride@legato.example", (Role.SENIOR_MANAGER,), LONDON),
    Person("Helen Park", "helen.park@legato.example", (Role.VP_TECHNICAL_SUPPORT,)),
    Person("Victor Sandoval", "victor.sandoval@legato.example", (Role.DIRECTOR_PREMIUM_SUPPORT,)),
    Person("Nadia Brandt", "nadia.brandt@legato.example", (Role.CPE_MANAGEMENT,)),
    Person("Arun Mehta", "arun.mehta@legato.example", (Role.PSE,)),
    Person("Carol Jensen", "carol.jensen@legato.example", (Role.ENGINEERING,)),
    Person("Edward Stone", "edward.stone@legato.example", (Role.EXECUTIVE,)),
    Person("Bill Thornton", "bill.thornton@legato.example", (Role.SALES,)),
    Person("Anne Delacroix", "anne.delacroix@legato.example", (Role.ACCOUNT_MANAGER,)),
    Person("Joan Petersen", "joan.petersen@legato.example", (Role.CONTRACT_ADMINISTRATOR,)),
)


def make_provider() -> dict[str, User]:
    """Make the provider's people; return them by e-mail address."""
    users = {}
    for person in PROVIDER:
        user = User.objects.filter(email=person.email).first()
        users[person.email] = user or User.objects.create_user(
            person.email, PASSWORD, name=person.name, roles=list(person.roles), zone=person.zone
        )
    return users


def assign_people(agreements: list[Agreement], users: dict[str, User], at: dt.datetime) -> None:
    """Give each agreement the people of its options; the alternate stands in for a PSAM away last autumn."""
    dana = users["dana.whitfield@legato.example"]
    luis = users["luis.ortega@legato.example"]
    greta = users["greta.vogel@legato.example"]
    for agreement in agreements:
        duties = [
            *(
                [(Duty.PSAM, dana), (Duty.ALTERNATE_PSAM, luis)]
                if agreement.has_option(OptionKind.PSAM)
                else []
            ),
            *([(Duty.ESS, greta)] if agreement.has_option(OptionKind.ESS) else []),
        ]
        for duty, user in duties:
            Assignment.objects.get_or_create(
                agreement=agreement,
                user=user,
                duty=duty,
                defaults={"starts_on": agreement.effective_on},
            )
    Absence.objects.get_or_create(
        user=dana,
        starts_at=at - dt.timedelta(days=100),
        defaults={"ends_at": at - dt.timedelta(days=90), "reason": "training"},
    )


def let_contacts_sign_in() -> None:
    """Give every contact of the loaded agreements the demonstration's password."""
    for contact in Contact.objects.present().exclude(user=None).select_related("user"):
        user = contact.user
        if user is not None and not user.has_usable_password():
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
