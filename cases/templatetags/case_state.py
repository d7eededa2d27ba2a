"""``{% case_state case.state %}``: its state as icon and word. ``{{ case.status_every|often }}``: "every week"."""

from django import template
from django.utils.safestring import SafeString

from cases.case.rules.vocabulary import State
from cases.clocks.rules.wording import frequency
from contracts.programmes.rules.terms import Span
from portal.templatetags.portal_ui import pill

register = template.Library()

DRAWN = {
    State.NEW: ("circle-plus", "info"),
    State.IN_PROGRESS: ("progress", "accent"),
    State.WAITING_FOR_RESELLER: ("user-question", "warning"),
    State.WAITING_FOR_ENGINEERING: ("tools", "neutral"),
    State.RELIEVED: ("lifebuoy", "success"),
    State.CLOSED: ("circle-check", "quiet"),
}


@register.simple_tag
def case_state(state: str) -> SafeString:
    """A case's state, "Waiting for reseller", with its icon in its tone."""
    return pill(State(state).label.capitalize(), *DRAWN[State(state)])


@register.filter
def often(every: str | Span) -> str:
    """How often, as people say it: "every day" for "1 day"."""
    return frequency(every if isinstance(every, Span) else Span.parse(every))
