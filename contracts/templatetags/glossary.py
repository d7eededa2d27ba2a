"""``{% term "Workaround" %}``: a word of the agreement that tells on hover, tap and key what is meant by it."""

from collections.abc import Iterable

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify

from contracts.programmes.rules.glossary import defined, in_short
from contracts.programmes.rules.terms import GlossaryTerm, Programme
from portal.templatetags.portal_ui import icon, unique_id
from portal.ui.markup import escaped, joined, markup

register = template.Library()


@register.simple_tag(takes_context=True)
def term(context: Context, name: str, text: str = "") -> SafeString:
    """A defined term of the page's `programme`, with its meaning in a pop-over (ATSP 1).

    `text` is what stands on the page, else the term as the programme says it. A term that the programme does not
    define is plain words. It asks no query: the terms are at hand wherever the programme is.
    """
    programme = _programme(context)
    shown = text or (programme.paper.term(name) if programme else name)
    entry = _entry(programme, name)
    if programme is None or entry is None:
        return escaped(shown)
    return markup(
        '<button type="button" class="term" popovertarget="{target}" data-hover>{shown}</button>'
        '<span class="pop" id="{target}" popover>\n<span class="pop-title">{icon}{term}</span>\n'
        '<span class="pop-text">{meaning}</span>\n'
        '<span class="pop-foot">{clause} · <a href="{glossary}?programme={code}#term-{anchor}">Glossary</a></span>\n'
        "</span>",
        target=unique_id(context, "term"),
        shown=shown,
        icon=icon("book"),
        term=entry.term,
        meaning=in_short(entry.meaning),
        clause=entry.clause,
        glossary=reverse("glossary"),
        code=programme.code,
        anchor=slugify(entry.term),
    )


@register.simple_tag(takes_context=True)
def terms_here(context: Context, names: Iterable[str]) -> SafeString:
    """A line with the terms that a form's questions use; nothing where the programme defines none of them."""
    programme = _programme(context)
    known = [name for name in names or () if _entry(programme, name)]
    if not known:
        return SafeString("")
    chips = joined((term(context, name) for name in known), between=" ")
    return markup('<p class="terms-here">What the agreement means by {}</p>', chips)


def _programme(context: Context) -> Programme | None:
    return context.get("programme") or None


def _entry(programme: Programme | None, name: str) -> GlossaryTerm | None:
    if programme is None:
        return None
    return defined(programme.glossary, programme.paper.term(name)) or defined(
        programme.glossary, name
    )
