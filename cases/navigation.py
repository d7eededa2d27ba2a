"""The navigation entries of cases, and the roles whose home is one of these pages."""

from typing import Any

from cases.case.actions import ENGINEERS, INTAKE
from cases.case.around_panel import around_panel
from cases.conversation.files import (
    SUBJECT,
    may_remove,
    page_of_file,
    refused,
    register_places,
    remove,
)
from cases.conversation.models import Message
from cases.handling.lookups import register_lookups
from cases.opening.lookups import register_opening
from cases.panels import psam_panel, services_panel
from cases.products.actions import KEEPERS
from cases.search.sources import register_sources
from portal import attachments
from portal.attachments import FileOwner
from portal.draft_kinds import only_asks
from portal.navigation import Entry, Home, register_entry, register_home
from portal.panels import register_panel
from portal.roles import Role


def register_pages() -> None:
    """Add the entries and homes of cases, and what is chosen on their pages."""
    register_lookups()
    register_opening()
    register_places()
    only_asks("preview_text")
    attachments.register(
        FileOwner(
            SUBJECT,
            Message.objects.all().visible_to,
            page=page_of_file,
            removal=may_remove,
            remove=remove,
            refused=refused,
        )
    )
    register_sources()
    register_entry(Entry("Home", "home", "contact_home", 10, _reseller))
    register_entry(Entry("Queue", "inbox", "queue", 10, _provider, go="q"))
    register_entry(Entry("Cases", "list", "cases", 20, lambda user: True, go="c"))
    register_entry(
        Entry("Telephone", "phone", "telephone_report", 30, lambda user: user.has_role(*INTAKE))
    )
    register_entry(
        Entry("Sub-cases", "subtask", "sub_cases", 32, lambda user: user.has_role(*INTAKE))
    )
    register_entry(Entry("Hand over", "user-share", "pass_on", 34, _hands_over))
    register_entry(
        Entry("Answers", "notes", "canned_answers", 36, lambda user: user.has_role(*INTAKE))
    )
    register_entry(Entry("Bulletins", "speakerphone", "bulletins", 40, lambda user: True))
    register_entry(Entry("Enhancements", "bulb", "enhancements", 45, lambda user: True))
    register_entry(
        Entry("Products", "package", "products", 46, lambda user: user.has_role(*KEEPERS))
    )
    register_entry(Entry("Satisfaction", "thumb-up", "satisfaction", 47, lambda user: True))
    register_panel("agreement.services", services_panel)
    register_panel("psam.aside", psam_panel)
    register_panel("case.below", around_panel, position=40)
    register_home(Home("contact_home", 90, _reseller))
    register_home(Home("queue", 50, lambda user: user.has_role(*ENGINEERS, Role.DISPATCH)))
    register_home(Home("cases", 95, _provider))


def _hands_over(user: Any) -> bool:
    return bool(user.has_role(Role.DISPATCH, Role.SUPPORT_MANAGEMENT))


def _provider(user: Any) -> bool:
    return bool(user.is_provider)


def _reseller(user: Any) -> bool:
    return not user.is_provider
