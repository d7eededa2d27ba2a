"""The start of contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Programmes and their terms, parties, agreements, rosters, prepaid cases, assignments."""

    name = "contracts"

    def ready(self) -> None:
        """Make known the kinds of deadlines, the pages, what the clauses say, and what a conference call reviews."""
        from contracts.deadlines import register_kinds
        from contracts.navigation import register_pages
        from contracts.services.agenda import register_own_sections

        register_kinds()
        register_pages()
        register_own_sections()
