"""``{% case_lines conversation %}``: the lines of a case's conversation, drawn in Python since a page has fifty."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from cases.conversation.models import Message
from cases.conversation.page import Fold, Line
from cases.conversation.references import References, linked
from cases.mentions.shown import with_names
from cases.search.addresses import search_page
from portal import markdown
from portal.templatetags.portal_files import message_files
from portal.templatetags.portal_pages import event_line
from portal.templatetags.portal_ui import NOTHING, clause, icon, pill, when
from portal.ui import verbs, words
from portal.ui.markup import escaped, joined, markup

register = template.Library()

INLINE, LEAST = 16_000, 360
"""Characters of text that a page shows at once, and those of each message that it shows at least."""
MOST = 6_000
"""Characters of one message that a page shows at once."""
PRINTED = 2_000_000
"""Characters of text on a page to print, which loads nothing later: no log is left out on paper."""


@register.simple_tag(takes_context=True)
def case_lines(context: Context, lines: Any) -> SafeString:
    """The list's lines, with the mark of what is new to the reader."""
    drawing = _Drawing(context)
    return joined(drawing.marked(line) for line in lines)


def body_of(message: Message) -> SafeString:
    """The text of a message as HTML."""
    return _drawn(message, message.body)


def _drawn(message: Message, text: str, *, apart: bool = False) -> SafeString:
    draw = markdown.rendered if message.formatted else markdown.as_typed
    return draw(text, apart=apart)


def _cut(message: Message, most: int, *, apart: bool) -> tuple[SafeString, bool]:
    """The text of a message as HTML, its long blocks perhaps apart, and whether it was cut to that many characters."""
    whole = _drawn(message, message.body, apart=apart)
    if len(whole) <= most + LEAST:
        return whole, False
    begin = message.body[:most]
    return _drawn(message, begin.rpartition("\n")[0] or begin, apart=apart), True


class _Drawing:
    """What is drawn of one page, and how much text is left to show on it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.case = context["case"]
        self.references: References = context.get("references") or {}
        self.reader = context["user"]
        self.new_key = context.get("new_key")
        self.newest_first = context.get("order") != "oldest"
        self.is_print = bool(context.get("is_print"))
        self.left = PRINTED if self.is_print else INLINE
        self.most = PRINTED if self.is_print else MOST

    def marked(self, line: Line | Fold) -> SafeString:
        drawn = self.fold(line) if isinstance(line, Fold) else self.line(line)
        if line.key != self.new_key:
            return drawn
        mark = markup(
            '<li class="new-mark" id="new"><span>New since you looked {}</span></li>',
            when(self.context.get("new_before"), "relative"),
        )
        return joined([drawn, mark] if self.newest_first else [mark, drawn])

    def fold(self, fold: Fold) -> SafeString:
        told = ", ".join(dict.fromkeys(self.title(line) for line in fold.lines))
        ordered = fold.lines[::-1] if self.newest_first else fold.lines
        return markup(
            '<li class="event event-fold" id="{key}"><details><summary><span class="event-mark">{icon}</span>'
            '<span class="event-words"><span class="event-who">{count} events</span> '
            '<span class="fold-told">{told}</span> <span class="event-when">{when}</span></span></summary>'
            '<ol class="fold-list">{lines}</ol></details></li>',
            key=fold.key,
            icon=icon("dots"),
            count=len(fold.lines),
            told=told,
            when=when(fold.lines[-1].entry.at, "relative"),
            lines=joined(self.line(line) for line in ordered),
        )

    def title(self, line: Line) -> str:
        return line.title or verbs.look(str(getattr(line.entry, "verb", ""))).words

    def line(self, line: Line) -> SafeString:
        return self.event(line) if line.kind == "event" else self.message(line)

    def when(self, line: Line) -> SafeString:
        return markup(
            '<a class="permalink" href="?at={key}#{key}">{when}</a>',
            key=line.key,
            when=when(line.entry.at),
        )

    def event(self, line: Line) -> SafeString:
        entry: Any = line.entry
        verb = verbs.look(str(entry.verb))
        said = {
            "name": entry.by_name or "The portal",
            "title": line.title or verb.words,
            "clause": clause(self.context, str(entry.clause or "")),
            "when": self.when(line),
            "body": linked(escaped(entry.text or ""), self.references),
        }
        return SafeString(
            event_line(said, verb.icon, verb.tone).replace(
                '<li class="event"', f'<li id="{line.key}" class="event"', 1
            )
        )

    def message(self, line: Line) -> SafeString:
        message: Any = line.entry
        provider = bool(message.by and message.by.is_provider)
        internal = line.kind == "note"
        return markup(
            '<li class="event event-message{internal}" id="{key}">\n'
            '<span class="initials{provider}" aria-hidden="true">{initials}</span>\n<article class="message">\n'
            '<header class="message-head">\n<span class="message-who">{name}</span>{role}{note}{what}\n'
            '<span class="event-when">{when}</span>\n</header>\n<div class="message-body said">{body}</div>{files}\n'
            "</article>\n</li>",
            internal=" event-internal" if internal else "",
            key=line.key,
            provider=" initials-provider" if provider else "",
            initials=words.initials(message.author),
            name=self.name_of(message),
            role=markup('\n<span class="person-role">{}</span>', line.role)
            if line.role
            else NOTHING,
            note=pill("Internal note", "eye-off", "warning") if internal else NOTHING,
            what=markup('\n<span class="message-what">{}</span>', line.title)
            if line.title
            else NOTHING,
            when=self.when(line),
            body=self.body(message),
            files=message_files(line.files),
        )

    def name_of(self, message: Message) -> SafeString | str:
        """The author's name, which leads to their cases: those of one's own side, and of the side that one serves."""
        if message.from_provider and not self.reader.is_provider:
            return message.author
        word = "owner" if message.from_provider else "contact"
        address = search_page(f'{word}:"{message.author}"')
        return markup('<a href="{}">{}</a>', address, message.author)

    def body(self, message: Any) -> SafeString:
        whole = reverse("case_message", args=[message.case_id, message.pk])
        most = max(LEAST, min(self.most, self.left))
        body, is_cut = _cut(message, most, apart=not self.is_print)
        self.left -= len(body)
        body = with_names(body, message.mentioned, self.reader)
        body = linked(body, self.references)
        if markdown.REST in body:
            for n in range(body.count(markdown.REST)):
                body = SafeString(body.replace(markdown.REST, _rest(whole, message.pk, n), 1))
        if not is_cut:
            return body
        return markup(
            '{body}<p class="said-more"><a href="{whole}" hx-get="{whole}" hx-target="closest .said" '
            'hx-select="#whole > *" hx-swap="innerHTML">Show the whole message ({count} characters)</a></p>',
            body=body,
            whole=whole,
            count=f"{len(message.body):,}",
        )


def _rest(whole: str, pk: int, n: int) -> SafeString:
    """What is loaded when a fold is opened; without scripts a link to it."""
    return markup(
        '<p class="said-more" hx-get="{whole}?block={n}" hx-trigger="toggle from:closest details once" '
        'hx-select="#whole .said-block" hx-swap="outerHTML"><a href="{whole}">Show these lines</a></p>',
        whole=whole,
        n=n,
    )
