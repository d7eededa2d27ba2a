"""How a page says that something is over a limit: what came, and what the most is. One place words them all."""

MB, KB = 2**20, 2**10

TEXT_TOO_LONG = "These are %(show_value)d characters; the most is %(limit_value)d. Shorten it."
"""A text in a field; a pasted log is said so by the page before it is sent (bounds.js)."""
NUMBER_TOO_LARGE = "You wrote %(show_value)s; the most is %(limit_value)s."
NUMBER_TOO_SMALL = "You wrote %(show_value)s; the least is %(limit_value)s."


def size(length: int) -> str:
    """A number of bytes in words: "2 MB", "3.4 MB", "512 kB".

    A little more than a whole number is told as more, so that nothing "has 2 MB" where 2 MB are the most.
    """
    if length >= MB:
        whole, rest = divmod(length, MB)
        return f"{whole} MB" if not rest else f"{whole + max(rest / MB, 0.1):.1f} MB"
    return f"{-(-length // KB)} kB"


def too_large(what: str, length: int, most: int) -> str:
    """A sentence: a file or a request has so much, and the most is so much, in bytes."""
    return f"{what} has {size(length)}; the most is {size(most)}."


def too_many(what: str, found: int, most: int, unit: str) -> str:
    """A sentence: there are so many of something, and the most is so many."""
    return f"{what} has {found:,} {unit}; the most is {most:,}."
