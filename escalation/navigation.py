"""Register the pages of escalation: navigation, homes, the panel on the case page."""

from typing import Any

from escalation.board import how_many
from escalation.panel import case_panel, home_panel
from escalation.verbs import Verb
from portal.navigation import Entry, Home, register_entry, register_home
from portal.panels import register_panel
from portal.roles import Role
from portal.ui import verbs

AT_HOME = (
    Role.SUPPORT_MANAGEMENT,
    Role.SENIOR_MANAGER,
    Role.VP_TECHNICAL_SUPPORT,
    Role.DIRECTOR_PREMIUM_SUPPORT,
    Role.CPE_MANAGEMENT,
    Role.EXECUTIVE,
)
"""Those of Exhibit C who land on the board; engineers and dispatch land on the queue, PSAMs on their resellers."""


def register_pages() -> None:
    """Add the entry, the home, the panel and the verbs of escalation."""
    register_entry(Entry("Severity 1", "flame", "escalations", 15, _provider, how_many))
    register_home(Home("escalations", 40, lambda user: user.has_role(*AT_HOME)))
    register_panel("case.aside", case_panel, position=10)
    register_panel("psam.home", home_panel, position=10)
    verbs.register(Verb)


def _provider(user: Any) -> bool:
    return bool(user.is_provider)
