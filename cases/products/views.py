"""Products: what a report on each tells, where it is supported, its Releases (ATSP 1.13, 4.8, 5.2.3)."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from cases.products.actions import KEEPERS
from cases.products.forms import ACTS, KeepProductForm, PublishReleaseForm
from cases.products.models import Product
from cases.products.rules import parse_release, supported_lines
from portal import clock
from portal.access import get_visible_or_404, reader, signed_in_as
from portal.acts import Act, Actor, answer
from portal.models import JournalEntry
from portal.paging import page_of

ROWS = 50
RELEASES = 20
ENTRIES = 20


@require_GET
@signed_in_as(*KEEPERS)
def products(request: HttpRequest) -> HttpResponse:
    """The products that the reader keeps, by name, with how much a report on each tells."""
    rows = (
        Product.objects.visible_to(reader(request))
        .annotate(
            asked=Count("questions", distinct=True),
            needed=Count("questions", filter=Q(questions__needed_to__gt=0), distinct=True),
            published=Count("releases", distinct=True),
        )
        .order_by("name")
    )
    page = page_of(rows, request.GET.get("page"), ROWS, "products")
    return render(request, "cases/products/list.html", {"page": page})


@require_http_methods(["GET", "POST"])
@signed_in_as(*KEEPERS)
def product(request: HttpRequest, pk: int, code: str = KeepProductForm.code) -> HttpResponse:
    """One product: its questions and platforms as a form, its Releases, and who changed what."""
    user = reader(request)
    found: Product = get_visible_or_404(Product.objects.all(), user, pk=pk)
    actor = Actor(user, clock.now())

    def page(form: Act[Product, Actor]) -> HttpResponse:
        today = actor.at.date()
        rows = list(found.releases.order_by("-published_on", "-number"))
        published = [parse_release(each.number) for each in rows if each.published_on <= today]
        lines = supported_lines(published)
        keeping = isinstance(form, KeepProductForm)
        context = {
            "product": found,
            "keep": form if keeping else KeepProductForm(found, actor),
            "publish": PublishReleaseForm(found, actor) if keeping else form,
            "releases": [
                (each, parse_release(each.number).line in lines, each.published_on > today)
                for each in rows[:RELEASES]
            ],
            "more": max(0, len(rows) - RELEASES),
            "journal": JournalEntry.objects.about(found)
            .select_related("by")
            .order_by("-at", "-pk")[:ENTRIES],
        }
        return render(request, "cases/products/product.html", context, status=form.status)

    return answer(request, ACTS.get(code), found, actor, page)
