"""Where the pages of cases stand in the navigation, and whose home they are."""

from typing import Any

from cases.actions.frame import ENGINEERS, INTAKE
from portal.navigation import Entry, Home, register_entry, register_home
from portal.roles import Role


def register_pages() -> None:
    """Add the entries and homes of cases."""
    register_entry(Entry("Home", "home", "contact_home", 10, _reseller))
    register_entry(Entry("Queue", "inbox", "queue", 10, _provider))
    register_entry(Entry("Cases", "list", "cases", 20, lambda user: True))
    register_entry(
        Entry("Telephone", "phone", "telephone_report", 30, lambda user: user.has_role(*INTAKE))
    )
    register_home(Home("contact_home", 90, _reseller))
    register_home(Home("queue", 50, lambda user: user.has_role(*ENGINEERS, Role.DISPATCH)))
    register_home(Home("cases", 95, _provider))


def _provider(user: Any) -> bool:
    return bool(user.is_provider)


def _reseller(user: Any) -> bool:
    return not user.is_provider
