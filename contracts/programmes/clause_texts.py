"""What the chips that cite a clause say of it: its heading and how it begins, from the packaged programmes."""

from pathlib import Path

from contracts.programmes.rules import programme_file
from contracts.programmes.rules.terms import Clause
from portal.ui import clauses

PROGRAMMES = Path(__file__).parent
_LONGEST = 300


def register_clauses() -> None:
    """Make the clauses of the packaged programmes known to the chips."""
    for path in sorted(PROGRAMMES.glob("*.toml")):
        programme = programme_file.read_file(path)
        clauses.register({clause.id: short_text(clause) for clause in programme.clauses})


def short_text(clause: Clause) -> str:
    """The heading and the beginning of a clause: whole sentences, as many as a pop-over takes, and one at least."""
    text = clause.text.partition("\n\n")[0]
    while len(text) > _LONGEST and ". " in text[:-1]:
        text = text[: text.rindex(". ", 0, -1) + 1]
    return f"{clause.heading}: {text}"
