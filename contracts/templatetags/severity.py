"""``{% severity terms %}``: a severity by its number and the name that the programme gives it."""

from django import template
from django.utils.safestring import SafeString

from contracts.programmes.rules.terms import Severity
from portal.templatetags.portal_ui import rank

register = template.Library()


@register.simple_tag
def severity(terms: Severity, asked: int | None = None, short: bool = False) -> SafeString:
    """A severity of a programme (ATSP 4.3); `asked` marks another one that awaits an answer or a call.

    `short` leaves the name to the ear of who knows the numbers: only the number is drawn.
    """
    return rank(terms.level, "" if short else terms.name, "Severity", asked)
