"""The start of contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """See the package's models, rules and actions."""

    name = "contracts"
