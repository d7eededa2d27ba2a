"""What limits the support that a report gets: shown to the engineer, and refusing nothing (ATSP 4.8, 9.3)."""

import datetime as dt

from cases.case.coverage import coverage_at
from cases.opening.arrival import Arrival
from cases.opening.report import Report
from cases.products import rules as release
from contracts.agreements.models.agreements import Agreement
from contracts.ending.models import SoftwareNotice
from contracts.parties.models.parties import Contact


def limitations_of(
    report: Report, agreement: Agreement, contact: Contact, known: Arrival, at: dt.datetime
) -> list[dict[str, str]]:
    """What the engineer should weigh: the limitations of 4.8, the End-User's coverage where it is delegated, and
    whether support for the Software has ended (ATSP 9.3)."""
    programme = agreement.programme
    told = bool(report.release.strip())  # a telephone report may leave it for later
    flags = release.limitations(
        report.release,
        [release.parse_release(number) for number in known.releases] if told else [],
        modified=report.modified_software,
        lines=programme.releases.supported if programme.releases else release.LINES,
    )
    clause = programme.releases.clause if programme.releases else ""
    found = [
        {
            "clause": clause
            if flag.limitation is release.Limitation.RELEASE and clause
            else programme.paper.cite(flag.clause),
            "words": flag.words,
        }
        for flag in flags
    ]
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
            f"Support for {notice.software} ended on {notice.ends_on.isoformat()}, "
            f"by the notice of {notice.given_on.isoformat()}."
        )
        found.append({"clause": term.software_notice_clause, "words": words})
    return found
