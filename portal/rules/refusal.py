"""A refusal: the portal says no, why, under which clause, and what to do instead."""

from collections.abc import Sequence
from typing import Self


class Refusal(Exception):  # noqa: N818  # not an error of the program: an answer to a person
    """Raised by rules and actions when an act is not allowed; every edge shows it and keeps what was typed.

    `sentence` says what is refused and why; `clause` is the id of the clause ("ATSP 5.2.1"), empty when access alone
    decides; `way_out` is the next step open to the person; `field` names the form field it concerns, if one does.
    `others` are further refusals of the same act, so that a page can show all at once: `all` is this one and them.
    Two refusals that say the same are equal, whatever others they carry.
    """

    def __init__(
        self,
        sentence: str,
        *,
        clause: str = "",
        way_out: str = "",
        field: str | None = None,
        others: Sequence["Refusal"] = (),
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.clause = clause
        self.way_out = way_out
        self.field = field
        self.others = tuple(others)

    def __str__(self) -> str:
        parts = [self.sentence]
        if self.clause:
            parts.append(f"({self.clause})")
        if self.way_out:
            parts.append(self.way_out)
        return " ".join(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    @property
    def all(self) -> tuple["Refusal", ...]:
        """This refusal and the others, in the order in which to show them."""
        return (self, *self.others)

    @classmethod
    def joined(cls, refusals: Sequence["Refusal"]) -> Self | None:
        """One refusal that carries all of them, the first in front; None when there are none."""
        if not refusals:
            return None
        first = refusals[0]
        return cls(
            first.sentence,
            clause=first.clause,
            way_out=first.way_out,
            field=first.field,
            others=(*first.others, *refusals[1:]),
        )

    def _said(self) -> tuple[object, ...]:
        return (self.sentence, self.clause, self.way_out, self.field)
