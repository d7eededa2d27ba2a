"""A case held against the delegated coverage of its End-User (SCL Ex.C; D-43)."""

import datetime as dt
import zoneinfo

from cases.case.models import Case
from contracts.coverage.models import DelegatedCoverage
from contracts.coverage.rules import CoverageFinding, coverage_of
from contracts.parties.models.parties import Site
from contracts.programmes.rules.terms import Programme


def coverage_at(
    programme: Programme,
    agreement_id: int,
    site: Site,
    *,
    end_user: str,
    product: str,
    at: dt.datetime,
) -> CoverageFinding | None:
    """What the exhibit says of an End-User at an instant, by the date at the site; None where none is kept.

    One query, and none under a programme that delegates nothing.
    """
    if programme.coverage is None:
        return None
    return coverage_of(
        programme.coverage,
        DelegatedCoverage.objects.covered(agreement_id, at),
        end_user=end_user,
        product=product,
        on=at.astimezone(zoneinfo.ZoneInfo(site.zone)).date(),
    )


def coverage_of_case(case: Case) -> CoverageFinding | None:
    """What the exhibit said of the case's End-User on the day of its report."""
    return coverage_at(
        case.programme,
        case.agreement_id,
        case.site,
        end_user=case.end_user,
        product=case.product.name,
        at=case.reported_at,
    )
