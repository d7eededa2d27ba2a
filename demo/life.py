"""Agreements at other points of their life than in force: one signed that awaits its day, and a draft."""

import datetime as dt

from contracts.agreements.actions import drawing_up
from contracts.agreements.actions.signed_copies import attach_signed_copy
from contracts.agreements.actions.signing import sign_agreement
from contracts.agreements.document.page_1 import page_1
from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import NoticeLine, PostalAddress, Signatory, SiteLine
from contracts.agreements.rules.contract_year import add_months
from contracts.agreements.rules.drawing_up import NewReseller, OptionChoice, Paper
from contracts.programmes.models import ProgrammeVersion
from portal.models import User

PROGRAMME = "atsp-2002"
SELLER = Signatory("Barbara T. Bakich", "Vice President, Sales")


def draw_up_agreements(by: User, now: dt.datetime) -> None:
    """Fjordlys has signed for the first of next month; Aurora's agreement is still a draft (ATSP page 1)."""
    version = ProgrammeVersion.objects.latest_of(PROGRAMME)
    week = dt.timedelta(days=7)
    first = add_months(now.date().replace(day=1), 1)
    signed = drawing_up.draw_up(version, _fjordlys(first), by=by, at=now - 2 * week)
    sign_agreement(signed, by=by, at=now - week, signed_on=(now - week).date())
    drawing_up.draw_up(version, _aurora(add_months(first, 1)), by=by, at=now - dt.timedelta(days=2))
    filed = Agreement.objects.filter(programme_version__code=PROGRAMME).order_by("pk").first()
    if filed is not None:
        content = page_1(filed, now)
        attach_signed_copy(filed, name="Page 1, conformed.pdf", content=content, by=by, at=now)


def _fjordlys(first: dt.date) -> Paper:
    return Paper(
        contract_number="271-ATSP-4502",
        effective_on=first,
        tier="level-1",
        tier_initials="IH",
        options=(OptionChoice("psam-1", 1, "IH"),),
        new_reseller=NewReseller(
            "Fjordlys Data AS", PostalAddress("Eksempelkaien 4", "Bergen", "", "5003", "Norway")
        ),
        reseller_agreement_number="271-RSLR-3560",
        sites=(SiteLine("Bergen", "EMEA", "Europe/Oslo"),),
        reseller_notices=NoticeLine("Fjordlys Data AS", attention="Ingrid Haugen"),
        provider_signatory=SELLER,
        reseller_signatory=Signatory("Ingrid Haugen", "Daglig leder"),
    )


def _aurora(first: dt.date) -> Paper:
    return Paper(
        contract_number="271-ATSP-4507",
        effective_on=first,
        tier="level-2",
        options=(OptionChoice("psam-2", 1), OptionChoice("ess-2", 1)),
        new_reseller=NewReseller(
            "Aurora Storage Services",
            PostalAddress("1 Example Plaza", "Denver", "CO", "80202", "USA"),
        ),
        reseller_agreement_number="271-RSLR-3571",
        reseller_agreement_in_force=False,
        sites=(
            SiteLine("Denver", "US", "America/Denver"),
            SiteLine("Leeds", "EMEA", "Europe/London"),
        ),
        provider_signatory=SELLER,
        reseller_signatory=Signatory("Ada Lindt", "Director"),
    )
