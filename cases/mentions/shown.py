"""Names of people whom a text mentions, as its readers see them: by the name that they have now."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from portal.models import User
from portal.ui.markup import in_words, markup


def with_names(of: SafeString, mentioned: Sequence[Mapping[str, Any]], reader: User) -> SafeString:
    """The HTML of a text with the people whom it mentions marked, the reader most of all.

    `mentioned` is as `mentioned_in` reads it.
    """
    if not mentioned:
        return of
    people = {_as_shown(one["written"]): one for one in reversed(mentioned)}
    longest_first = sorted(people, key=len, reverse=True)
    pattern = re.compile(f"@({'|'.join(map(re.escape, longest_first))})(?!\\w)")

    def name(found: re.Match[str]) -> str:
        one = people[found[1]]
        mine = " mention-mine" if one["account"] == reader.pk else ""
        return markup('<span class="mention{}">@{}</span>', mine, one["name"])

    return in_words(of, lambda text: pattern.sub(name, text))


def _as_shown(name: str) -> str:
    """A name as cleaned HTML has it: quotes stay as they are."""
    return html.escape(name, quote=False)
