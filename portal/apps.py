"""The ground's start."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The ground: accounts, clock, deadlines engine, outbox, journal, shell."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Load Celery's app: every process then shares the one with our settings."""
        from portal import celery  # noqa: F401
