"""A refusal: the portal says no, why, under which clause, and what to do instead."""


class Refusal(Exception):  # noqa: N818  # not an error of the program: an answer to a person
    """Raised by rules and actions when an act is not allowed; every edge shows it and keeps what was typed.

    `sentence` says what is refused and why; `clause` is the id of the clause ("ATSP 5.2.1"), empty when access alone
    decides; `way_out` is the next step open to the person; `field` names the form field it concerns, if one does.
    """

    def __init__(
        self, sentence: str, *, clause: str = "", way_out: str = "", field: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.clause = clause
        self.way_out = way_out
        self.field = field

    def __str__(self) -> str:
        parts = [self.sentence]
        if self.clause:
            parts.append(f"({self.clause})")
        if self.way_out:
            parts.append(self.way_out)
        return " ".join(parts)
