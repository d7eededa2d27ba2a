"""The start of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """See the package's models, rules and actions."""

    name = "cases"
