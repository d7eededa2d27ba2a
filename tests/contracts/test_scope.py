"""How far somebody sees, apart from who they are."""

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Organisation
from contracts.scope import Reach, reach_of
from portal.models import User

pytestmark = pytest.mark.django_db


def test_a_reach_holds_what_its_people_see(
    mti: Agreement, nordlicht: Agreement, administrator: User
) -> None:
    contact = mti.reseller.contacts.filter(user__isnull=False)[0]
    assert list(Agreement.objects.within(reach_of(contact.user))) == [mti]
    assert set(Agreement.objects.within(reach_of(administrator))) == {mti, nordlicht}
    apart = Reach(is_provider=True, apart=(mti.provider_id,))
    assert not Agreement.objects.within(apart).exists()
    assert not Agreement.objects.within(Reach(is_provider=False)).exists()


def test_rows_past_no_agreement_are_not_told_by_a_providers_reach(mti: Agreement) -> None:
    own = Reach(is_provider=False, own=(mti.reseller_id,))
    assert list(Organisation.objects.within(own)) == [mti.reseller]
    with pytest.raises(ValueError, match="tells no provider"):
        Organisation.objects.within(Reach(is_provider=True))
