"""The start of contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Programmes and their terms, parties, agreements, rosters, prepaid cases, assignments."""

    name = "contracts"

    def ready(self) -> None:
        """Make known the kinds of deadlines, the pages, what the clauses say, and what a conference call reviews."""
        from contracts.agenda import register_own_sections
        from contracts.kinds import register_kinds
        from contracts.pages import register_pages
        from contracts.subscribers import subscribe_all

        register_kinds()
        register_pages()
        register_own_sections()
        subscribe_all()
