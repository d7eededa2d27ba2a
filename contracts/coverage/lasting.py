"""Whose support goes on when an agreement has expired: End-Users whose own agreements were delegated (SCL 8.4)."""

from collections import defaultdict
from collections.abc import Iterable

from contracts.agreements.models.agreements import Agreement, EndCause
from contracts.coverage.models import DelegatedCoverage
from contracts.coverage.rules import Covered, served_on


def served_after(agreements: Iterable[Agreement]) -> dict[int, str]:
    """Who is still served after the last day of each expired agreement, in words (SCL 8.4); one query at most."""
    lasting = [one for one in agreements if goes_on(one)]
    if not lasting:
        return {}
    lines: dict[int, list[Covered]] = defaultdict(list)
    found = DelegatedCoverage.objects.filter(
        agreement__in=[one.pk for one in lasting], struck_at=None
    )
    for line in found.order_by("agreement", "line"):
        lines[line.agreement_id].append(line.covered)
    return {one.pk: served_on(lines[one.pk], one.anniversary) for one in lasting}


def goes_on(agreement: Agreement) -> bool:
    """Whether an agreement's coverage outlasts it: its programme says so, and it was not terminated."""
    coverage = agreement.programme.coverage
    if coverage is None or not coverage.outlasts_clause:
        return False
    return agreement.end_cause in ("", EndCause.EXPIRED)
