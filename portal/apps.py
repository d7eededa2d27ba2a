"""The ground's start."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The ground: accounts, clock, deadlines engine, outbox, journal, shell."""

    name = "portal"
    verbose_name = "Portal"
