"""Filters in the address of a list: what stands there is chosen, and what cannot be chosen is said, never passed over.

Pages and the API read them alike. A page shows `Asked.refused` above its list and lists nothing; the API answers 400.
"""

from collections.abc import Iterable, Mapping

from django.utils.text import capfirst

from portal.rules.refusal import Refusal

ON = ("1", "true", "yes", "on")
OFF = ("", "0", "false", "no", "off")
LONGEST = 60
PLACE = ("page",)
"""What the address of a page of a list may hold besides its filters."""


class WrongFilter(Refusal):
    """A list was asked for by a filter that it does not have, or by a value that the filter does not know."""


class Asked:
    """The filters of an address. Each reader returns what was chosen, "" or False for nothing.

    A value that none of them knows counts as nothing chosen and is noted: `refused` names it, and the values there are.
    """

    def __init__(self, params: Mapping[str, str]) -> None:
        self.params = params
        self.wrong: list[Refusal] = []

    def text(self, name: str) -> str:
        """What was typed, without the space around it."""
        return self.params.get(name, "").replace("\0", "").strip()

    def one_of(self, name: str, options: Iterable[object], noun: str = "") -> str:
        """The value, when it is one of the options. `noun` is the filter's name in a sentence."""
        value, known = self.text(name), [str(option) for option in options]
        if value and value not in known:
            said = noun or name
            self.note(
                f"{capfirst(said)} “{value[:LONGEST]}” does not exist.",
                f"Choose one of: {', '.join(filter(None, known))}.",
                name,
            )
            return ""
        return value

    def flag(self, name: str) -> bool:
        """Whether the filter is on."""
        value = self.text(name).lower()
        if value not in ON + OFF:
            self.note(
                f"“{value[:LONGEST]}” does not say whether the filter “{name}” is on.",
                "Write 1 for on, or leave it out.",
                name,
            )
        return value in ON

    def only(self, known: Iterable[str], besides: Iterable[str] = PLACE) -> None:
        """Note every name that is no filter of the list; `besides` are names that mean something else, like a page."""
        names = list(known)
        there = f"The filters are: {', '.join(names)}." if names else "The list has no filters."
        for name in self.params:
            if name not in names and name not in besides:
                self.note(f"There is no filter “{name[:LONGEST]}”.", there, name)

    def note(self, sentence: str, way_out: str, name: str) -> None:
        """Note something wrong with a filter."""
        self.wrong.append(WrongFilter(sentence, way_out=way_out, field=name))

    @property
    def refused(self) -> Refusal | None:
        """Everything that is wrong with the address, None when nothing is."""
        return WrongFilter.joined(self.wrong)
