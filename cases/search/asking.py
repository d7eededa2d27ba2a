"""A query as the database takes it: one expression of type tsquery over the words and facets of a case."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from cases.search.rules import Query, Term
from contracts.scope import Reach

NOTHING = "''::tsquery"


@dataclass(slots=True)
class Expression:
    """An SQL expression and its values. An empty one asks for nothing and takes part in nothing."""

    sql: str = NOTHING
    values: list[Any] = field(default_factory=list)

    def both(self, other: "Expression") -> "Expression":
        """What has to fit: this and the other."""
        return Expression(f"({self.sql} && {other.sql})", [*self.values, *other.values])

    def either(self, other: "Expression") -> "Expression":
        """What has to fit: this or the other."""
        return Expression(f"({self.sql} || {other.sql})", [*self.values, *other.values])

    def none(self) -> "Expression":
        """What has to fit: nothing of this."""
        return Expression(f"(!! {self.sql})", self.values)


def facets(mark: str, values: Iterable[object]) -> Expression:
    """One of the values of a facet. None at all fits nothing."""
    named = [f"={mark}{value}".replace("'", "") for value in values] or ["=none"]
    return Expression("%s::tsquery", [" | ".join(f"'{name}'" for name in named)])


def named(mark: str, words: Iterable[str], *, parts: bool = False) -> Expression:
    """The beginnings of words of a name; of a number in `parts`, the parts that it begins with."""
    asked = Expression()
    for word in words:
        asked = asked.both(Expression("search_known(%s, %s)", [f"={mark}{word}", parts]))
    return asked


def term(one: Term) -> Expression:
    """A term: a word in its forms and with its endings, several as they stand together."""
    return Expression("search_term(%s::text[], %s)", [list(one.words), one.phrase])


def words(query: Query) -> Expression:
    """What the words of a query ask for."""
    asked = Expression()
    for group in query.every:
        alike = Expression()
        for one in group:
            alike = alike.either(term(one))
        asked = asked.both(alike)
    return asked


def without(query: Query) -> Expression:
    """What must not be found."""
    asked = Expression()
    for one in query.without:
        asked = asked.both(Expression("(!! search_term(%s::text[], true))", [list(one.words)]))
    return asked


def scope(reach: Reach, *, notes: bool = True) -> Expression:
    """Whose cases are found, as `Reach` selects rows; by the provider's people with their `notes`."""
    audience = facets("a", ["p" if reach.is_provider and notes else "r"])
    if not reach.is_provider:
        return audience.both(facets("r", reach.own))
    if reach.place is not None:
        return audience.both(facets("v", [reach.place]))
    return audience.both(facets("v", reach.apart).none()) if reach.apart else audience


def fits(wanted: Expression) -> RawSQL:
    """The condition on a case's row that its words fit: for what so many fit that their keys are too many."""
    return RawSQL(  # noqa: S611  # our own words; what was typed is among the values
        f"EXISTS (SELECT FROM cases_searchdocument d WHERE d.case_id = cases_case.id AND d.words @@ {wanted.sql})",
        wanted.values,
        output_field=BooleanField(),
    )
