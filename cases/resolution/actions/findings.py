"""What a case turned out to be: determination, the article that answers it, replication (ATSP 2.3, Ex.B; D-3, D-12)."""

import datetime as dt

from cases.case.actions import doing
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.knowledge.models import Article
from cases.resolution import proposal
from cases.resolution.rules import Charge, case_charge
from cases.verbs import Verb
from contracts.prepaid.actions import ledger as case_ledger
from portal.models import User
from portal.rules.refusal import Refusal

DUPLICATE = "duplicate"
"""The determination of a case that has another's Problem; with it the case names that one (D-27)."""


def determine(case: Case, *, by: User, at: dt.datetime, determination: str) -> Case:
    """Determine what the Problem is, which settles the charge (ATSP 2.3, D-3). Returns the case.

    A later determination may settle it otherwise. Raises Refusal for a code the programme does not have.
    """
    with doing(case, Deed.DETERMINE, by=by, at=at) as fresh:
        if determination == DUPLICATE and fresh.duplicate_of_id is None:
            raise Refusal(
                "A duplicate names its original.",
                clause=fresh.programme.paper.cite("ATSP 1.3, D-27"),
                way_out="Choose “Close as a duplicate” and name the case that has the same Problem.",
                field="determination",
            )
        was_duplicate = fresh.duplicate_of_id is not None
        _settle(fresh, determination, by=by, at=at)
        if was_duplicate and fresh.duplicate_of_id is None and fresh.closing_proposed_at:
            proposal.off(fresh, by=by, at=at, cause="The case is no duplicate.")
    return fresh


def name_original(fresh: Case, original: Case, *, by: User, at: dt.datetime) -> None:
    """Name the case of which one that the caller holds is the duplicate, and give that one back (ATSP 1.3).

    Raises Refusal for an original that is the case itself, another reseller's, or a duplicate.
    """
    sentence, way_out = "", "Name another case of the same reseller."
    if original.pk == fresh.pk:
        sentence = "A case is not its own duplicate."
    elif (original.reseller_id, original.provider_id) != (fresh.reseller_id, fresh.provider_id):
        sentence = "The original is a case of the same reseller."
    elif original.duplicate_of_id is not None:
        sentence = (
            f"Case {original.number} is itself a duplicate of case {original.duplicate_of_id}."
        )
        way_out = (
            f"Name case {original.duplicate_of_id}, or say what case {original.number} is instead."
        )
    if sentence:
        clause = fresh.programme.paper.cite("ATSP 1.3, D-27")
        raise Refusal(sentence, clause=clause, way_out=way_out, field="original")
    fresh.duplicate_of = original
    record(
        fresh,
        Verb.CASE_DUPLICATE_NAMED,
        by=by,
        at=at,
        public=True,
        clause="ATSP 1.3",
        text=f"The same Problem as case {original.number}, “{original.title}”.",
        after={"duplicate_of": original.pk},
    )
    record(
        original,
        Verb.CASE_HAS_DUPLICATE,
        by=by,
        at=at,
        public=True,
        clause="ATSP 1.3",
        text=f"Case {fresh.number}, “{fresh.title}”, reports the same Problem.",
        duplicate=fresh.pk,
    )
    if any(one.code == DUPLICATE for one in fresh.programme.determinations):
        _settle(fresh, DUPLICATE, by=by, at=at)


def _settle(fresh: Case, determination: str, *, by: User, at: dt.datetime) -> None:
    """Determine a case that the caller holds, and charge it or give it back."""
    try:
        result = case_charge(fresh.programme, determination, before=Charge(fresh.charge))
    except KeyError:
        raise Refusal(
            f"{determination!r} is not a determination of this programme.",
            clause="ATSP 2.3",
            way_out="Choose one of the list.",
            field="determination",
        ) from None
    before = {
        "determination": fresh.determination,
        "charge": fresh.charge,
        "duplicate_of": fresh.duplicate_of_id,
    }
    fresh.determination = determination
    fresh.charge = result.charge
    if determination != DUPLICATE:
        fresh.duplicate_of = fresh.merged_at = None
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
