"""What people write, as HTML: safe, readable, and small."""

import re

import pytest

from portal import markdown
from portal.rules import pasted

LOG = "\n".join(f"03/05/03 10:{n % 60:02d}:11 nsrd[{n}]: media notice" for n in range(200))
TRACE = """java.lang.IllegalStateException: index is empty
\tat com.legato.Index.open(Index.java:41)
\tat com.legato.Index.load(Index.java:17)
\tat com.legato.Server.start(Server.java:7)
\tat com.legato.Server.run(Server.java:3)
\tat com.legato.Main.main(Main.java:1)
Caused by: java.io.IOException: torn header
\tat com.legato.Header.read(Header.java:9)"""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Big", '<p class="said-heading"><strong>Big</strong></p>'),
        ("    indented", "<p>indented</p>"),
        ("```\na < b\n```", '<pre class="said-block" tabindex="0"><code>a &lt; b</code></pre>'),
        ("see https://legato.example/kb.", '<p>see <a href="https://legato.example/kb" '
         'rel="nofollow noopener">https://legato.example/kb</a>.</p>'),
        ("nsrd.conf and legato.example", "<p>nsrd.conf and legato.example</p>"),
    ],
)  # fmt: skip
def test_markdown_reads_as_it_is_meant(typed: str, shown: str) -> None:
    assert markdown.rendered(typed).strip() == shown


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "![x](http://elsewhere.example/pixel.gif)",
        "[x](//elsewhere.example)",
        "<a href='https://a.example' onclick='x'>y</a>",
        '[x](https://a.example/"onmouseover="x)',
        '``` " onload=x\n<b>\n```',
    ],
)
def test_nothing_dangerous_comes_through(typed: str) -> None:
    for html in (markdown.rendered(typed), markdown.as_typed(typed), markdown.for_mail(typed)):
        assert not re.search(
            r"(?i)<(script|img|b)\b|<[^>]*\s(on\w+|src)=|href=\"(?!https?:|mailto:)", html
        ), html


def test_what_was_typed_as_plain_text_keeps_its_signs_and_its_lines() -> None:
    assert markdown.as_typed("a * b\n# c\n\n2. d <x>") == (
        "<p>a * b<br># c</p>\n<p>2. d &lt;x&gt;</p>"
    )


def test_a_pasted_log_is_one_folded_block_without_links_and_says_its_lines() -> None:
    html = markdown.rendered(f"It stops here:\n{LOG} https://a.example/x\nWhat now?")
    assert html.count("<details") == 1
    assert "200 lines" in html
    assert "<a " not in html
    assert html.startswith("<p>It stops here:</p>")
    assert html.rstrip().endswith("<p>What now?</p>")


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (TRACE, 1),
        ("Two lines of a log:\n03/05/03 10:00:11 x\n03/05/03 10:00:12 y\nand that was it.", 0),
        ("Dear Maya,\n\nthe scan ran\nand ended\nwell.\n\nWe saw it\nagain\nto-day.\nTess", 0),
        (f"{LOG}\n\nand on the second server\n\nthere was a fourth line\nand a fifth\n\n{LOG}", 2),
        (f"```\n{LOG}\n```", 0),
    ],
)
def test_only_what_a_machine_wrote_is_a_block(text: str, blocks: int) -> None:
    assert sum(part.is_block for part in pasted.parts(text)) == blocks


def test_a_text_of_many_addresses_makes_links_of_its_first() -> None:
    text = " ".join(f"https://a.example/{n}" for n in range(1_941))
    assert markdown.rendered(text).count("<a ") == markdown.LINKS


def test_a_long_fold_is_loaded_apart_in_the_order_of_its_marks() -> None:
    text = (
        f"{LOG}\nfirst it was this.\nThen we looked.\nAnd now:\n{TRACE}\n\nthen\nthat\nagain:\n"
        + LOG.replace("nsrd", "nsrmmd")
    )
    apart = markdown.rendered(text, apart=True)
    blocks = markdown.long_blocks(text, formatted=True)
    assert apart.count(markdown.REST) == len(blocks) == 2
    assert len(apart) < 3_000
    assert "nsrd[199]" in blocks[0]
    assert "nsrmmd[199]" in blocks[1]


def test_a_mail_shows_blocks_in_full() -> None:
    html = markdown.for_mail(f"```\n{LOG}\n```")
    assert "<details" not in html
    assert "nsrd[199]" in html
