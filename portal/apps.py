"""The ground's start."""

from django.apps import AppConfig
from django.core import validators

from portal.rules import limits


class PortalConfig(AppConfig):
    """The ground: accounts, clock, deadlines engine, outbox, journal, shell."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Load Celery's app, which every process shares, say how the ground's verbs read, and record sign-ins."""
        from portal import accounts, celery, checks  # noqa: F401
        from portal.deadlines import DeadlineKind, register
        from portal.exports.running import EXPIRES, expire
        from portal.notices import own_kinds, wishing
        from portal.ui import verbs
        from portal.verbs import Verb

        verbs.register(Verb)
        _word_limits()
        accounts.listen()
        own_kinds.register()
        wishing.register_deadlines()
        register(DeadlineKind(EXPIRES, "Export expires", False, expire))


def _word_limits() -> None:
    """Let every field say what was typed and what the most is, in the portal's words."""
    validators.MaxLengthValidator.message = limits.TEXT_TOO_LONG
    validators.MaxValueValidator.message = limits.NUMBER_TOO_LARGE
    validators.MinValueValidator.message = limits.NUMBER_TOO_SMALL
