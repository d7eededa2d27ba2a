"""Who else has a case open, as pages draw it."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from cases.presence.pulse import Person
from portal.templatetags.portal_ui import NOTHING, icon
from portal.ui import words
from portal.ui.markup import joined, markup

register = template.Library()

SHOWN = 4
"""So many people are shown by name on the page; in a row of a list one, with how many more."""


@register.simple_tag
def people_here(people: Sequence[Person]) -> SafeString:
    """Who else reads the case and who is answering, for its page; nothing where nobody is."""
    more = len(people) - SHOWN
    rest = markup('\n<span class="here-more">and {} more</span>', more) if more > 0 else NOTHING
    return markup("{}{}", joined(_person(each) for each in people[:SHOWN]), rest)


@register.simple_tag
def people_mark(people: Sequence[Person]) -> SafeString:
    """The small mark in a row of a list: who has the case open; nothing where nobody has."""
    if not people:
        return NOTHING
    first, more = people[0], len(people) - 1
    said = ", ".join(f"{each.name} is {doing_of(each)}" for each in people)
    return markup(
        '<span class="here-mark{}" title="{}">{}<span aria-hidden="true">{}{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        " here-answering" if first.is_answering else "",
        said,
        icon("pencil" if first.is_answering else "eye"),
        words.initials(first.name),
        f" +{more}" if more else "",
        said,
    )


def doing_of(person: Person) -> str:
    """What they do, in a word."""
    return "answering" if person.is_answering else "reading"


def _person(person: Person) -> SafeString:
    return markup(
        '<span class="here{}"><span class="initials{}" aria-hidden="true">{}</span>'
        '<span><span class="here-who">{}</span> is {}</span>{}</span>',
        " here-answering" if person.is_answering else "",
        " initials-provider" if person.is_provider else "",
        words.initials(person.name),
        person.name,
        doing_of(person),
        icon("pencil") if person.is_answering else NOTHING,
    )
