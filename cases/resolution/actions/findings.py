"""What a case turned out to be: determination, the article that answers it, replication (ATSP 2.3, Ex.B; D-3, D-12)."""

import datetime as dt

from cases.case.actions import doing
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.knowledge.models import Article
from cases.resolution.rules import Charge, case_charge
from cases.verbs import Verb
from contracts.prepaid.actions import ledger as case_ledger
from portal.models import User
from portal.rules.refusal import Refusal


def determine(case: Case, *, by: User, at: dt.datetime, determination: str) -> Case:
    """Determine what the Problem is, which settles the charge (ATSP 2.3, D-3). Returns the case.

    A later determination may settle it otherwise. Raises Refusal for a code the programme does not have.
    """
    with doing(case, Deed.DETERMINE, by=by, at=at) as fresh:
        try:
            result = case_charge(fresh.programme, determination, before=Charge(fresh.charge))
        except KeyError:
            raise Refusal(
                f"{determination!r} is not a determination of this programme.",
                clause="ATSP 2.3",
                way_out="Choose one of the list.",
                field="determination",
            ) from None
        before = {"determination": fresh.determination, "charge": fresh.charge}
        fresh.determination = determination
        fresh.charge = result.charge
        record(
            fresh,
            Verb.CASE_DETERMINED,
            by=by,
            at=at,
            public=True,
            clause=result.clause,
            text=result.words,
            before=before,
            after={"determination": determination, "charge": result.charge.value},
        )
        case_ledger.settle(
            fresh.number,
            charged=result.charge is Charge.CHARGED,
            clause=result.clause,
            by=by,
            at=at,
        )
    return fresh


def link_article(case: Case, article: Article, *, by: User, at: dt.datetime) -> Case:
    """Link the article that answers the case (D-12); only the provider sees an unpublished one. Returns the case."""
    with doing(case, Deed.ARTICLE, by=by, at=at) as fresh:
        fresh.article = article
        record(
            fresh,
            Verb.CASE_ARTICLE_LINKED,
            by=by,
            at=at,
            public=article.published_at is not None,
            clause="ATSP Ex.B",
            text=f"Answered by {article.number}, “{article.title}”.",
            after={"article": article.number, "fix_published_at": article.fix_published_at},
        )
    return fresh


def mark_replicated(case: Case, *, by: User, at: dt.datetime) -> Case:
    """Record that the provider had to replicate the Problem itself (ATSP Ex.B). Returns the case."""
    with doing(case, Deed.REPLICATED, by=by, at=at) as fresh:
        fresh.replicated_by_provider_at = at
        record(
            fresh,
            Verb.CASE_REPLICATED_BY_PROVIDER,
            by=by,
            at=at,
            public=True,
            clause="ATSP Ex.B",
            text="The provider replicated the Problem.",
        )
    return fresh
