"""The start of scorecards."""

from django.apps import AppConfig


class ScorecardConfig(AppConfig):
    """Exhibit B: measures from the journal, status rules, reviews."""

    name = "scorecard"

    def ready(self) -> None:
        """Add the pages to the navigation, and tell contracts how resellers perform."""
        from contracts.renewal import performance
        from scorecard.navigation import register_pages
        from scorecard.performance import performances

        register_pages()
        performance.register(performances)
