"""Words as they are compared: without accents, in small letters, and nothing but letters and digits."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ı": "i",
    }
)
"""Letters that are no letter with an accent, as PostgreSQL's unaccent writes them."""
_ALNUM = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """The text without accents, in small letters."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c)).lower()


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded: letters and digits, without what sticks to them."""
    return tuple(_ALNUM.findall(folded(text)))


def distance(one: str, other: str) -> int:
    """How many letters to add, drop, change or swap make one word the other."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
