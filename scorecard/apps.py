"""The start of scorecards."""

from typing import Any

from django.apps import AppConfig


class ScorecardConfig(AppConfig):
    """Exhibit B: measures from the journal, status rules, reviews."""

    name = "scorecard"

    def ready(self) -> None:
        """Add the pages to the navigation."""
        from portal.navigation import Entry, Home, register_entry, register_home
        from portal.roles import Role
        from scorecard.views.scorecards import READERS

        def reads(user: Any) -> bool:
            return bool(user.has_role(*READERS))

        def manages(user: Any) -> bool:
            return bool(user.has_role(Role.ACCOUNT_MANAGER))

        register_entry(Entry("Scorecards", "chart-bar", "portfolio", 60, reads))
        register_home(Home("portfolio", 40, manages))
