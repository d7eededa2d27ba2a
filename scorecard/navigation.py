"""The navigation entries of scorecards, and the roles whose home is one of these pages."""

from typing import Any

from portal.navigation import Entry, Home, register_entry, register_home
from portal.roles import Role

READERS = (
    Role.ACCOUNT_MANAGER,
    Role.PSAM,
    Role.SUPPORT_MANAGEMENT,
    Role.SENIOR_MANAGER,
    Role.DIRECTOR_PREMIUM_SUPPORT,
    Role.VP_TECHNICAL_SUPPORT,
    Role.CONTRACT_ADMINISTRATOR,
)


def register_pages() -> None:
    """Add the entry and the account manager's home. (The clauses' texts are the programme's.)"""
    register_entry(Entry("Scorecards", "chart-bar", "portfolio", 60, _reads))
    register_home(Home("portfolio", 40, _manages))


def _reads(user: Any) -> bool:
    return bool(user.has_role(*READERS))


def _manages(user: Any) -> bool:
    return bool(user.has_role(Role.ACCOUNT_MANAGER))
