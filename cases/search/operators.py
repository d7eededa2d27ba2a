"""What operators select: as facets of a case's words where they are there, else by its row."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.case.selecting import CaseQuerySet
from cases.products.models import Product
from cases.search.asking import Expression, facets, named
from cases.search.rules import NO, Operator, Query, number_in, period_of
from contracts.parties.models.parties import Contact, Organisation
from portal.models import User
from portal.roles import Role
from portal.rules.folding import words_of

MOST_NAMED = 200
"""So many engineers, contacts or resellers of a name at the most are looked for."""
MOST_AMONG = 20_000
"""Of a condition that only the rows know so many cases are looked through at the most."""


@dataclass(slots=True)
class Narrowing:
    """What the operators of a query come to."""

    asked: Expression
    opened_from: dt.datetime | None = None
    opened_to: dt.datetime | None = None
    closed_from: dt.datetime | None = None
    closed_to: dt.datetime | None = None
    among: CaseQuerySet | None = None

    def opened(self, first: dt.datetime | None, end: dt.datetime | None) -> None:
        """Narrow to what was reported from an instant on, and before another."""
        self.opened_from = _later(self.opened_from, first)
        self.opened_to = _earlier(self.opened_to, end)


def narrowing_of(query: Query, user: User, now: dt.datetime) -> Narrowing:
    """What the operators select for a reader at an instant. Days begin at midnight in the reader's zone."""
    made = Narrowing(Expression())
    for operator in query.operators:
        _narrow(made, operator, user, now)
    return made


def _narrow(made: Narrowing, operator: Operator, user: User, now: dt.datetime) -> None:
    name, value = operator.name, operator.value
    if name in ("before", "after", "opened", "closed"):
        _by_day(made, operator)
        return
    if (by_row := _by_row(name, value, user, now)) is not None:
        negative = operator.negative is not (name == "breached" and value.lower() in NO)
        seen = Case.objects.visible_to(user) if made.among is None else made.among
        made.among = seen.exclude(by_row) if negative else seen.filter(by_row)
        return
    asked = _facets(name, value, user)
    made.asked = made.asked.both(asked.none() if operator.negative else asked)


def _by_row(name: str, value: str, user: User, now: dt.datetime) -> Q | None:
    """The condition on a case's row that an operator is, None for one that the facets know."""
    if name == "number":
        return Q(pk=number_in(value))
    if name == "breached":
        return Q(next_due_at__lt=now) & ~Q(state=State.CLOSED)
    if (name, value.lower()) == ("is", "watched"):
        return Q(pk__in=Case.objects.watched_by(user).order_by().values("pk"))
    return None


def _facets(name: str, value: str, user: User) -> Expression:
    low = value.lower().replace(" ", "_")
    match name:
        case "severity":
            return facets("s", low.split(","))
        case "state" | "is" if low in ("open", "closed"):
            return facets("x", [low[0]])
        case "state":
            return facets("t", [low])
        case "is":
            return facets("o", [user.pk if low == "mine" else 0])
        case "waiting":
            return facets("t", [f"waiting_for_{low}"])
        case "has":
            return facets("h", ["f"])
        case "owner":
            return facets("o", _owners(low, value, user))
        case "product":
            found = Product.objects.filter(name__icontains=value).values_list("pk", flat=True)
            return facets("p", found[:MOST_NAMED])
        case "release":
            return Expression(
                "%s::tsquery", ["'=l" + low.replace("'", "").replace("\\", "") + "':*"]
            )
        case "platform":
            return named("h", words_of(value))
        case "enduser":
            return named("u", words_of(value))
        case "reseller":
            rows = Organisation.objects.visible_to(user).filter(name__icontains=value)
            return facets("r", rows.values_list("pk", flat=True)[:MOST_NAMED])
    contacts = Contact.objects.visible_to(user).filter(
        Q(name__icontains=value) | Q(email__icontains=value) | Q(code__iexact=value)
    )
    return facets("c", contacts.values_list("pk", flat=True)[:MOST_NAMED])


def _owners(low: str, value: str, user: User) -> list[int]:
    if low == "me":
        return [user.pk]
    if low in ("nobody", "none"):
        return [0]
    named_so = User.objects.filter(is_active=True, name__icontains=value, roles__overlap=list(Role))
    return list(named_so.values_list("pk", flat=True)[:MOST_NAMED])


def _by_day(made: Narrowing, operator: Operator) -> None:
    first, end = period_of(operator.value) or (None, None)
    begins, ends = _midnight(first), _midnight(end)
    match operator.name:
        case "before" if operator.negative:
            made.opened(begins, None)
        case "before":
            made.opened(None, begins)
        case "after" if operator.negative:
            made.opened(None, begins)
        case "after":
            made.opened(begins, None)
        case "opened":
            made.opened(begins, ends)
        case "closed":
            made.closed_from = _later(made.closed_from, begins)
            made.closed_to = _earlier(made.closed_to, ends)


def _midnight(day: dt.date | None) -> dt.datetime | None:
    if day is None:
        return None
    return dt.datetime.combine(day, dt.time.min, timezone.get_current_timezone())


def _later(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return max(filter(None, (one, other)), default=None)


def _earlier(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    return min(filter(None, (one, other)), default=None)
