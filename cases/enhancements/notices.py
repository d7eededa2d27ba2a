"""Notices about requests for enhancement (ATSP 1.5, 10.1, 14.1.4)."""

import datetime as dt

from cases.enhancements.models import Enhancement
from contracts.agreements.models.agreements import Agreement
from contracts.parties import people
from contracts.parties.people import Directory
from portal.models import User
from portal.notices import outbox
from portal.roles import Role


def enhancement_submitted(enhancement: Enhancement, *, at: dt.datetime) -> None:
    """Tell the reseller's PSAM, the liaison to product management; without one, those who review (ATSP 14.1.4)."""
    to: list[User] = []
    if enhancement.reseller is not None:
        agreements = list(
            Agreement.objects.in_force(at)
            .filter(reseller=enhancement.reseller)
            .select_related("reseller")
        )
        directory = Directory(agreements, at)
        to = [user for agreement in agreements for user in directory.psams_of(agreement)]
    to = to or people.house_holders(Role.CPE_MANAGEMENT, at=at)
    outbox.post(
        enhancement,
        "submitted",
        to=list(dict.fromkeys(to)),
        template="enhancement_submitted",
        title=f"{enhancement.number} submitted: {enhancement.title}",
        context={
            "number": enhancement.number,
            "name_of_it": enhancement.title,
            "product": enhancement.product.name,
            "reseller": enhancement.reseller.name if enhancement.reseller else "",
            "author": enhancement.submitted_by.name,
            "request": enhancement.request,
            "due": "Review it, and say what becomes of it",
            "by_whom": "the PSAM, with product management",
        },
        url=enhancement.get_absolute_url(),
        clause="ATSP 14.1.4",
        at=at,
    )


def enhancement_disposed(enhancement: Enhancement, *, by: User, at: dt.datetime) -> None:
    """Tell those who asked for a request or voted for it what was decided; nobody reads who the others are."""
    people = list(
        User.objects.filter(
            pk__in=enhancement.voters.values("by"), is_active=True, contact__left_at=None
        )
    )
    if enhancement.submitted_by.is_active:
        people.append(enhancement.submitted_by)
    outbox.post(
        enhancement,
        f"disposed:{at.isoformat()}",
        to=[user for user in dict.fromkeys(people) if user != by],
        template="enhancement_disposed",
        title=f"{enhancement.number} is {enhancement.standing.label}: {enhancement.title}",
        context={
            "number": enhancement.number,
            "name_of_it": enhancement.title,
            "state": enhancement.standing.label,
            "disposition": enhancement.disposition,
            "release": enhancement.release,
        },
        url=enhancement.get_absolute_url(),
        clause="ATSP 10.1",
        at=at,
    )
