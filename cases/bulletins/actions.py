"""Bulletins: drafted, published to the contacts concerned, and read (ATSP 14.1.2)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from cases.bulletins import notices
from cases.bulletins.models import Bulletin, BulletinKind, BulletinReader, ProductInterest
from cases.case.models import Case
from cases.products.models import Product, Release
from cases.verbs import Verb
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.programmes.rules.terms import OptionKind
from contracts.roster.models.entries import RosterEntry
from contracts.scope import places_of
from portal import journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 14.1.2"
WRITERS = (Role.PSAM, Role.ESS, Role.SUPPORT_MANAGEMENT, Role.CPE_MANAGEMENT)
"""Who writes and publishes bulletins."""


@transaction.atomic
def draft_bulletin(
    bulletin: Bulletin | None,
    *,
    kind: BulletinKind,
    title: str,
    body: str,
    products: Iterable[Product],
    releases: Iterable[Release] = (),
    by: User,
    at: dt.datetime,
) -> Bulletin:
    """Write a bulletin, or change one that is not published. Returns it.

    Raises Refusal once it is published, without products, and for a Release of another product.
    """
    require_writer(by)
    products, releases = list(products), list(releases)
    if not products:
        raise Refusal(
            "A bulletin needs a product.",
            clause=CLAUSE,
            way_out="Choose the products: their contacts are notified.",
            field="products",
        )
    foreign = [one for one in releases if one.product not in products]
    if foreign:
        raise Refusal(
            f"{foreign[0]} is not a Release of the chosen products.",
            clause=CLAUSE,
            way_out="Choose its product too, or leave it out.",
            field="releases",
        )
    if bulletin is None:
        fresh = Bulletin(drafted_at=at, drafted_by=by)
    else:
        locks.lock(bulletin)
        fresh = Bulletin.objects.get(pk=bulletin.pk)
        _require_draft(fresh)
    fresh.kind, fresh.title, fresh.body = kind, title.strip(), body.strip()
    fresh.save()
    fresh.products.set(products)
    fresh.releases.set(releases)
    verb = Verb.BULLETIN_DRAFTED if bulletin is None else Verb.BULLETIN_CHANGED
    journal.record(fresh, verb, by=by, at=at, clause=CLAUSE, text=fresh.title)
    return fresh


@transaction.atomic
def publish_bulletin(bulletin: Bulletin, *, by: User, at: dt.datetime) -> Bulletin:
    """Publish a bulletin and tell the contacts concerned, by mail and in their inbox. Returns it.

    Told are the Technical Contacts of agreements in force with the PSAM option, whose service it is, for products
    that each wants to hear of (`interested`). It stays as it is from then on.
    """
    require_writer(by)
    locks.lock(bulletin)
    fresh = Bulletin.objects.get(pk=bulletin.pk)
    _require_draft(fresh)
    fresh.published_at, fresh.published_by = at, by
    fresh.save(update_fields=["published_at", "published_by"])
    told = interested(fresh, by=by, at=at)
    BulletinReader.objects.bulk_create(
        BulletinReader(bulletin=fresh, contact=contact, told_at=at) for contact in told
    )
    journal.record(
        fresh,
        Verb.BULLETIN_PUBLISHED,
        by=by,
        at=at,
        public=True,
        clause=CLAUSE,
        text=fresh.title,
        told=len(told),
    )
    notices.bulletin_published(fresh, told, at=at)
    return fresh


def interested(bulletin: Bulletin, *, by: User, at: dt.datetime) -> list[Contact]:
    """The contacts whom a bulletin concerns, by name; four queries, however many there are.

    A contact hears of the products they chose; without a choice of those that their company has cases on, and of all
    while it has none.
    """
    wanted = set(bulletin.products.values_list("pk", flat=True))
    entries = (
        RosterEntry.objects.current(at)
        .technical()
        .filter(
            agreement__in=Agreement.objects.visible_to(by)
            .in_force(at)
            .filter(options__kind=OptionKind.PSAM.value)
        )
        .select_related("contact__user")
        .order_by("contact__name", "contact_id")
    )
    contacts = list({entry.contact_id: entry.contact for entry in entries}.values())
    chosen: dict[int, set[int]] = {}
    for contact, product in ProductInterest.objects.filter(contact__in=contacts).values_list(
        "contact", "product"
    ):
        chosen.setdefault(contact, set()).add(product)
    seen: dict[int, set[int]] = {}
    companies = {contact.organisation_id for contact in contacts}
    for reseller, product in (
        Case.objects.filter(reseller__in=companies)
        .order_by()
        .values_list("reseller", "product")
        .distinct()
    ):
        seen.setdefault(reseller, set()).add(product)
    return [
        contact
        for contact in contacts
        if (chosen.get(contact.pk) or seen.get(contact.organisation_id) or wanted) & wanted
    ]


@transaction.atomic
def mark_read(bulletin: Bulletin, *, by: User, at: dt.datetime) -> None:
    """Record when a contact first read a bulletin; reading it again changes nothing."""
    contact = Contact.objects.present().filter(user=by).first()
    if contact is None or bulletin.published_at is None:
        return
    mark, new = BulletinReader.objects.get_or_create(
        bulletin=bulletin, contact=contact, defaults={"read_at": at}
    )
    if not new and mark.read_at is None:
        BulletinReader.objects.filter(pk=mark.pk, read_at=None).update(read_at=at)


@transaction.atomic
def choose_products(
    contact: Contact, products: Iterable[Product], *, by: User, at: dt.datetime
) -> None:
    """Set the products that a contact follows; none restores the default. Only for oneself."""
    if contact.user_id != by.pk:
        raise Refusal(
            "You can only choose for yourself.", clause=CLAUSE, way_out="Ask the person to choose."
        )
    locks.lock(contact)
    contact.interests.all().delete()
    chosen = list(products)
    ProductInterest.objects.bulk_create(
        ProductInterest(contact=contact, product=product) for product in chosen
    )
    names = ", ".join(product.name for product in chosen) or "those of the company's cases"
    journal.record(
        contact,
        Verb.BULLETIN_PRODUCTS_CHOSEN,
        by=by,
        at=at,
        clause=CLAUSE,
        text=f"Hears of {names}",
    )


def require_writer(by: User) -> User:
    """The user, if they write bulletins for the house. Raises Refusal otherwise."""
    require_role(by, *WRITERS, act="write bulletins", clause=CLAUSE)
    if places_of(by).exists():
        raise Refusal(
            "You may not write bulletins: the products are another provider's.",
            clause=CLAUSE,
            way_out="The people of that provider write them.",
        )
    return by


def _require_draft(bulletin: Bulletin) -> None:
    if bulletin.published_at is not None:
        raise Refusal(
            f"“{bulletin.title}” is published and stays as it is.",
            clause=CLAUSE,
            way_out="Publish another one that corrects it.",
        )
