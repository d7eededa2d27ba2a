"""What every page's shell needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal import clock
from portal.models.notice import count_unread
from portal.navigation import navigation_for
from portal.paging import so_many

UNREAD_COUNTED = 1000
"""Nobody reads more than that many: a bell that says "1000+" has said enough."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The navigation, the unread count, and the portal's clock. Panels get it too, and ask for none of it."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "navigation": SimpleLazyObject(
            lambda: navigation_for(user, request.path) if signed_in else []
        ),
        "unread_notices": SimpleLazyObject(lambda: unread_words(user) if signed_in else ""),
        "portal_now": clock.now(),
        "portal_speed": clock.speed(),
        "portal_clock_is_set": clock.is_set(),
        "support_telephone": settings.SUPPORT_TELEPHONE,
    }


def unread_words(user: Any) -> str:
    """How many unread notices the inbox has, in words; nothing for none. One statement."""
    return unread_in_words(count_unread(user, UNREAD_COUNTED))


def unread_in_words(unread: int) -> str:
    """So many unread notices, none counted beyond `UNREAD_COUNTED`, as the bell says it."""
    return so_many(unread, UNREAD_COUNTED) if unread else ""
