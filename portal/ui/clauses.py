"""What the clauses say, in a sentence or two, for the chip that cites them.

The apps register their clauses when they start; programmes of other terms register theirs. A clause that nobody
registered is cited by its id alone.
"""

from collections.abc import Mapping

_texts: dict[str, str] = {}


def register(texts: Mapping[str, str]) -> None:
    """Add short texts by clause id ("ATSP 4.6"). The same id twice must say the same.

    Raises ValueError when two texts for one clause differ.
    """
    for clause, text in texts.items():
        if _texts.setdefault(clause, text) != text:
            raise ValueError(f"two texts for clause {clause}")


def text(clause: str) -> str:
    """Return the short text of a clause, or of the nearest clause above it; empty when none is known."""
    name = clause.strip()
    while name:
        if name in _texts:
            return _texts[name]
        shorter = name.rpartition(".")[0]
        name = shorter if any(letter.isdigit() for letter in shorter) else ""
    return ""


def split(clauses: str) -> list[str]:
    """Return the ids of a citation that may name several, joined by commas: "ATSP 4.6, D-7".

    An id that holds a comma itself ("ATSP page 1, 2.a") stays whole when it is registered.
    """
    found: list[str] = []
    for part in (part.strip() for part in clauses.split(",") if part.strip()):
        if found and f"{found[-1]}, {part}" in _texts:
            found[-1] += f", {part}"
        else:
            found.append(part)
    return found
