"""Whatever is over a limit is told how much it is and how much is taken, in one wording."""

import pytest
from django import forms

from portal.fields import text
from portal.rules import limits


class Form(forms.Form):
    """A text, a line and a number, each with a limit."""

    body = text("Body", max_length=10)
    line = forms.CharField(max_length=5)
    number = forms.IntegerField(min_value=1, max_value=9)


def test_a_field_over_its_limit_says_what_was_typed_and_what_the_most_is() -> None:
    errors = Form({"body": "x" * 13, "line": "y" * 6, "number": "12"}).errors
    assert errors == {
        "body": ["These are 13 characters; the most is 10. Shorten it."],
        "line": ["These are 6 characters; the most is 5. Shorten it."],
        "number": ["You wrote 12; the most is 9."],
    }
    assert Form({"body": "x", "line": "y", "number": "0"}).errors == {
        "number": ["You wrote 0; the least is 1."]
    }


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (1, "1 kB"),
        (512 * limits.KB, "512 kB"),
        (2 * limits.MB, "2 MB"),
        (2 * limits.MB + 1, "2.1 MB"),
        (3 * limits.MB + limits.MB // 2, "3.5 MB"),
    ],
)
def test_what_is_a_little_too_large_is_told_as_more_than_the_most(length: int, said: str) -> None:
    assert limits.size(length) == said
