"""``{% case_state case.state %}``: the state of a case as icon and word."""

from django import template
from django.utils.safestring import SafeString

from cases.case.rules.vocabulary import State
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
