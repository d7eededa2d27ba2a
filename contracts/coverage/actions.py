"""Keeping delegated coverage: a line comes and goes by a written instrument of both parties (SCL 19.3, Ex.C)."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from contracts.agreements.models.agreements import Agreement
from contracts.coverage.models import DelegatedCoverage
from contracts.coverage.rules import Covered, check_line
from contracts.parties.people import require_serving
from contracts.programmes.rules.terms import Coverage
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@transaction.atomic
def enter_line(
    agreement: Agreement, line: Covered, *, paper: str, by: User, at: dt.datetime
) -> DelegatedCoverage:
    """Enter a line of delegated coverage from now on, by the paper that both parties signed (SCL 19.3, Ex.C).

    Cases reported before keep what the exhibit said then. Raises Refusal for whoever does not keep the agreement, a
    programme that delegates nothing, a line that is not right, and without the paper.
    """
    terms = _keeping(agreement, by)
    check_line(terms, line, effective_on=agreement.effective_on)
    entered = DelegatedCoverage.objects.create(
        agreement=agreement,
        line=(agreement.coverages.aggregate(last=Max("line"))["last"] or 0) + 1,
        site_id=line.site_id,
        site_name=line.site_name,
        description=line.description,
        level=line.level,
        ends_on=line.ends_on,
        entered_at=at,
        entered_by_paper=_paper(terms, paper),
    )
    _record(entered, terms, Verb.COVERAGE_ENTERED, paper, by=by, at=at)
    return entered


@transaction.atomic
def strike_line(
    line: DelegatedCoverage, *, paper: str, by: User, at: dt.datetime
) -> DelegatedCoverage:
    """Strike a line from now on, by the paper that both parties signed (SCL 19.3).

    Cases reported before keep what the exhibit said then. Raises Refusal as `enter_line` does, and for a line that is
    struck already.
    """
    agreement = line.agreement
    terms = _keeping(agreement, by)
    line = DelegatedCoverage.objects.select_related("agreement").get(pk=line.pk)
    if line.struck_at is not None:
        raise Refusal(
            "This line is struck already.",
            clause=_clause(terms),
            way_out="Look at the exhibit as it stands.",
        )
    line.struck_at, line.struck_by_paper = at, _paper(terms, paper)
    line.save(update_fields=["struck_at", "struck_by_paper"])
    _record(line, terms, Verb.COVERAGE_STRUCK, paper, by=by, at=at)
    return line


def _keeping(agreement: Agreement, by: User) -> Coverage:
    """The terms, with the agreement's lock held, for somebody who may keep it."""
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="keep the delegated coverage")
    require_serving(by, agreement.provider_id, "keep the delegated coverage")
    locks.lock(agreement)
    terms = agreement.programme.coverage
    if terms is None:
        raise Refusal("This programme delegates no support.")
    return terms


def _clause(terms: Coverage) -> str:
    return terms.amendment_clause or terms.clause


def _paper(terms: Coverage, paper: str) -> str:
    if not paper.strip():
        raise Refusal(
            "The exhibit changes only by a written instrument of both parties.",
            clause=_clause(terms),
            way_out="Name the paper that both signed.",
            field="paper",
        )
    return paper.strip()


def _record(
    line: DelegatedCoverage, terms: Coverage, verb: Verb, paper: str, *, by: User, at: dt.datetime
) -> None:
    journal.record(
        line.agreement,
        verb,
        by=by,
        at=at,
        clause=_clause(terms),
        public=True,
        text=f"{line}, through {day_words(line.ends_on)}. {paper.strip()}",
        line=line.line,
    )
