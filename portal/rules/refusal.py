"""The refusal: how every part of the portal says no, with the clause and the way out."""

from collections.abc import Sequence
from typing import Self


class Refusal(Exception):  # noqa: N818  # a refusal is an answer of the agreement, not a fault
    """An act that the agreement, or the state of things, does not allow.

    Rules return refusals as values, or raise them; actions raise them; the edges show them and keep what was
    typed. Two refusals that say the same are equal.

    Attributes:
        reason: one sentence that says what is refused and why.
        clause: the id of the clause or decision it comes from ("ATSP 5.2.1", "D-9"); may be several, joined
            by ", "; empty when no clause decides.
        way_out: one sentence that says what the reader can do instead. Never empty.
        field: the field of the form that it concerns, when it concerns one.
        others: what else is refused about the same act, so that a page can show all of it at once.

    """

    def __init__(
        self,
        reason: str,
        *,
        clause: str = "",
        way_out: str,
        field: str | None = None,
        others: Sequence["Refusal"] = (),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.clause = clause
        self.way_out = way_out
        self.field = field
        self.others = tuple(others)

    def __str__(self) -> str:
        cited = f" ({self.clause})" if self.clause else ""
        return f"{self.reason}{cited} {self.way_out}"

    def __repr__(self) -> str:
        return f"Refusal({self.reason!r}, clause={self.clause!r}, field={self.field!r})"

    def _said(self) -> tuple[object, ...]:
        return (self.reason, self.clause, self.way_out, self.field, self.others)

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
            first.reason,
            clause=first.clause,
            way_out=first.way_out,
            field=first.field,
            others=(*first.others, *refusals[1:]),
        )


def refuse_any(refusals: Sequence[Refusal]) -> None:
    """Raise one Refusal that carries all of them; do nothing when there are none."""
    refusal = Refusal.joined(refusals)
    if refusal is not None:
        raise refusal
