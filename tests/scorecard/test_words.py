"""Words of the pages: numbers without trailing zeros, changes with their sign, citations as chips."""

from decimal import Decimal

import pytest
from django.template import engines

from scorecard.templatetags.scorecard_words import number, signed


@pytest.mark.parametrize(
    ("value", "plain", "change"),
    [("0.5", "0.5", "+0.5"), ("1.0", "1", "+1"), ("10", "10", "+10"), ("-1.50", "-1.5", "−1.5"), ("0.0", "0", "0")],
)  # fmt: skip
def test_points_read_as_people_write_them(value: str, plain: str, change: str) -> None:
    assert number(Decimal(value)) == plain
    assert signed(Decimal(value)) == change


def test_a_citation_becomes_a_chip_and_nothing_else_is_trusted() -> None:
    template = engines["django"].from_string("{% load scorecard_words %}{% cited words %}")
    page = template.render({"words": "26.4 % <b> (D-16). Then (ATSP Ex.B), not (this)."})
    assert page.startswith("26.4\xa0% &lt;b&gt; <")
    assert page.count('class="clause') == 2
    assert "(D-16)" not in page
    assert page.endswith(", not (this).")
    assert "> <" not in page
