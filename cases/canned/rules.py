"""The places in a canned answer, "{contact}" and others: which there are, and what a text with them becomes.

Pure: a text and values in, a text out.
"""

import re
from collections.abc import Mapping

from portal.rules.refusal import Refusal

PLACES: dict[str, str] = {
    "contact": "the contact's name",
    "case": "the case's number",
    "title": "the case's title",
    "product": "the product",
    "release": "its release",
    "reseller": "the reseller",
    "end_user": "the End-User",
    "severity": "the severity",
    "engineer": "who has the case; you, while nobody does",
    "me": "your own name",
    "promise": "when the next promise is due, in the contact's zone",
    "update": "when the next update is due once you have written, in the contact's zone",
}
"""The places that there are, with what stands there."""

_PLACE = re.compile(r"(?<!\$)\{([A-Za-z][\w-]*)\}")  # ${HOME} is a variable of a shell


def require_known(text: str) -> None:
    """Raise Refusal for a place that no case fills; it lists those that there are."""
    unknown = dict.fromkeys(name for name in _PLACE.findall(text) if name not in PLACES)
    if not unknown:
        return
    named = ", ".join(f"{{{name}}}" for name in unknown)
    known = ", ".join(f"{{{name}}}" for name in PLACES)
    raise Refusal(
        f"Nothing fills {named}.",
        way_out=f"Places that a case fills: {known}.",
        field="body",
    )


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in its places; one without a value says so in brackets, for its writer to see."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in PLACES:
            return found[0]
        return values.get(name) or f"[{name.replace('_', ' ')}: not known]"

    return _PLACE.sub(value, text)
