"""People of providers that keep their own."""

from contracts.parties.models.parties import OrganisationKind
from contracts.parties.models.provider_people import ProviderPerson
from portal.models import User
from portal.roles import Role
from tests.contracts.factories import make_organisation


def people_of_a_provider_with_its_own() -> None:
    user = User.objects.create_user("kim@other.example", name="Kim Soto", roles=[Role.CSE])
    house = make_organisation(kind=OrganisationKind.PROVIDER)
    ProviderPerson.objects.create(user=user, organisation=house)


VIOLATIONS = (people_of_a_provider_with_its_own,)
TRIGGERS = {"people_of_a_provider_with_its_own"}
