"""Cases that texts name, "#100062" or "case 100062", as links for those who may see them."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString

from cases.case.addresses import page_of
from cases.case.models import Case
from portal.models import User
from portal.ui.markup import in_words

MOST = 100
"""So many different cases are looked up for one page."""
_NAMED = re.compile(r"(?<![\w/#&;])(?:#|(?:\b[Cc]ase\s+))(\d{5,12})\b")


def references(case: Case, user: User, lines: Iterable[Any]) -> frozenset[int]:
    """The other cases that the texts of the lines name and the user may see; one statement, none for no name."""
    named = {
        int(found)
        for line in lines
        for one in line.lines
        for found in _NAMED.findall(one.body or getattr(one.entry, "text", ""))
    }
    named.discard(case.pk)
    if not named:
        return frozenset()
    visible = Case.objects.visible_to(user).filter(pk__in=sorted(named)[:MOST])
    return frozenset(visible.values_list("pk", flat=True))


def linked(html: SafeString, cases: frozenset[int]) -> SafeString:
    """The HTML with the names of those cases as links; nothing inside a link or a block of code is touched."""
    if not cases or not _NAMED.search(html):
        return html
    return in_words(html, lambda text: _NAMED.sub(lambda found: _link(found, cases), text))


def _link(found: re.Match[str], cases: frozenset[int]) -> str:
    key = int(found[1])
    return f'<a href="{page_of(key)}">{found[0]}</a>' if key in cases else found[0]
