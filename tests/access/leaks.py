"""What a page must not show its reader."""

import re
from html import unescape

from tests.access.actors import Actor
from tests.access.world import SECRET, TYPED

MTI = ("at MTI", "of MTI", "ATSP-MTI", "@mti.example")
NORDLICHT = ("at Nordlicht", "of Nordlicht", "ATSP-Nordlicht", "@nordlicht.example")
HOTSHOT = "Hotshot"


def leaks(actor: Actor, page: str, *, terms: bool = False) -> list[str]:
    """Marks of what the actor may not see: others' drafts, the provider's own, the other reseller's.

    `terms` is for a page of the terms as signed, which tell whom a Hotshot goes to.
    """
    page = unescape(page)
    drafts = re.findall(rf"{TYPED} (\w+)", page)
    found = [f"the draft of {whose}" for whose in drafts if whose != actor.value]
    if actor.is_provider:
        return found
    words = [SECRET] if terms else [SECRET, HOTSHOT]
    if actor is not Actor.NORDLICHT:
        words += NORDLICHT
    if actor is Actor.NORDLICHT or not actor.is_reseller:
        words += MTI
    return found + [word for word in words if word in page]
