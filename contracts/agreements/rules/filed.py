"""What a filed paper shows in a signature block: nothing is added to it, and what it leaves open stays open."""

import re
from dataclasses import dataclass

_LABELS = {"by": r"By|\[Signature\]", "signatory": "Name", "title": "Title", "day": "Date"}
_ANY = "|".join(_LABELS.values())


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a signature block: what stands after By, Name, Title and Date; empty where nothing does."""

    by: str = ""
    signatory: str = ""
    title: str = ""
    day: str = ""


def filed_block(as_filed: str) -> Block:
    """The block of the words of a filed paper: "By: /s/ A. B. Name: A B. Title: (empty). Date: 10/22/04".

    A line that is "(empty)" or not there is left open; so are all of a paper that is not filed.
    """
    found = {}
    for name, label in _LABELS.items():
        line = re.search(
            rf"(?:{label}):?\s+(.*?)\s*(?=\.?\s+(?:{_ANY}|Address):|\.?\s*$)", as_filed, re.DOTALL
        )
        said = line[1].strip() if line else ""
        found[name] = "" if said.startswith("(empty") else " ".join(said.split())
    if not found["by"] and not re.search(rf"(?:{_LABELS['by']})", as_filed):
        return Block()
    return Block(**found)
