"""The portal's components of a page as template tags: its crumbs, tabs, lists, refusals and timelines.

Loaded everywhere; docs/components.md shows each in use.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.template.defaultfilters import linebreaks_filter, linebreaksbr, urlize
from django.utils.safestring import SafeString, mark_safe

from portal.journal import SYSTEM
from portal.templatetags.portal_ui import NOTHING, clause, icon_of, pill, when
from portal.ui import clock as faces
from portal.ui import verbs, words
from portal.ui.markup import escaped, joined, markup

register = template.Library()
_SELECTED = mark_safe(" selected")

_SIGN_OF_A_LINK = re.compile(r"://|@|www\.|\.(?:com|edu|gov|int|mil|net|org)", re.IGNORECASE)


@register.simple_tag
def empty(
    title: str, text: str = "", icon: str = "mood-empty", url: str = "", action: str = ""
) -> SafeString:
    """What a list shows when it is empty: why, and the way out."""
    return markup(
        '<div class="empty-state">\n<span class="empty-mark">{}</span>\n<p class="empty-title">{}</p>{}{}\n</div>',
        icon_of(icon),
        title,
        markup('\n<p class="empty-text">{}</p>', text) if text else NOTHING,
        markup('\n<a class="btn btn-outline-primary" href="{}">{}</a>', url, action)
        if url
        else NOTHING,
    )


@register.inclusion_tag("components/refusal.html", takes_context=True)
def refusal(
    context: Context, refused: Any = None, url: str = "", action: str = "", kept: str = ""
) -> dict[str, Any]:
    """A Refusal with its clause and the way out; `kept` says what became of what was typed."""
    return {
        "request": context.get("request"),
        "refusals": getattr(refused, "all", [refused]) if refused else [],
        "url": url,
        "action": action,
        "kept": kept,
    }


@register.simple_tag
def crumb(text: str, url: str) -> SafeString:
    """One step of the breadcrumb, for the `crumbs` block."""
    return markup('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, text)


@register.simple_tag(takes_context=True)
def tab(
    context: Context,
    text: str,
    url: str,
    active: bool | None = None,
    badge: Any = "",
    icon: str = "",
) -> SafeString:
    """One tab, inside ``<nav class="tabs">``; current when `active`, or when its path is the page's."""
    request = context.get("request")
    if active is None:
        active = request is not None and urlsplit(url).path == request.path
    return markup(
        '<a class="tab" href="{}"{}>{}<span>{}</span>{}</a>',
        url,
        mark_safe(' aria-current="page"') if active else "",
        icon_of(icon),
        text,
        markup('<span class="count">{}</span>', badge) if badge not in ("", None) else "",
    )


@register.simple_tag
def filter_search(label: str, value: str = "", placeholder: str = "") -> SafeString:
    """The search field of a list, `q`, inside ``<form class="filter-bar">``: with its text, and what may be typed."""
    return markup(
        '<label class="visually-hidden" for="q">{}</label>\n'
        '<input class="form-control" type="search" name="q" id="q" value="{}" placeholder="{}" data-keys-search>',
        label,
        value,
        placeholder,
    )


@register.simple_tag
def filter_choice(
    label: str, name: str, options: Iterable[tuple[Any, str]], chosen: Any, every: str
) -> SafeString:
    """A filter of a list with few values, inside ``<form class="filter-bar">``; nothing chosen is `every`.

    `options` are values with their words; `chosen` is the value in the address.
    """
    listed = [
        markup(
            '<option value="{}"{}>{}</option>',
            value,
            _SELECTED if str(value) == str(chosen) else NOTHING,
            said,
        )
        for value, said in options
    ]
    return markup(
        '<label class="visually-hidden" for="{name}">{label}</label>\n'
        '<select class="form-select" name="{name}" id="{name}">\n'
        '<option value="">{every}</option>\n{options}\n</select>',
        name=name,
        label=label,
        every=every,
        options=joined(listed),
    )


@register.simple_tag
def filter_chip(
    text: str, url: str, active: bool = False, count: Any = "", icon: str = ""
) -> SafeString:
    """One ready-made filter of a list, inside ``<div class="filter-bar">``."""
    return markup(
        '<a class="filter-chip" href="{}"{}>{}{}{}</a>',
        url,
        mark_safe(' aria-current="true"') if active else "",
        icon_of(icon),
        text,
        markup(' <span class="filter-chip-count">{}</span>', count)
        if count not in ("", None)
        else "",
    )


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], what: str = "") -> dict[str, Any]:
    """Links to the other pages of a list, keeping the query of the present one; its paginator knows `what` it lists."""
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "request": context.get("request"),
        "page": page,
        "numbers": list(pages),
        "gap": page.paginator.ELLIPSIS,
        "what": what or getattr(page.paginator, "what", ""),
    }


@register.simple_tag(takes_context=True)
def timeline_event(
    context: Context,
    entry: Any = None,
    kind: str = "",
    title: str = "",
    icon: str = "",
    tone: str = "",
    body: Any = "",
    role: str = "",
) -> SafeString:
    """One entry of a timeline: a journal entry, or a message of the conversation.

    `kind` is "event" (one quiet line), "message" (to the other side) or "note" (internal). `entry` has
    `at`, `by` or `by_name`, and as it has them `verb`, `text`, `clause`, `public`.
    """
    verb = verbs.look(str(faces.read(entry, "verb", "")))
    name = str(faces.read(entry, "by_name", "") or faces.read(faces.read(entry, "by"), "name", ""))
    name = "The portal" if name == SYSTEM else name  # it begins a sentence
    said = {
        "name": name or "The portal",
        "title": title or verb.words,
        "clause": clause(context, str(faces.read(entry, "clause", ""))),
        "when": when(faces.read(entry, "at")),
        "body": escaped(body or faces.read(entry, "text", "")),
    }
    if kind in ("", "event"):
        return event_line(said, icon or verb.icon, tone or verb.tone)
    face = markup(
        '<span class="initials{}" aria-hidden="true">{}</span>',
        " initials-provider" if faces.read(faces.read(entry, "by"), "is_provider", False) else "",
        words.initials(name) if name else "",
    )
    return _message(said, face, role, internal=kind == "note")


def event_line(said: dict[str, Any], icon: str, tone: str) -> SafeString:
    """One quiet line of a timeline: who (`name`) did what (`title`), `when`, the `clause` and more words (`body`)."""
    return markup(
        '<li class="event"{tone}>\n<span class="event-mark">{icon}</span>\n<div class="event-words">\n'
        '<span class="event-who">{name}</span>\n<span class="event-what">{title}</span>\n{clause}\n'
        '<span class="event-when">{when}</span>{text}\n</div>\n</li>',
        tone=markup(' data-tone="{}"', tone) if tone else NOTHING,
        icon=icon_of(icon),
        text=_part('<div class="event-text">{}</div>', linebreaksbr(said["body"])),
        **said,
    )


def _message(said: dict[str, Any], face: SafeString, role: str, *, internal: bool) -> SafeString:
    return markup(
        '<li class="event event-message{internal}">\n{face}\n<article class="message">\n'
        '<header class="message-head">\n<span class="message-who">{name}</span>{role}{note}{what}\n{clause}\n'
        '<span class="event-when">{when}</span>\n</header>\n<div class="message-body">{text}</div>\n'
        "</article>\n</li>",
        internal=" event-internal" if internal else "",
        face=face,
        role=_part('<span class="person-role">{}</span>', role),
        note=_part("{}", pill("Internal note", "eye-off", "warning") if internal else ""),
        what=_part('<span class="message-what">{}</span>', said["title"]),
        text=linebreaks_filter(linked(said["body"])),
        **said,
    )


def linked(text: SafeString) -> SafeString:
    """The text with its addresses as links; Django looks at each word, so a text without any sign of one stays."""
    return urlize(text) if _SIGN_OF_A_LINK.search(text) else text


def _part(html: str, text: str) -> SafeString:
    """A part on a line of its own, or nothing without its text."""
    return markup(f"\n{html}", text) if text else NOTHING
