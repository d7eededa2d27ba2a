"""What texts name, as links for those who may see it: cases ("#100062", "case 100062"), articles ("KB-20417") and
agreements ("agreement M-100").
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString

from cases.case.addresses import page_of
from cases.case.models import Case
from cases.knowledge.models import Article
from cases.search.addresses import search_page
from contracts.agreements.models.agreements import Agreement
from portal.models import User
from portal.ui.markup import in_words, markup

MOST = 100
"""So many different names of each kind are looked up for one page."""
_NAMED = re.compile(
    r"(?<![\w/#&;-])(?:"
    r"(?:#|[Cc]ase\s+)(?P<case>\d{5,12})"
    r"|(?:[Aa]rticle\s+)?(?P<article>[A-Z]{2,5}-\d{2,8})"
    r"|[Aa]greement\s+(?P<agreement>[A-Z0-9](?:[\w./-]{0,58}\w))"
    r")(?![\w-])"
)
References = Mapping[tuple[str, str], str]
"""The addresses of what was found, by kind and name."""


def references(case: Case, user: User, lines: Iterable[Any]) -> References:
    """What the texts of the lines name and the user may see, but the case itself; one statement, none for no name."""
    named: dict[str, set[str]] = {}
    for line in lines:
        for one in line.lines:
            for found in _NAMED.finditer(one.body or getattr(one.entry, "text", "")):
                named.setdefault(str(found.lastgroup), set()).add(found[str(found.lastgroup)])
    named.get("case", set()).discard(case.number)
    wanted = {kind: sorted(names)[:MOST] for kind, names in named.items() if names}
    if not wanted:
        return {}
    first, *rest = (_LOOKED_UP[kind](user, names) for kind, names in wanted.items())
    rows = first.union(*rest, all=True) if rest else first
    return {(kind, name): _ADDRESS[kind](name) for kind, name in rows}


def linked(html: SafeString, found: References) -> SafeString:
    """The HTML with those names as links; nothing inside a link or a block of code is touched."""
    if not found:
        return html

    def link(name: re.Match[str]) -> str:
        kind = str(name.lastgroup)
        address = found.get((kind, name[kind]))
        return markup('<a href="{}">{}</a>', address, SafeString(name[0])) if address else name[0]

    return in_words(html, lambda text: _NAMED.sub(link, text))


def _cases(user: User, names: list[str]) -> QuerySet[Any, Any]:
    return _told(Case.objects.visible_to(user).filter(pk__in=map(int, names)), "case", "pk")


def _articles(user: User, names: list[str]) -> QuerySet[Any, Any]:
    return _told(Article.objects.visible_to(user).filter(number__in=names), "article", "number")


def _agreements(user: User, names: list[str]) -> QuerySet[Any, Any]:
    rows = Agreement.objects.visible_to(user).filter(reference__in=names)
    return _told(rows, "agreement", "reference")


def _told(rows: QuerySet[Any], kind: str, name: str) -> QuerySet[Any, Any]:
    text = TextField()
    told = rows.order_by().annotate(kind_named=Value(kind, text), named=Cast(F(name), text))
    return told.values_list("kind_named", "named")


_LOOKED_UP = {"case": _cases, "article": _articles, "agreement": _agreements}
_ADDRESS = {
    "case": lambda name: page_of(int(name)),
    "article": lambda name: search_page(name, "articles"),
    "agreement": lambda name: reverse("agreement", args=[name]),
}
