"""The start of escalation."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    """See the package's models, rules and actions."""

    name = "escalation"
