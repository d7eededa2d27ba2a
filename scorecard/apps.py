"""The start of scorecard."""

from django.apps import AppConfig


class ScorecardConfig(AppConfig):
    """See the package's models, rules and actions."""

    name = "scorecard"
