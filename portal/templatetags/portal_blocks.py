"""The components that hold what a page puts into them: card and table (loaded everywhere; docs/components.md).

A block tag hands its function the `Slots`: what stands between it and its end tag, and in the
``{% slot name %}`` parts directly below it. They are drawn in Python, so that a use costs no template.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from portal.templatetags.portal_ui import NOTHING, icon
from portal.templatetags.portal_ui import clause as cite
from portal.ui.markup import joined, markup

register = template.Library()


class Slots:
    """What a page put into a component; each slot is rendered only when it is used."""

    def __init__(self, filled: dict[str, NodeList], context: Context) -> None:
        self.filled = filled
        self.context = context

    def __call__(self, name: str = "") -> SafeString:
        """Return a slot's HTML, without white space around it; "" is what stands in no named slot."""
        if name not in self.filled:
            return NOTHING
        return mark_safe(self.filled[name].render(self.context).strip())  # noqa: S308  # rendered, so escaped


class SlotNode(template.Node):
    """A named part of the block around it, which renders it in its place."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Refuse: only a component directly around it knows where it belongs."""
        raise template.TemplateSyntaxError(
            f"slot {self.name!r} is not directly inside a component: put the condition into the slot"
        )


class BlockNode(template.Node):
    """One use of a block tag."""

    child_nodelists = ("nodelist", "slots")

    def __init__(
        self,
        draw: Callable[..., SafeString],
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
        content: NodeList,
    ) -> None:
        self.draw = draw
        self.args = args
        self.kwargs = kwargs
        slots = [node for node in content if isinstance(node, SlotNode)]
        self.slots = NodeList(slots)
        self.nodelist = NodeList(node for node in content if not isinstance(node, SlotNode))
        self.filled = {node.name: node.nodelist for node in slots} | {"": self.nodelist}

    def render(self, context: Context) -> SafeString:
        """Draw the component with its arguments as they are now."""
        return self.draw(
            Slots(self.filled, context),
            *[arg.resolve(context) for arg in self.args],
            **{name: arg.resolve(context) for name, arg in self.kwargs.items()},
        )


def block_tag(draw: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """Register a function as the block tag of its name: ``{% name args %} … {% endname %}``.

    Arguments it does not take raise TemplateSyntaxError when the template is read.
    """
    register.tag(draw.__name__, partial(_read_block, draw))
    return draw


def _read_block(draw: Callable[..., SafeString], parser: Parser, token: Token) -> BlockNode:
    name, *bits = token.split_contents()
    args = []
    while bits and "=" not in bits[0].split('"')[0].split("'")[0]:
        args.append(parser.compile_filter(bits.pop(0)))
    kwargs = token_kwargs(bits, parser)
    try:
        if bits:
            raise TypeError(f"{bits[0]} follows a named argument")
        inspect.signature(draw).bind(None, *args, **kwargs)
    except TypeError as wrong:
        raise template.TemplateSyntaxError(f"{name}: {wrong}") from wrong
    content = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return BlockNode(draw, args, kwargs, content)


@register.tag
def slot(parser: Parser, token: Token) -> SlotNode:
    """``{% slot name %} … {% endslot %}`` directly inside a component fills one of its places."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(name, nodelist)


@block_tag
def card(
    slots: Slots,
    title: str = "",
    name: str = "",
    *,
    clause: str = "",
    css: str = "",
    body: str = "",
    flush: bool = False,
    fold: bool = False,
    is_open: bool = False,
) -> SafeString:
    """A section of a page under its title; its content is padded unless it is `flush` (lists, tables).

    `name` is its anchor, and its title's with ``-title`` behind it; `clause` is cited in the header; `css`
    and `body` are more classes of the card and of its body; `fold` makes it unfold, `is_open` at once.
    Slots: `title` (when it needs more than a text), `header` (what stands beside the title), `footer`.
    """
    title = slots("title") or title
    beside = markup("{}{}", cite(slots.context, clause) if clause else NOTHING, slots("header"))
    header = markup(
        '<h2 class="card-title"{}>{}</h2>{}',
        markup(' id="{}-title"', name) if name else NOTHING,
        title,
        NOTHING if fold else beside,
    )
    content, footer = slots(), slots("footer")
    if fold and beside:  # what unfolds is a button, and holds no other
        content = markup('<div class="card-beside">{}</div>\n{}', beside, content)
    return markup(
        '<{tag} class="card{css}"{anchor}{state}>\n<{head} class="card-header">{header}{mark}</{head}>\n'
        "{content}{footer}\n</{tag}>",
        tag="details" if fold else "section",
        head="summary" if fold else "div",
        css=_more("card-fold" if fold else "", css),
        anchor=_anchor(name, labelled=not fold),
        state=mark_safe(" open") if fold and is_open else NOTHING,
        header=header,
        mark=icon("chevron-down") if fold else NOTHING,
        content=content
        if flush
        else markup('<div class="card-body{}">{}</div>', _more(body), content),
        footer=markup('\n<div class="card-footer">{}</div>', footer) if footer else NOTHING,
    )


def _more(*css: str) -> str:
    return "".join(f" {name}" for name in css if name)


def _anchor(name: str, *, labelled: bool) -> SafeString:
    if not name:
        return NOTHING
    anchor = markup(' id="{}"', name)
    return markup('{} aria-labelledby="{}-title"', anchor, name) if labelled else anchor


@block_tag
def table(
    slots: Slots,
    caption: str = "",
    columns: str = "",
    rows: Any = None,
    *,
    css: str = "",
    name: str = "",
    keys: bool = False,
    live: str = "",
    hide_head: bool = False,
) -> SafeString:
    """A table that turns into cards on a phone: the content is its ``<tr>``s, the caption is for screen readers.

    `columns` are their heads, "Reseller|#Cases|(Change)": # before one of numbers, in parentheses one for
    the ear. With `rows` that are empty the slot `empty` is shown in the table's place. `keys` makes j, k and
    enter walk the rows; those of the `live` address replace them every five seconds, for which they need a
    `name`. Further slots: `caption` and `columns` (when a text does not do), `foot` (the rows below).
    """
    if rows is not None and not rows:
        return slots("empty")
    foot = slots("foot")
    return markup(
        '<table class="table table-cards{}">\n<caption class="visually-hidden">{}</caption>\n'
        "<thead{}><tr>{}</tr></thead>\n<tbody{}{}>\n{}\n</tbody>{}\n</table>",
        _more(css),
        slots("caption") or caption,
        mark_safe(' class="visually-hidden"') if hide_head else NOTHING,
        slots("columns") or _heads(columns),
        mark_safe(" data-keys-list") if keys else NOTHING,
        _rows_at(name, live),
        slots(),
        markup("\n<tfoot>{}</tfoot>", foot) if foot else NOTHING,
    )


def _rows_at(name: str, live: str) -> SafeString:
    anchor = markup(' id="{}"', name) if name else NOTHING
    if not live:
        return anchor
    return markup('{} data-live="{}" data-live-every="5"', anchor, live)


@lru_cache(maxsize=256)
def _heads(columns: str) -> SafeString:
    return joined((_head(each) for each in columns.split("|")), between="")


def _head(text: str) -> SafeString:
    if text.startswith("("):
        return markup(
            '<th scope="col"><span class="visually-hidden">{}</span></th>', text.strip("()")
        )
    if text.startswith("#"):
        return markup('<th scope="col" class="number">{}</th>', text[1:])
    return markup('<th scope="col">{}</th>', text)
