"""What is chosen from among the parties: resellers."""

from django.db.models import Exists, OuterRef, QuerySet

from contracts.agreements.actions.drawing_up import resellers_of
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Organisation
from contracts.programmes.models import ProgrammeVersion
from portal.lookups import Lookup, register_lookup
from portal.models import User


def register_lookups() -> None:
    """Let lists be narrowed to a reseller, and an agreement drawn up for one."""
    for code, rows in (("resellers", resellers), ("agreement-resellers", agreement_resellers)):
        register_lookup(
            Lookup(code, "reseller", "resellers", rows, ("name",), lambda one: one.name, place)
        )


def place(reseller: Organisation) -> str:
    """Where a reseller is."""
    return ", ".join(part for part in (reseller.city, reseller.state, reseller.country) if part)


def resellers(user: User, within: str) -> QuerySet[Organisation]:
    """Those with an agreement that the user may see, by name."""
    theirs = Agreement.objects.visible_to(user).filter(reseller=OuterRef("pk"))
    return Organisation.objects.filter(Exists(theirs)).order_by("name")


def agreement_resellers(user: User, within: str) -> QuerySet[Organisation]:
    """With whom the user may draw up an agreement under the programme version of that key, by name."""
    if not user.is_provider or not within.isdecimal() or len(within) > 18:
        return Organisation.objects.none()
    version = ProgrammeVersion.objects.all().visible_to(user).filter(pk=int(within)).first()
    if version is None:
        return Organisation.objects.none()
    return resellers_of(version, user).order_by("name")
