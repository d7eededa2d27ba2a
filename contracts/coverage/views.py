"""The side of an agreement that shows whose support was delegated under it, and until when (SCL 8.4, Ex.C)."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from contracts.agreements.models.agreements import Agreement
from contracts.coverage.forms import ACTS
from contracts.coverage.models import DelegatedCoverage
from contracts.coverage.rules import Covered, coverage_of
from contracts.frame import agreement_or_404, is_administrator, render_tab
from contracts.programmes.rules.terms import Coverage
from portal import clock
from portal.access import reader
from portal.acts import Act, Actor, answer
from portal.filters import Asked
from portal.paging import part_of

SOON = dt.timedelta(days=90)
MOST_TYPED = 120
ROWS = 50


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """Equal lines of the exhibit as one row: `copies` licenses of a site, and where their coverage stands."""

    line: Covered
    copies: int
    level: str
    days_left: int

    @property
    def has_ended(self) -> bool:
        """Whether the last day is past."""
        return self.days_left < 0

    @property
    def ends_soon(self) -> bool:
        """Whether the last day is near."""
        return 0 <= self.days_left <= SOON.days


@require_GET
@login_required
def agreement_coverage(request: HttpRequest, reference: str) -> HttpResponse:
    """The exhibit, line by line, and what it says of an End-User that the reader asks about; 404 where none is kept."""
    agreement = agreement_or_404(request, reference)
    terms = agreement.programme.coverage
    if terms is None:
        raise Http404
    today = agreement.date_at(clock.now())
    lines = DelegatedCoverage.objects.covered(agreement.pk, clock.now())
    asked = Asked(request.GET)
    asked.only(("end_user", "product"))
    end_user = asked.text("end_user")[:MOST_TYPED]
    product = asked.text("product")[:MOST_TYPED]
    rows = [] if asked.refused else rows_of(terms, lines, today)
    context = {
        "keeps": is_administrator(request.user),
        "coverage": terms,
        "rows": part_of(rows, request.GET.get("page"), ROWS, "lines"),
        "sites": len({row.line.site_id for row in rows}),
        "ended": sum(row.has_ended for row in rows),
        "end_user": end_user,
        "refused": asked.refused,
        "product": product,
        "answer": coverage_of(terms, lines, end_user=end_user, product=product, on=today)
        if end_user
        else None,
        "today": today,
    }
    return render_tab(request, agreement, "agreement_coverage", "contracts/coverage.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def coverage_act(request: HttpRequest, reference: str, act: str) -> HttpResponse:
    """Enter or strike a line of the exhibit; 404 where none is kept. A refusal keeps what was typed."""
    agreement = agreement_or_404(request, reference)
    if agreement.programme.coverage is None:
        raise Http404

    def page(form: Act[Agreement, Actor]) -> HttpResponse:
        template = "contracts/coverage_act.html"
        shown = {"act": form}
        return render_tab(
            request, agreement, "agreement_coverage", template, shown, status=form.status
        )

    return answer(request, ACTS.get(act), agreement, Actor(reader(request), clock.now()), page)


def rows_of(terms: Coverage, lines: Sequence[Covered], today: dt.date) -> list[CoverageRow]:
    """The lines in the order of the paper, equal ones together, with the days that are left of each."""
    return [
        CoverageRow(line, copies, terms.level(line.level).name, (line.ends_on - today).days)
        for line, copies in Counter(lines).items()
    ]
