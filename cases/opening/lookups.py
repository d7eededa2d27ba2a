"""What the form that opens a case suggests: Releases of the product, and End-Users of the company (ATSP 1.13, 2.1)."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Max

from cases.case.models import Case
from cases.products.models import Release
from cases.products.rules import LINES, parse_release, supported_lines, tidy_release
from contracts.coverage.models import DelegatedCoverage
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import Permissions, permissions_of, standing_of_contact
from portal import clock
from portal.lookups import MOST, Option
from portal.models import User
from portal.rules.business_time import zone_named
from portal.rules.outside import number_in
from portal.suggestions import register_suggestions
from portal.ui.words import day

NEWEST = 2000
"""End-Users are those of so many of a company's cases, the newest."""


def register_opening() -> None:
    """Let the form suggest."""
    register_suggestions("releases", releases)
    register_suggestions("end-users", end_users)


def releases(user: User, text: str, within: str) -> Sequence[Option]:
    """The published Releases of the product `within` that begin as typed, the newest first, with their support."""
    product, now = number_in(within), clock.now()
    if product is None:
        return []
    rows = Release.objects.filter(product=product, published_on__lte=now.date())
    numbers = sorted(rows.values_list("number", flat=True), key=parse_release, reverse=True)
    agreement = permissions_of(user, now).agreement
    terms = agreement.programme.releases if agreement is not None else None
    lines = supported_lines(map(parse_release, numbers), terms.supported if terms else LINES)
    wanted = tidy_release(text)
    return [
        Option(number, number, _support(number, lines))
        for number in numbers
        if number.startswith(wanted)
    ][: MOST + 1]


def _support(number: str, lines: Sequence[tuple[int, int]]) -> str:
    line = parse_release(number).line
    if line not in lines:
        return "no longer supported"
    return "current" if line == lines[0] else "prior minor Release"


def end_users(user: User, text: str, within: str) -> Sequence[Option]:
    """The End-Users of the company's newest cases whose name holds what is typed, the latest first.

    The company is the user's own; a provider's person asks for that of the contact `within`. Where support agreements
    are delegated, those of the exhibit come first, with their last days. At most seven statements.
    """
    now = clock.now()
    standing = _standing(user, within, now)
    if standing.contact is None:
        return []
    delegated = _delegated(standing, text)
    names = {option.text.casefold() for option in delegated}
    return [
        *delegated,
        *(each for each in _reported(standing.contact, text) if each.text.casefold() not in names),
    ][: MOST + 1]


def _standing(user: User, within: str, now: dt.datetime) -> Permissions:
    if not user.is_provider:
        return permissions_of(user, now)
    contacts = Contact.objects.visible_to(user).select_related("organisation", "site")
    contact = contacts.filter(pk=number_in(within) or 0).first()
    return standing_of_contact(contact, now) if contact else Permissions(now)


def _reported(contact: Contact, text: str) -> list[Option]:
    newest = Case.objects.filter(reseller=contact.organisation_id).order_by("-reported_at")
    rows = (
        Case.objects.filter(pk__in=newest.values("pk")[:NEWEST], end_user__icontains=text)
        .exclude(end_user="")
        .values("end_user")
        .annotate(last=Max("reported_at"), cases=Count("pk"))
        .order_by("-last", "end_user")[: MOST + 1]
    )
    return [
        Option(
            row["end_user"],
            row["end_user"],
            f"{row['cases']} {'case' if row['cases'] == 1 else 'cases'}, the last on "
            f"{day(row['last'].astimezone(zone_named(contact.site.zone)).date())}",
        )
        for row in rows
    ]


def _delegated(standing: Permissions, text: str) -> list[Option]:
    agreement = standing.agreement
    if agreement is None or agreement.programme.coverage is None:
        return []
    lines = DelegatedCoverage.objects.covered(agreement.pk, standing.at)
    today = agreement.date_at(standing.at)
    found: dict[str, dt.date] = {}
    for line in lines:
        if text.casefold() in line.site_name.casefold() and line.ends_on >= today:
            found[line.site_name] = max(line.ends_on, found.get(line.site_name, line.ends_on))
    return [
        Option(name, name, f"covered through {day(last)}")
        for name, last in list(found.items())[: MOST + 1]
    ]
