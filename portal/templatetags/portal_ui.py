"""The portal's components as template tags (loaded everywhere); docs/components.md shows each in use.

Tags only arrange what they are given; times are worded in Django's current time zone, which is the
reader's, and count from ``portal.clock.now()``.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

import portal
from portal import clock as portal_clock
from portal.ui import clauses, verbs, words
from portal.ui import clock as faces
from portal.ui.icons import ICONS

register = template.Library()

SEVERITIES = {1: "Critical", 2: "Serious", 3: "Medium", 4: "Low"}
CASE_STATES = {
    "new": ("circle-plus", "New", "info"),
    "in_progress": ("progress", "In progress", "accent"),
    "waiting_for_reseller": ("user-question", "Waiting for reseller", "warning"),
    "waiting_for_engineering": ("tools", "Waiting for engineering", "neutral"),
    "relieved": ("lifebuoy", "Relieved", "success"),
    "closed": ("circle-check", "Closed", "quiet"),
}


def _now() -> dt.datetime:
    """The present of the domain: a page is an edge, so its tags may read the clock."""
    return portal_clock.now()


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Draw an icon of ``portal.ui.icons``; silent for screen readers unless it has a `label`.

    An unknown name raises ValueError while DEBUG is on, and is drawn as a point otherwise.
    """
    if name not in ICONS:
        if settings.DEBUG:
            raise ValueError(
                f"no icon {name!r}: add it to portal/ui/icons.py and build the front end"
            )
        name = "point"
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        spoken,
        static("vendor/icons.svg"),
        name,
    )


def unique_id(context: Context, stem: str) -> str:
    """Return an id that no other component of this page has, and that a refresh of a part keeps.

    A part that htmx or live.js fetches is numbered under its target's id, apart from the page's own.
    """
    request = context.get("request")
    if request is None:
        holder, scope = context.render_context, ""
        count = (holder.get("portal_ui_ids") or 0) + 1
        holder["portal_ui_ids"] = count
    else:
        scope = request.headers.get("HX-Target", "")
        scope = "".join(letter for letter in scope if letter.isalnum() or letter in "-_")
        count = getattr(request, "portal_ui_ids", 0) + 1
        request.portal_ui_ids = count
    return "-".join(filter(None, [stem, scope, str(count)]))


# --- time ------------------------------------------------------------------------------------------


@register.inclusion_tag("components/clock.html", takes_context=True)
def clock(
    context: Context, deadline: Any, label: str = "", compact: bool = False, explanation: str = ""
) -> dict[str, Any]:
    """A live countdown to a deadline, with its clause and "why this time?"; `compact` for table cells."""
    zone = timezone.get_current_timezone()
    return {
        "request": context.get("request"),
        "face": faces.face(deadline, _now(), zone, label=label, explanation=explanation),
        "compact": compact,
    }


@register.simple_tag
def when(instant: dt.datetime | None, form: str = "both") -> SafeString | str:
    """An instant in the reader's zone, relative and absolute; `form` may be "relative" or "absolute"."""
    if instant is None:
        return mark_safe('<span class="text-secondary">—</span>')
    now, zone = _now(), timezone.get_current_timezone()
    relative = words.from_now(instant, now)
    exact = words.absolute(instant, zone, now)
    stamp = instant.astimezone(dt.UTC).isoformat(timespec="seconds")
    if form == "absolute":
        return format_html('<time class="when" datetime="{}">{}</time>', stamp, exact)
    if form == "relative":
        return format_html(
            '<time class="when" datetime="{}" title="{}" data-when>{}</time>',
            stamp,
            exact,
            relative,
        )
    return format_html(
        '<time class="when" datetime="{}"><span data-when="{}">{}</span> '
        '<span class="when-exact">{}</span></time>',
        stamp,
        stamp,
        relative,
        exact,
    )


@register.simple_tag
def html_clock() -> SafeString:
    """Attributes for ``<html>`` by which the page's clocks run on the server's domain time."""
    return format_html(
        'data-now="{}" data-wall="{}" data-speed="{}"',
        portal_clock.now().isoformat(),
        portal_clock.wall().isoformat(),
        f"{portal_clock.speed():g}",
    )


@register.inclusion_tag("components/portal_clock.html")
def portal_clock_face() -> dict[str, Any]:
    """The portal's own time, for the footer; says so when the clock is set for a drill."""
    now = portal_clock.now()
    local = now.astimezone(timezone.get_current_timezone())
    return {
        "now": now,
        "text": f"{local:%a} {local.day} {local:%b %Y} {local:%H:%M}",
        "zone": words.zone_name(local),
        "zone_id": timezone.get_current_timezone_name(),
        "drill": portal_clock.is_set(),
        "speed": f"{portal_clock.speed():g}",
        "fast": portal_clock.speed() != 1,
    }


@register.simple_tag
def portal_version() -> str:
    """The portal's version, for the footer."""
    return str(getattr(portal, "__version__", ""))


@register.simple_tag(takes_context=True)
def support_telephone(context: Context, digits: bool = False) -> str:
    """The number that takes severity-1 reports day and night (ATSP 4.5); `digits` for a ``tel:`` link.

    On a page about another provider's agreement it is that provider's, the page's `ring`.
    """
    number = str(context.get("ring") or settings.SUPPORT_TELEPHONE)
    return "".join(sign for sign in number if sign.isdigit() or sign == "+") if digits else number


# --- nouns -----------------------------------------------------------------------------------------


def _inline(partial: str, /, **values: Any) -> SafeString:
    """Render a component that stands within a line of text: without white space around it."""
    html = render_to_string(f"components/{partial}.html", values)
    return mark_safe(html.strip())  # noqa: S308  # our own template, which escaped what it was given


@register.simple_tag
def severity(level: int, asked: int | None = None, short: bool = False) -> SafeString:
    """A case's severity by number and word; `asked` marks another one that awaits an answer or call."""
    return _inline(
        "severity",
        level=int(level),
        word=SEVERITIES.get(int(level), ""),
        asked=asked if asked and int(asked) != int(level) else None,
        short=short,
    )


@register.simple_tag
def case_state(state: Any, label: str = "") -> SafeString:
    """A case's state as icon and word."""
    drawn, word, tone = CASE_STATES.get(str(state), ("point", words.spoken(str(state)), "neutral"))
    return _inline(
        "state", icon=drawn, word=label or getattr(state, "label", "") or word, tone=tone
    )


@register.simple_tag
def pill(word: str, icon: str = "point", tone: str = "neutral") -> SafeString:
    """Any other state as icon and word; tones: neutral quiet accent info success warning danger."""
    return _inline("state", icon=icon, word=word, tone=tone)


@register.simple_tag
def person(
    who: Any, role: str = "", compact: bool = False, absent: str = "Nobody yet"
) -> SafeString:
    """A user or contact: initials, name and role; `absent` is said when there is nobody."""
    name = str(faces.read(who, "name", "")) if who else ""
    roles: Iterable[str] = faces.read(who, "role_names", ()) if who else ()
    return _inline(
        "person",
        name=name,
        initials=words.initials(name),
        role=role or ", ".join(roles),
        provider=bool(faces.read(who, "is_provider", False)) if who else False,
        compact=compact,
        absent=absent,
    )


@register.simple_tag(takes_context=True)
def clause(context: Context, citation: str) -> SafeString:
    """Chips that cite clauses ("ATSP 4.6", or several joined by commas) and tell what they say.

    On a page about something under other terms, the page's `under` has the clauses that stand in their place.
    """
    under = context.get("under")
    if under:
        citation = under.cites(citation or "")
    return _inline(
        "clause",
        chips=[
            {"id": name, "text": clauses.text(name), "target": unique_id(context, "clause")}
            for name in clauses.split(citation or "")
        ],
    )


@register.simple_tag
def money(
    amount: Decimal | int | str | None, currency: str = "USD", whole: bool = False
) -> SafeString:
    """An amount of money, written as the agreements do, in figures that align."""
    if amount is None:
        return mark_safe('<span class="text-secondary">—</span>')
    return format_html(
        '<span class="money">{}</span>', words.money(Decimal(amount), currency, whole=whole)
    )


@register.inclusion_tag("components/meter.html")
def meter(
    value: float, most: float, label: str = "", text: str = "", tone: str = ""
) -> dict[str, Any]:
    """A bar for how much of something is used; `text` says it in words ("37 of 100 left")."""
    share = float(value) / float(most) if most else 0.0
    return {
        "value": value,
        "most": most,
        "label": label or text,
        "text": text or f"{value} of {most}",
        "tone": tone or ("danger" if share >= 1 else "warning" if share >= 0.9 else ""),
    }


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, value: Any, note: str = "", icon: str = "", tone: str = "", url: str = ""
) -> dict[str, Any]:
    """A figure with its name, a note under it, and a link to what is behind it."""
    return {"label": label, "value": value, "note": note, "icon": icon, "tone": tone, "url": url}


# --- pages -----------------------------------------------------------------------------------------


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", icon: str = "mood-empty", url: str = "", action: str = ""
) -> dict[str, Any]:
    """What a list shows when it is empty: why, and the way out."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("components/refusal.html", takes_context=True)
def refusal(
    context: Context, refused: Any = None, url: str = "", action: str = "", kept: str = ""
) -> dict[str, Any]:
    """A Refusal with its clause and the way out; `kept` says what became of what was typed."""
    return {
        "request": context.get("request"),
        "refusals": [_under(context, one) for one in getattr(refused, "all", [refused])]
        if refused
        else [],
        "url": url,
        "action": action,
        "kept": kept,
    }


def _under(context: Context, refused: Any) -> Any:
    """A refusal as the terms that the page is under would say it."""
    under = context.get("under")
    if not under:
        return refused
    return {
        "sentence": under.words(refused.sentence),
        "clause": under.cites(refused.clause),
        "way_out": under.words(refused.way_out),
    }


@register.simple_tag(takes_context=True)
def say(context: Context, text: str) -> str:
    """Words of the house as the terms that the page is `under` say them: "Technical Contact" may be "Liaison"."""
    under = context.get("under")
    return str(under.words(text) if under else text)


@register.simple_tag
def crumb(text: str, url: str) -> SafeString:
    """One step of the breadcrumb, for the `crumbs` block."""
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', url, text)


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
    return format_html(
        '<a class="tab" href="{}"{}>{}<span>{}</span>{}</a>',
        url,
        mark_safe(' aria-current="page"') if active else "",
        _icon(icon),
        text,
        format_html('<span class="count">{}</span>', badge) if badge not in ("", None) else "",
    )


@register.simple_tag
def filter_chip(
    text: str, url: str, active: bool = False, count: Any = "", icon: str = ""
) -> SafeString:
    """One ready-made filter of a list, inside ``<div class="filter-bar">``."""
    return format_html(
        '<a class="filter-chip" href="{}"{}>{}{}{}</a>',
        url,
        mark_safe(' aria-current="true"') if active else "",
        _icon(icon),
        text,
        format_html(' <span class="filter-chip-count">{}</span>', count)
        if count not in ("", None)
        else "",
    )


def _icon(name: str) -> SafeString:
    return icon(name) if name else mark_safe("")


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], what: str = "") -> dict[str, Any]:
    """Links to the other pages of a list, keeping the query of the present one."""
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "request": context.get("request"),
        "page": page,
        "numbers": list(pages),
        "gap": page.paginator.ELLIPSIS,
        "what": what,
    }


@register.inclusion_tag("components/timeline_event.html", takes_context=True)
def timeline_event(
    context: Context,
    entry: Any = None,
    kind: str = "",
    title: str = "",
    icon: str = "",
    tone: str = "",
    body: Any = "",
    role: str = "",
) -> dict[str, Any]:
    """One entry of a timeline: a journal entry, or a message of the conversation.

    `kind` is "event" (one quiet line), "message" (to the other side) or "note" (internal). `entry` has
    `at`, `by` or `by_name`, and as it has them `verb`, `text`, `clause`, `public`.
    """
    verb = verbs.look(str(faces.read(entry, "verb", "")))
    by = faces.read(entry, "by")
    name = str(faces.read(entry, "by_name", "")) or str(faces.read(by, "name", ""))
    return {
        "request": context.get("request"),
        "kind": kind or "event",
        "name": name or "The portal",
        "initials": words.initials(name) if name else "",
        "provider": bool(faces.read(by, "is_provider", False)),
        "role": role,
        "at": faces.read(entry, "at"),
        "title": title or verb.words,
        "icon": icon or verb.icon,
        "tone": tone or verb.tone,
        "body": conditional_escape(body or faces.read(entry, "text", "")),
        "clause": str(faces.read(entry, "clause", "")),
        "internal": kind == "note",
    }
