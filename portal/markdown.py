"""Text that people write, as HTML that is safe to show: Markdown, pasted logs folded, plain text as it was typed.

`rendered` is a pure function of the text and is kept for as long as a process shows it often. No HTML of the writer's
comes through, no image is fetched from anywhere, and a link leads to http, https or mail only (nh3 holds that again).
"""

import re
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from portal.rules import pasted
from portal.ui.markup import markup

FOLDED = 20
"""A block of more lines is folded."""
PREVIEW = 3
"""So many lines of a folded block are shown."""
APART, REST = 1_500, "\ue000"
"""Of so many characters a folded block may be loaded apart from its page; the sign that then stands in its place."""
LINKS = 20
"""So many addresses of one text are made links: a page of them is a listing, not something to press."""

_FOLD = re.compile(r'(?s)<details class="said-fold">.*?</details>')
_PRE = re.compile(r"(?s)<pre.*?</pre>")
_SCHEME = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'“”]+[^\s<>\"'“”.,;:!?)\]}]", re.IGNORECASE)
_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "a",
         "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "span"}  # fmt: skip
_CLEANER: dict[str, Any] = {
    "tags": _TAGS,
    "attributes": {
        "a": {"href"},
        "ol": {"start"},
        "pre": {"class", "tabindex"},
        "details": {"class"},
        "span": {"class"},
        "p": {"class"},
    },
    "url_schemes": {"http", "https", "mailto"},
    "link_rel": "nofollow noopener",
}


def _heading(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    """A heading of a message is a line in bold: the page's headings are its own."""
    return '<p class="said-heading"><strong>' if tokens[at].nesting == 1 else "</strong></p>\n"


def _block(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    return block(tokens[at].content.rstrip("\n"), apart=env["apart"])


def _text(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    inside = any(token.type == "link_open" for token in tokens[:at]) and not _closed(tokens[:at])
    return escape(tokens[at].content) if inside else _linked(tokens[at].content, env)


def _closed(tokens: list[Token]) -> bool:
    last = next(t for t in reversed(tokens) if t.type in ("link_open", "link_close"))
    return last.type == "link_close"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"])
    parser.disable(["image", "code", "lheading", "html_block", "html_inline", "reference"])
    parser.validateLink = lambda url: bool(_SCHEME.match(url))  # type: ignore[method-assign]
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("fence", _block)
    parser.add_render_rule("text", _text)
    return parser


_PARSER = _parser()


@lru_cache(maxsize=512)
def rendered(text: str, *, apart: bool = False) -> SafeString:
    """The text, read as Markdown, as HTML; line breaks stay.

    With `apart`, `REST` stands in the place of what a long fold holds: a page then loads it when it is opened.
    """
    env = {"links": LINKS, "apart": apart}
    html = "".join(
        block(part.text, apart=apart) if part.is_block else _PARSER.render(part.text, env)
        for part in pasted.parts(text)
    )
    return SafeString(nh3.clean(html, **_CLEANER))


@lru_cache(maxsize=512)
def as_typed(text: str, *, apart: bool = False) -> SafeString:
    """The text as it was typed, with nothing read as Markdown, as HTML; logs folded as `rendered` does."""
    env = {"links": LINKS, "apart": apart}
    html = "".join(
        block(part.text, apart=apart) if part.is_block else _paragraphs(part.text, env)
        for part in pasted.parts(text, fenced=False)
    )
    return SafeString(nh3.clean(html, **_CLEANER))


@lru_cache(maxsize=256)
def for_mail(text: str) -> SafeString:
    """The text, read as Markdown, for a mail: its blocks in full, since nothing unfolds there."""
    env = {"links": LINKS, "apart": False}
    cleaner = _CLEANER | {"tags": _TAGS - {"details", "summary"}, "clean_content_tags": {"summary"}}
    return SafeString(nh3.clean(_PARSER.render(text, env), **cleaner))


def block(text: str, *, apart: bool = False) -> SafeString:
    """Lines of a machine's in one width of letter; a long one is folded, and says how many lines it has."""
    lines = text.split("\n")
    if len(lines) <= FOLDED:
        return markup('<pre class="said-block" tabindex="0"><code>{}</code></pre>\n', text)
    return markup(
        '<details class="said-fold"><summary><span class="said-count">{} lines</span><code>{}</code></summary>'
        "{}</details>\n",
        f"{len(lines):,}",
        "\n".join(line[:120] for line in lines[:PREVIEW]),
        REST
        if apart and len(text) > APART
        else markup('<pre class="said-block" tabindex="0"><code>{}</code></pre>', text),
    )


def long_blocks(text: str, *, formatted: bool) -> list[SafeString]:
    """What `REST` stands for in the text as `rendered` or `as_typed` gives it apart, in order."""
    whole = rendered.__wrapped__(text) if formatted else as_typed.__wrapped__(text)
    apart = rendered(text, apart=True) if formatted else as_typed(text, apart=True)
    marked = [REST in fold for fold in _FOLD.findall(apart)]
    return [
        SafeString(_PRE.findall(fold)[-1])
        for fold, is_apart in zip(_FOLD.findall(whole), marked, strict=True)
        if is_apart
    ]


def _paragraphs(text: str, env: dict[str, Any]) -> str:
    found = (part.strip("\n") for part in re.split(r"\n{2,}", text))
    return "\n".join(
        f"<p>{_linked(part, env)}</p>".replace("\n", "<br>") for part in found if part.strip()
    )


def _linked(text: str, env: dict[str, Any]) -> str:
    """The text, escaped, with its first addresses as links."""
    if "://" not in text:
        return escape(text)
    out, begin = [], 0
    for found in _ADDRESS.finditer(text):
        if env["links"] <= 0:
            break
        env["links"] -= 1
        out += [escape(text[begin : found.start()]), markup('<a href="{0}">{0}</a>', found[0])]
        begin = found.end()
    return "".join([*out, escape(text[begin:])])
