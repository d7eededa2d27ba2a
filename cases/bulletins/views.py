"""Bulletins: the archive and its search, one of them, drafting, publishing, one's own products (ATSP 14.1.2)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from cases.bulletins.actions import (
    CLAUSE,
    WRITERS,
    mark_read,
    publish_bulletin,
    require_writer,
)
from cases.bulletins.forms import BulletinForm, InterestForm
from cases.bulletins.models import Bulletin, BulletinKind
from cases.products.models import Product
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.scope import organisations_served
from portal import clock
from portal.access import get_visible_or_404, reader, require_role, sent_from
from portal.acts import Act, Actor, answer
from portal.filters import Asked
from portal.models import User
from portal.paging import page_of
from portal.rules.refusal import Refusal

ROWS = 25
READERS = 50


@require_GET
@login_required
def bulletins(request: HttpRequest) -> HttpResponse:
    """The archive, the latest first; `q`, `kind`, `product` and `unread` narrow it."""
    user = reader(request)
    asked, products = Asked(request.GET), list(Product.objects.values_list("pk", "name"))
    chosen: dict[str, Any] = {
        "q": asked.text("q"),
        "kind": asked.one_of("kind", BulletinKind.values),
        "product": asked.one_of("product", [pk for pk, _ in products]),
        "unread": asked.flag("unread"),
    }
    asked.only(chosen)
    found = Bulletin.objects.visible_to(user).with_reading_of(user)
    rows = found.published()
    if chosen["q"]:
        rows = rows.matching(chosen["q"])
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["product"]:
        rows = rows.filter(products=int(chosen["product"]))
    if chosen["unread"]:
        rows = rows.told_to(user, unread=True)
    if asked.refused:
        rows = rows.none()
    if user.is_provider:
        rows = _counted(rows, user)
    page = page_of(rows.prefetch_related("products"), request.GET.get("page"), ROWS, "bulletins")
    context = {
        "page": page,
        "chosen": chosen,
        "refused": asked.refused,
        "narrowed": any(chosen.values()) or asked.refused,
        "kinds": BulletinKind.choices,
        "products": products,
        "drafts": list(found.filter(published_at=None).order_by("-drafted_at")[:ROWS])
        if user.is_provider
        else [],
        "may_write": user.has_role(*WRITERS),
    }
    return render(request, "cases/bulletins/list.html", context)


@require_GET
@login_required
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """One bulletin. A contact who opens it has read it; the provider sees who was told, and who has read it when."""
    user = reader(request)
    found = get_visible_or_404(
        Bulletin.objects.select_related("published_by", "drafted_by"), user, pk=pk
    )
    if not user.is_provider:
        mark_read(found, by=user, at=clock.now())
    context: dict[str, Any] = {
        "bulletin": found,
        "products": list(found.products.all()),
        "releases": list(found.releases.select_related("product")),
        "may_write": user.has_role(*WRITERS),
    }
    if user.is_provider:
        readers = found.readers.filter(contact__organisation__in=organisations_served(user))
        context["readers"] = page_of(
            readers.select_related("contact__organisation").order_by(
                "read_at", "contact__organisation__name", "contact__name"
            ),
            request.GET.get("page"),
            READERS,
            "contacts",
        )
    return render(request, "cases/bulletins/bulletin.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def edit_bulletin(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Draft a bulletin, or change a draft; a refusal shows the form with what was typed."""
    user = require_role(request.user, *WRITERS, act="write bulletins", clause=CLAUSE)
    found = None if pk is None else get_visible_or_404(Bulletin.objects.all(), user, pk=pk)
    require_writer(user)

    def page(form: Act[Bulletin | None, Actor]) -> HttpResponse:
        context = {"act": form, "bulletin": found}
        return render(request, "cases/bulletins/edit.html", context, status=form.status)

    return answer(request, BulletinForm, found, Actor(user, clock.now()), page)


@sent_from(lambda request, pk: reverse("bulletin", args=[pk]))
@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft: those concerned are told."""
    user = require_role(request.user, *WRITERS, act="write bulletins", clause=CLAUSE)
    found = get_visible_or_404(Bulletin.objects.all(), user, pk=pk)
    done = publish_bulletin(found, by=user, at=clock.now())
    told = done.readers.count()
    messages.success(request, f"Published; {told} contact{'s' if told != 1 else ''} told.")
    return redirect(done)


@require_http_methods(["GET", "POST"])
@login_required
def my_products(request: HttpRequest) -> HttpResponse:
    """Of which products a contact wants to hear."""
    user = reader(request)
    contact = _contact(user)

    def page(form: Act[Contact, Actor]) -> HttpResponse:
        return render(request, "cases/bulletins/products.html", {"act": form}, status=form.status)

    return answer(request, InterestForm, contact, Actor(user, clock.now()), page)


def _contact(user: User) -> Contact:
    contact = Contact.objects.present().filter(user=user).first()
    if contact is None:
        raise Refusal(
            "Only a reseller's contacts can choose products to follow.",
            clause="ATSP 14.1.2",
            way_out="The archive has every bulletin.",
        )
    return contact


def _counted(rows: Any, user: User) -> Any:
    """With how many contacts of the agreements that the reader serves were told, and how many have read it."""
    mine = Q(
        readers__told_at__isnull=False,
        readers__contact__organisation__in=Agreement.objects.visible_to(user).values("reseller"),
    )
    return rows.annotate(
        told=Count("readers", filter=mine, distinct=True),
        read=Count("readers", filter=mine & Q(readers__read_at__isnull=False), distinct=True),
    )
