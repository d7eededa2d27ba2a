"""Which people a text mentions."""

import pytest

from cases.mentions.rules import MOST, Person, resolved, spellings_in
from portal.rules.refusal import Refusal

MAYA = Person("Maya Okafor", "maya.okafor@legato.example", user=1)
MAY = Person("May O'Neil", "may@legato.example", user=2)
SON = Person("Sammy Davis Jr.", "davis@mti.example", contact=1)
OTHER = Person("Maya Okafor", "mokafor@mti.example", contact=2)
PEOPLE = [MAYA, MAY, SON]
LOG = "\n".join(f"03/05/03 10:{n:02d}:11 nsrd: @Maya Okafor" for n in range(8))

SAID = {
    "by name": ("Ask @Maya Okafor please.", "Ask @Maya Okafor please.", [MAYA]),
    "by login": ("@maya.okafor: look", "@Maya Okafor: look", [MAYA]),
    "by login, at the end of a sentence": ("Ask @maya.okafor.", "Ask @Maya Okafor.", [MAYA]),
    "by address": ("@maya.okafor@legato.example", "@Maya Okafor", [MAYA]),
    "in any case of letters": (
        "@MAYA OKAFOR, @May o'neil",
        "@Maya Okafor, @May O'Neil",
        [MAYA, MAY],
    ),
    "with a full stop that is its own": ("@Sammy Davis Jr. and", "@Sammy Davis Jr. and", [SON]),
    "twice": ("@may and @May O'Neil", "@May O'Neil and @May O'Neil", [MAY]),
    "two side by side": ("@may @maya.okafor", "@May O'Neil @Maya Okafor", [MAY, MAYA]),
    "in brackets": ("(@may)", "(@May O'Neil)", [MAY]),
    "nobody of that name": ("@maya and @Maya Oka", "@maya and @Maya Oka", []),
    "an address of its own": ("write to x@may or a.@may", "write to x@may or a.@may", []),
    "in code": ("`@may` but @may", "`@may` but @May O'Neil", [MAY]),
    "in a fence": ("```\n@may\n```\n@may", "```\n@may\n```\n@May O'Neil", [MAY]),
    "quoted": ("> @may wrote\n\nYes.", "> @may wrote\n\nYes.", []),
    "in a pasted log": (f"See\n{LOG}", f"See\n{LOG}", []),
}


@pytest.mark.parametrize(("typed", "text", "people"), SAID.values(), ids=SAID.keys())
def test_who_is_mentioned_and_how_the_text_is_kept(
    typed: str, text: str, people: list[Person]
) -> None:
    found = resolved(typed, PEOPLE)
    assert (found.text, found.people) == (text, people)


def test_all_people_of_one_name_are_mentioned() -> None:
    assert resolved("@Maya Okafor", [MAYA, OTHER]).people == [MAYA, OTHER]
    assert resolved("@mokafor", [MAYA, OTHER]).people == [OTHER]


def test_a_text_without_an_at_asks_for_nobody() -> None:
    assert spellings_in("Maya Okafor, m@y.example, `@may`") == set()
    assert "maya okafor" in spellings_in("Ask @Maya Okafor whether")


def test_too_many_are_refused_with_the_limit() -> None:
    people = [Person(f"P {n}", f"p{n}@x.example", user=n) for n in range(MOST + 1)]
    with pytest.raises(Refusal, match="mentions 21 people") as refused:
        resolved(" ".join(f"@p{n}" for n in range(MOST + 1)), people)
    assert str(MOST) in refused.value.way_out
