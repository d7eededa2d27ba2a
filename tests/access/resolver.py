"""The portal's URLs as its resolver has them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver


def urls() -> dict[str, str]:
    """Each URL's name with its address: "case" with "/cases/<pk>/". Raises ValueError for one without a name."""
    found: dict[str, str] = {}
    for name, address, _ in patterns():
        if not name or name in found:
            raise ValueError(f"{address} needs a name of its own, not {name!r}")
        found[name] = address
    return found


def patterns() -> Iterator[tuple[str | None, str, Callable[..., Any]]]:
    """Name, address and view of each URL."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(
    parts: list[URLPattern | URLResolver], before: str
) -> Iterator[tuple[str | None, str, Callable[..., Any]]]:
    for part in parts:
        route = before + str(part.pattern)
        if isinstance(part, URLResolver):
            yield from _walk(part.url_patterns, route)
        else:
            address = re.sub(r"<\w+:", "<", simplify_regex(route))
            yield part.name, address, part.callback
