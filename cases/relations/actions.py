"""Relating cases (ATSP 1.3)."""

import datetime as dt

from cases.case.actions import doing
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules.deeds import Deed
from cases.relations.models import Kind, Relation, RelationQuerySet
from cases.verbs import Verb
from portal.models import User
from portal.rules.refusal import Refusal


def relate(
    case: Case, other: Case, *, kind: Kind, reason: str, by: User, at: dt.datetime
) -> Relation:
    """An engineer relates two cases, which then name each other. Returns the relation.

    Of cases of two resellers only the provider's people know. Raises Refusal for the case itself, one of another
    provider, and one that is related already.
    """
    with doing(case, Deed.RELATE, by=by, at=at) as fresh:
        sentence = ""
        if other.pk == fresh.pk:
            sentence = "A case is not related to itself."
        elif other.provider_id != fresh.provider_id:
            sentence = "The other case is another provider's."
        elif _between(fresh, other).exists():
            sentence = f"Cases {fresh.number} and {other.number} are related already."
        if sentence:
            raise Refusal(sentence, clause="ATSP 1.3", way_out="Name another case.", field="other")
        return tie(fresh, other, kind=kind, reason=reason, by=by, at=at)


def tie(
    fresh: Case, other: Case, *, kind: Kind, reason: str, by: User, at: dt.datetime
) -> Relation:
    """Relate a case that the caller holds, or has just opened, with another; both journals tell it."""
    first, second = sorted((fresh, other), key=lambda one: one.pk)
    relation = Relation.objects.create(
        case=first, other=second, kind=kind, reason=reason.strip(), by=by, at=at
    )
    _record(fresh, other, Verb.CASE_RELATED, f"{kind.label}. {reason}".strip(), by, at)
    return relation


def unrelate(case: Case, relation: Relation, *, by: User, at: dt.datetime) -> Case:
    """An engineer takes a relation back. Returns the case. Raises Refusal when it is none of the case's."""
    with doing(case, Deed.UNRELATE, by=by, at=at) as fresh:
        rows = Relation.objects.on(fresh.pk).select_related("case", "other")
        found: Relation | None = rows.filter(pk=relation.pk).first()
        if found is None:
            raise Refusal(
                "The cases are not related any more.",
                clause="ATSP 1.3",
                way_out="There is nothing to take back.",
                field="relation",
            )
        other = found.other if found.case_id == fresh.pk else found.case
        found.delete()
        _record(fresh, other, Verb.CASE_UNRELATED, "", by, at)
    return fresh


def _between(case: Case, other: Case) -> "RelationQuerySet":
    first, second = sorted((case.pk, other.pk))
    return Relation.objects.filter(case=first, other=second)


def _record(fresh: Case, other: Case, verb: Verb, words: str, by: User, at: dt.datetime) -> None:
    public = fresh.reseller_id == other.reseller_id
    for one, there in ((fresh, other), (other, fresh)):
        record(
            one,
            verb,
            by=by,
            at=at,
            public=public,
            clause="ATSP 1.3",
            text=f"Case {there.number}, “{there.title}”. {words}".strip(),
            other=there.pk,
        )
