"""Whom and what an act on a case chooses: engineers, the contact who goes on, articles."""

from django.db.models import Exists, OuterRef, QuerySet

from cases.case.actions import ENGINEERS
from cases.case.contacts import technical_lines
from cases.case.models import Case
from cases.case.rules.vocabulary import State
from cases.handling.actions import may_answer_for
from cases.knowledge.models import Article
from cases.products.models import Product
from cases.watching.actions import may_follow
from contracts.parties.models.parties import Contact
from contracts.parties.people import colleagues_of, holders
from contracts.parties.presence import there
from portal import clock
from portal.lookups import Lookup, register_lookup
from portal.models import User
from portal.ui.words import day


def register_lookups() -> None:
    """Let acts on cases choose among many."""
    register_lookup(
        Lookup(
            "engineers",
            "engineer",
            "engineers",
            engineers,
            ("name",),
            lambda user: user.name,
            lambda user: user.email,
        )
    )
    register_lookup(
        Lookup(
            "case-engineers",
            "engineer",
            "engineers",
            colleagues,
            ("name",),
            lambda user: user.name,
            lambda user: user.email,
        )
    )
    register_lookup(
        Lookup(
            "case-owners",
            "engineer",
            "engineers",
            owners,
            ("name",),
            lambda user: user.name,
        )
    )
    register_lookup(
        Lookup(
            "products",
            "product",
            "products",
            lambda user, within: Product.objects.all(),
            ("name",),
        )
    )
    register_lookup(
        Lookup(
            "case-contacts",
            "contact",
            "contacts",
            contacts,
            ("name", "email", "code"),
            lambda contact: contact.name,
            lambda contact: contact.email,
            ("telephone_digits",),
        )
    )
    register_lookup(
        Lookup(
            "case-callers",
            "contact",
            "contacts",
            callers,
            ("name", "email", "code"),
            lambda contact: contact.name,
            lambda contact: contact.telephone or contact.email,
            ("telephone_digits",),
        )
    )
    register_lookup(
        Lookup(
            "case-followers",
            "contact",
            "contacts",
            followers,
            ("name", "email", "code"),
            lambda contact: contact.name,
            lambda contact: contact.email,
        )
    )
    register_lookup(
        Lookup(
            "original-cases",
            "case",
            "cases",
            originals,
            ("title",),
            lambda case: f"{case.number} {case.title}",
            lambda case: f"{State(case.state).label}, reported {day(case.reported_at)}",
            keyed=True,
        )
    )
    register_lookup(
        Lookup(
            "related-cases",
            "case",
            "cases",
            others,
            ("title",),
            lambda case: f"{case.number} {case.title}",
            lambda case: f"{case.reseller.name}, {State(case.state).label}",
            keyed=True,
        )
    )
    register_lookup(
        Lookup(
            "articles",
            "article",
            "articles",
            articles,
            ("number", "title"),
            lambda article: article.number,
            lambda article: article.title,
        )
    )


def engineers(user: User, within: str) -> QuerySet[User]:
    """The engineers who are there and may own the case of that number, by name; none to a reseller's people."""
    case = _case(user, within)
    if case is None or not user.is_provider:
        return User.objects.none()
    return there(holders(case.agreement_id, *ENGINEERS), clock.now())


def colleagues(user: User, within: str) -> QuerySet[User]:
    """The engineers who are there and serve the same providers, by name; none to a reseller's people."""
    if not user.is_provider:
        return User.objects.none()
    return there(colleagues_of(user, *ENGINEERS), clock.now())


def owners(user: User, within: str) -> QuerySet[User]:
    """Whoever has or had a case that the user may see, by name."""
    theirs = Case.objects.visible_to(user).filter(owner=OuterRef("pk"))
    return User.objects.filter(Exists(theirs)).order_by("name", "pk")


def contacts(user: User, within: str) -> QuerySet[Contact]:
    """Those to whom the case of that number may be handed, by name."""
    case = _case(user, within)
    if case is None:
        return Contact.objects.none()
    return may_answer_for(case, clock.now()).order_by("name", "pk")


def callers(user: User, within: str) -> QuerySet[Contact]:
    """The Technical Contacts who may call about the case of that number, by name, with those who still wait; none to a
    reseller's people.
    """
    case = _case(user, within)
    if case is None or not user.is_provider:
        return Contact.objects.none()
    lines = technical_lines(case, clock.now())
    return Contact.objects.filter(pk__in=lines.values("contact")).order_by("name", "pk")


def followers(user: User, within: str) -> QuerySet[Contact]:
    """Who of the reseller's roster may follow the case of that number and does not yet, by name."""
    case = _case(user, within)
    if case is None:
        return Contact.objects.none()
    return may_follow(case, clock.now()).order_by("name", "pk")


def originals(user: User, within: str) -> QuerySet[Case]:
    """The other cases of that one's reseller and provider, of which it may be a duplicate, newest first."""
    case = _case(user, within)
    if case is None:
        return Case.objects.none()
    cases = Case.objects.visible_to(user).filter(
        reseller=case.reseller_id, provider=case.provider_id
    )
    return cases.exclude(pk=case.pk).newest_first()


def others(user: User, within: str) -> QuerySet[Case]:
    """The other cases of that one's provider, to which an engineer may relate it, newest first."""
    case = _case(user, within)
    if case is None or not user.is_provider:
        return Case.objects.none()
    cases = Case.objects.visible_to(user).filter(provider=case.provider_id)
    return cases.exclude(pk=case.pk).select_related("reseller").newest_first()


def articles(user: User, within: str) -> QuerySet[Article]:
    """The articles that the user may see, by number."""
    return Article.objects.visible_to(user).order_by("number")


def _case(user: User, number: str) -> Case | None:
    if not number.isdecimal() or len(number) > 18:
        return None
    return Case.objects.visible_to(user).select_related("agreement").filter(pk=int(number)).first()
