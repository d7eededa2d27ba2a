"""The ground's start."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The ground: accounts, clock, deadlines engine, outbox, journal, shell."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Load Celery's app, which every process shares, say how the ground's verbs read, and record sign-ins."""
        from portal import accounts, celery, checks  # noqa: F401
        from portal.notices import own_kinds
        from portal.ui import verbs
        from portal.verbs import Verb

        verbs.register(Verb)
        accounts.listen()
        own_kinds.register()
