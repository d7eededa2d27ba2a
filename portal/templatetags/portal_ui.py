"""The portal's components as template tags (loaded everywhere); docs/components.md shows each in use.

Tags only arrange what they are given; times are worded in Django's current time zone, which is the
reader's, and count from ``portal.clock.now()``.
"""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.template.defaultfilters import linebreaks_filter
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

import portal
from portal import clock as portal_clock
from portal.ui import clauses, words
from portal.ui import clock as faces
from portal.ui.icons import ICONS
from portal.ui.markup import joined, markup

register = template.Library()
NOTHING = mark_safe("")
drawn_once = lru_cache(maxsize=1024, typed=True)
"""For what is drawn from a few words alone: each row repeats it. Typed, as text is no HTML that reads alike."""


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
    return _icon(name, css, label)


@drawn_once
def _icon(name: str, css: str, label: str) -> SafeString:
    spoken = (
        markup('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    )
    return markup(
        '<svg class="icon{}" {}><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        spoken,
        static("vendor/icons.svg"),
        name,
    )


def icon_of(name: str) -> SafeString:
    """The icon of a component that may have none."""
    return icon(name) if name else NOTHING


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


@register.simple_tag(takes_context=True)
def clock(
    context: Context, deadline: Any, label: str = "", compact: bool = False, explanation: str = ""
) -> SafeString:
    """A live countdown to a deadline, with its clause and "why this time?"; `compact` for table cells."""
    zone = timezone.get_current_timezone()
    face = faces.face(deadline, _now(), zone, label=label, explanation=explanation)
    return _compact_clock(face) if compact else _whole_clock(context, face)


def _whole_clock(context: Context, face: faces.ClockFace) -> SafeString:
    return markup(
        '<div class="clock" data-tone="{}"{}>\n<span class="clock-mark">{}</span>\n'
        '<div class="clock-words">\n<div class="clock-label">\n<span>{}</span>\n{}\n</div>\n'
        '<div class="clock-line">\n<span class="clock-relative" data-clock-words>{}</span>\n'
        '<time datetime="{}">{}</time>\n</div>{}{}\n</div>\n</div>',
        face.tone,
        _counting(face),
        icon(face.icon),
        face.label,
        clause(context, face.clause),
        face.relative,
        face.due.isoformat(),
        face.absolute,
        markup('\n<div class="clock-note">{}</div>', face.note) if face.note else NOTHING,
        markup(
            '\n<details class="why">\n<summary>Why this time?</summary>\n'
            '<div class="why-words">{}</div>\n</details>',
            linebreaks_filter(face.explanation),
        )
        if face.explanation
        else NOTHING,
    )


def _compact_clock(face: faces.ClockFace) -> SafeString:
    return markup(
        '<span class="clock clock-compact" data-tone="{}"{}>{} <span class="clock-words">'
        '<span class="clock-relative" data-clock-words>{}</span> <span class="clock-detail">{}'
        '<time datetime="{}">{}</time></span></span></span>',
        face.tone,
        _counting(face),
        icon(face.icon),
        face.relative,
        markup('<span class="clock-label">{}</span> ', face.label) if face.label else NOTHING,
        face.due.isoformat(),
        face.absolute,
    )


def _counting(face: faces.ClockFace) -> SafeString:
    """The attributes by which the page's script counts on."""
    if not face.running:
        return NOTHING
    return markup(
        ' data-clock data-due="{}" data-state="{}" data-soon="{}"',
        face.due.isoformat(),
        face.state,
        face.soon_seconds,
    )


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
        return markup('<time class="when" datetime="{}">{}</time>', stamp, exact)
    if form == "relative":
        return markup(
            '<time class="when" datetime="{}" title="{}" data-when>{}</time>',
            stamp,
            exact,
            relative,
        )
    return markup(
        '<time class="when" datetime="{}"><span data-when>{}</span> '
        '<span class="when-exact">{}</span></time>',
        stamp,
        relative,
        exact,
    )


@register.simple_tag
def html_clock() -> SafeString:
    """Attributes for ``<html>`` by which the page's clocks run on the server's domain time."""
    return markup(
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

    On a page about another provider's agreement it is that provider's, the page's `call_us`.
    """
    number = str(context.get("call_us") or settings.SUPPORT_TELEPHONE)
    return "".join(sign for sign in number if sign.isdigit() or sign == "+") if digits else number


# --- nouns -----------------------------------------------------------------------------------------


@register.simple_tag
@drawn_once
def rank(level: int, word: str = "", of: str = "", asked: int | None = None) -> SafeString:
    """A place in an order of urgency, 1 the first, by number and word; `asked` marks another one that is asked for.

    `of` is what is ranked, for screen readers.
    """
    return markup(
        '<span class="rank" data-rank="{}"><span class="rank-level">{} {}</span>{}</span>{}',
        level,
        markup('<span class="visually-hidden">{}</span>', of) if of else NOTHING,
        level,
        markup(' <span class="rank-word">{}</span>', word) if word else NOTHING,
        markup(
            ' <span class="rank-asked">{}<span>{} asked</span></span>', icon("arrow-right"), asked
        )
        if asked and asked != level
        else NOTHING,
    )


@register.simple_tag
@drawn_once
def pill(word: str, icon: str = "point", tone: str = "neutral") -> SafeString:
    """Any other state as icon and word; tones: neutral quiet accent info success warning danger."""
    return markup(
        '<span class="pill" data-tone="{}">{}<span>{}</span></span>', tone, icon_of(icon), word
    )


@register.simple_tag
def person(
    who: Any, role: str = "", compact: bool = False, absent: str = "Nobody yet"
) -> SafeString:
    """A user or contact: initials, name and role; `absent` is shown when there is nobody."""
    name = str(faces.read(who, "name", "")) if who else ""
    if not name:
        return _person("", "", provider=False, compact=compact, absent=absent)
    title = "" if compact else role or ", ".join(faces.read(who, "role_names", ()))
    provider = bool(faces.read(who, "is_provider", False))
    return _person(name, title, provider=provider, compact=compact)


@drawn_once
def _person(
    name: str, title: str, *, provider: bool, compact: bool, absent: str = ""
) -> SafeString:
    compact_css = mark_safe(" person-compact") if compact else NOTHING
    if not name:
        return markup(
            '<span class="person person-absent{}">'
            '<span class="initials initials-nobody" aria-hidden="true">{}</span> '
            '<span class="person-words"><span class="person-name">{}</span></span></span>',
            compact_css,
            icon("user"),
            absent,
        )
    return markup(
        '<span class="person{}"><span class="initials{}" aria-hidden="true">{}</span> '
        '<span class="person-words"><span class="person-name">{}</span>{}</span></span>',
        compact_css,
        mark_safe(" initials-provider") if provider else NOTHING,
        words.initials(name),
        name,
        markup(' <span class="person-role">{}</span>', title) if title else NOTHING,
    )


@register.simple_tag(takes_context=True)
def clause(context: Context, citation: str) -> SafeString:
    """Chips that cite clauses ("ATSP 4.6", or several joined by commas) and tell what they say.

    On a page about something under an agreement, its programme's `paper` has the clauses that stand in their place.
    """
    paper = context.get("paper")
    if paper:
        citation = paper.cite(citation or "")
    return joined(_chip(context, name) for name in clauses.split(citation or ""))


def _chip(context: Context, name: str) -> SafeString:
    text = clauses.text(name)
    if not text:
        return markup(
            '<span class="clause clause-plain"><span class="visually-hidden">Clause</span> {}</span>',
            name,
        )
    return markup(
        '<button type="button" class="clause" popovertarget="{target}" data-hover>'
        '<span class="visually-hidden">Clause</span> {name}</button> '
        '<span class="pop" id="{target}" popover><span class="pop-title">{icon}{name}</span> '
        '<span class="pop-text">{text}</span></span>',
        target=unique_id(context, "clause"),
        icon=icon("gavel"),
        name=name,
        text=text,
    )


@register.simple_tag
def money(
    amount: Decimal | int | str | None, currency: str = "USD", whole: bool = False
) -> SafeString:
    """An amount of money, written as the agreements do, in figures that align."""
    if amount is None:
        return mark_safe('<span class="text-secondary">—</span>')
    return markup(
        '<span class="money">{}</span>', words.money(Decimal(amount), currency, whole=whole)
    )


@register.simple_tag
def meter(
    value: float,
    most: float,
    label: str = "",
    text: str = "",
    tone: str = "",
    *,
    drains: bool = False,
) -> SafeString:
    """A bar for how much of something is used, or left where it `drains`; `text` says so ("37 of 100 left")."""
    share = float(value) / float(most) if most else 0.0
    share = 1 - share if drains else share
    text = text or f"{value} of {most}"
    tone = tone or ("danger" if share >= 1 else "warning" if share >= 0.9 else "")
    return markup(
        '<div class="meter"{}>\n<progress value="{}" max="{}" aria-label="{}">{}</progress>\n'
        '<span class="meter-text">{}</span>\n</div>',
        _tone(tone),
        value,
        most,
        label or text,
        text,
        text,
    )


@register.simple_tag
def stat(
    label: str, value: Any, note: str = "", icon: str = "", tone: str = "", url: str = ""
) -> SafeString:
    """A figure with its name, a note under it, and a link to what is behind it."""
    return markup(
        '<div class="stat"{}>\n<div class="stat-label">{}{}</div>\n'
        '<div class="stat-value">{}</div>{}\n</div>',
        _tone(tone),
        icon_of(icon),
        label,
        markup('<a href="{}">{}</a>', url, value) if url else value,
        markup('\n<div class="stat-note">{}</div>', note) if note else NOTHING,
    )


def _tone(tone: str) -> SafeString:
    return markup(' data-tone="{}"', tone) if tone else NOTHING
