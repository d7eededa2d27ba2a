"""The start of scorecards."""

from django.apps import AppConfig


class ScorecardConfig(AppConfig):
    """Exhibit B: measures from the journal, status rules, reviews."""

    name = "scorecard"

    def ready(self) -> None:
        """Add the pages to the navigation."""
        from scorecard.pages import register_pages

        register_pages()
