"""What limits the support that a report gets: shown to the engineer, and refusing nothing (ATSP 4.8, 9.3)."""

import datetime as dt

from cases.case.coverage import coverage_at
from cases.opening.arrival import Arrival
from cases.opening.report import Report
from cases.opening.rules import Outlasting
from cases.products import rules as release
from contracts.agreements.models.agreements import Agreement
from contracts.coverage.models import DelegatedCoverage
from contracts.coverage.rules import served_on
from contracts.ending.models import SoftwareNotice
from contracts.parties.models.parties import Contact
from contracts.roster.permissions import Permissions
from portal.ui.words import day


def outlasting_of(
    standing: Permissions, contact: Contact, report: Report | None = None
) -> Outlasting | None:
    """For whom support goes on after the agreement expired, and whether the report is for one of them (SCL 8.4).

    None while the agreement is in force.
    """
    agreement, at = standing.agreement, standing.at
    if agreement is None or not standing.outlasting:
        return None
    coverage = agreement.programme.coverage
    if coverage is None or coverage.outlasts_clause is None:
        return None
    lines = DelegatedCoverage.objects.covered(agreement.pk, at)
    served = served_on(lines, agreement.date_at(at))
    if report is None:
        return Outlasting(coverage.outlasts_clause, agreement.programme.over, served)
    finding = coverage_at(
        agreement.programme,
        agreement.pk,
        contact.site,
        end_user=report.end_user,
        product=report.product.name,
        at=at,
    )
    assert finding is not None, "the programme has coverage"  # noqa: S101
    return Outlasting(
        coverage.outlasts_clause,
        agreement.programme.over,
        served,
        found=finding.words,
        covered=not finding.verdict.is_flagged,
    )


def limitations_of(
    report: Report, agreement: Agreement, contact: Contact, known: Arrival, at: dt.datetime
) -> list[dict[str, str]]:
    """What the engineer should weigh: the limitations of 4.8, the End-User's coverage where it is delegated, and
    whether support for the Software has ended (ATSP 9.3)."""
    programme = agreement.programme
    flags = release.limitations(
        report.release,  # blank where a telephone report leaves it for later
        [release.parse_release(number) for number in known.releases],
        modified=report.modified_software,
        platform_supported=release.is_supported_on(
            f"{report.platform} {report.operating_system}" if report.operating_system else "",
            report.product.platform_names,
        ),
        platforms=report.product.platform_names,
        lines=programme.releases.supported if programme.releases else release.LINES,
    )
    found = []
    for flag in flags:
        named = programme.limitation(flag.limitation.value)
        clause = named.clause if named else programme.paper.cite(flag.clause)
        found.append({"clause": clause, "words": flag.words})
    software = programme.software
    if software is not None and not software.has(report.product.name):
        words = f"{report.product.name} is not the Software: that is {', '.join(software.names)}."
        found.append({"clause": software.clause, "words": words})
    covered = coverage_at(
        programme,
        agreement.pk,
        contact.site,
        end_user=report.end_user,
        product=report.product.name,
        at=at,
    )
    if covered is not None and covered.verdict.is_flagged:
        found.append({"clause": covered.clause, "words": covered.words})
    term = programme.term
    if term is not None and known.notice is not None:
        notice = SoftwareNotice.objects.get(pk=known.notice)
        words = (
            f"Support for {notice.software} ended on {day(notice.ends_on)}, "
            f"by the notice of {day(notice.given_on)}."
        )
        found.append({"clause": term.software_notice_clause, "words": words})
    return found
