"""Where the pages of escalation stand: navigation, homes, the panel on the case page, and how its verbs read."""

from typing import Any

from escalation.models import Timeline
from escalation.panel import case_panel, home_panel
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
    register_entry(Entry("Severity 1", "flame", "escalations", 15, _provider, _running))
    register_home(Home("escalations", 40, lambda user: user.has_role(*AT_HOME)))
    register_panel("case.aside", case_panel, position=10)
    register_panel("psam.home", home_panel, position=10)
    _register_verbs()


def _provider(user: Any) -> bool:
    return bool(user.is_provider)


def _running(user: Any) -> int:
    return Timeline.objects.visible_to(user).running().count()


def _register_verbs() -> None:
    verbs.register("escalation.started", "began the severity 1 escalation", icon="flame")
    verbs.register("escalation.ended", "ended the severity 1 escalation", icon="circle-check")
    verbs.register("escalation.notice_sent", "sent the notice of Exhibit C", icon="send")
    verbs.register("escalation.hotshot_sent", "sent the Hotshot", icon="flame", tone="danger")
    verbs.register(
        "escalation.duty_missed",
        "recorded a missed duty of Exhibit C",
        icon="clock-x",
        tone="danger",
    )
    verbs.register(
        "escalation.duty_done", "did a duty of Exhibit C", icon="clipboard-check", repeats=True
    )
    verbs.register("escalation.act_logged", "logged an act of Exhibit C", icon="clipboard-list")
    verbs.register("escalation.waived", "waived a duty of Exhibit C", icon="circle-minus")
    verbs.register(
        "escalation.nobody_to_tell", "found nobody to tell", icon="user-off", tone="danger"
    )
