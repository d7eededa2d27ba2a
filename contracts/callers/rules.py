"""What somebody on the telephone said of themselves, and how well a contact fits it."""

from dataclasses import dataclass

from portal.rules.folding import distance, words_of
from portal.rules.telephone import digits_of, is_whole

LONGEST = 120
MOST_WORDS = 6
"""How many words of what was said are looked for."""
SAID_BESIDE = frozenset(
    "at from of the with mr mrs ms dr this is inc ltd llc corp gmbh".split()  # noqa: SIM905 - as one reads them
)
"""Words that are said beside a name and tell nobody apart."""
_ALIKE_FROM = 4
"""Letters from which on a word may have a typing error."""
_HEARD_FROM = 3
"""Letters from which on a word may be spelled as it sounds."""
_BY_EAR = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed, in the ways in which it is compared: words, digits of a number, a contact code.

    `whole` says that the digits are enough of a number to look for it alone. Each is empty where the text has none.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    digits: str = ""
    whole: bool = False
    code: str = ""

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words or self.digits or self.code)


def said(text: str) -> Said:
    """What was typed, as it is looked for.

    Words are without accents and capitals. A number is told by its digits, a code by its letters and digits, of which
    those that sound or look alike (O and 0, I, L and 1) are one.
    """
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    plain = words_of(text.replace("'", "").replace("’", ""))
    words = tuple(word for word in plain if word not in SAID_BESIDE) or plain
    digits = digits_of(text)
    return Said(text, words[:MOST_WORDS], digits, is_whole(digits), code_of(text))


def code_of(text: str) -> str:
    """A contact code as it is compared: "c 4711" is "C4711". "" for a text that is none: without a digit, or short."""
    code = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    if len(code) < 3 or not any(c.isdigit() for c in code):
        return ""
    return code.translate(_BY_EAR)


def may_be_wrong(word: str) -> bool:
    """Whether a word that was typed may have a typing error: it is long enough, and no number or code."""
    return len(word) >= _ALIKE_FROM and word.isalpha()


def may_be_misheard(word: str) -> bool:
    """Whether a word that was typed may be spelled as it was heard: three Latin letters or more, and nothing else."""
    return may_be_wrong(word) or (len(word) >= _HEARD_FROM and word.isascii() and word.isalpha())


def misfit(word: str, other: str) -> int | None:
    """How many steps lie between a word that was typed and one that is known, two for a letter; None for too many.

    A word of four letters may be off by one (added, dropped, changed, or two swapped), a longer one by two.
    """
    if word in other:
        return 0
    if not may_be_wrong(word) or abs(len(word) - len(other)) > 2:
        return None
    off = distance(word, other)
    return 2 * off if off <= (1 if len(word) == _ALIKE_FROM else 2) else None


def misheard(word: str, other: str) -> int | None:
    """The steps between a typed word and a known one that sounds the same ("keen", "keane"); None for too many.

    The same sound is worth a letter and a half. Sounds are few, so that short words must be near by letters as well:
    one of three letters may be off by one, of four by two, a longer one by half of them.
    """
    if word in other:
        return 0
    off = distance(word, other)
    return max(2 * off - 3, 1) if off <= min(len(word) - 2, (len(word) + 1) // 2) else None
