"""The search page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cases.search.finding import corrected, find
from cases.search.page import results
from cases.search.rules import LONGEST, OPERATORS, read, suggestions
from cases.search.sources import articles_matching
from portal import clock
from portal.access import reader
from portal.paging import Listed
from portal.search import Asked, found

ROWS = 20
ARTICLES = 20
KINDS = {
    "": "Everything",
    "cases": "Cases",
    "people": "People",
    "agreements": "Agreements",
    "articles": "Articles",
}


@require_GET
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What a query finds, by kind. Asked by the page's own script it answers with the results alone."""
    user, now = reader(request), clock.now()
    typed = request.GET.get("q", "")
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    query = read(typed)
    context = {
        "typed": typed,
        "query": query,
        "kind": kind,
        "kinds": KINDS,
        "operators": _operators(user.is_provider),
    }
    if not query.refused and query.text:
        hits = find(query, user, now) if kind in ("", "cases") else None
        instead = None
        if hits is not None and not hits.keys:
            instead = corrected(query, user, now)
            hits = find(instead, user, now) if instead else hits
        shown = instead or query
        if hits is not None:
            paginator = Listed(hits.keys, ROWS, "cases and more" if hits.more else "cases")
            page = paginator.get_page(request.GET.get("page"))
            context |= {
                "hits": hits,
                "page": page,
                "results": results(shown, list(page.object_list), user),
            }
        if kind == "articles":
            context["articles"] = (
                list(articles_matching(user, query.text)[:ARTICLES]) if query.every else []
            )
        # cases, and articles where only those are wanted, stand in rows of their own
        without = {"cases"} if not kind else {*KINDS} - ({kind} - {"cases", "articles"})
        asked = Asked(user, query.text, now, most=ARTICLES if kind else 5)
        context |= {"instead": instead, "groups": found(asked, palette=False, without=without)}
    context |= {
        "too_long": len(typed) > LONGEST,
        "suggestions": suggestions(typed, for_provider=user.is_provider),
    }
    part = request.headers.get("HX-Target") == "search-results"
    answer = render(request, "search/_results.html" if part else "search/search.html", context)
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "HX-Request, HX-Target, Cookie"
    return answer


def _operators(is_provider: bool) -> list[tuple[str, str, str]]:
    return [
        (name, takes, example)
        for name, (takes, example) in OPERATORS.items()
        if is_provider or name != "reseller"
    ]
