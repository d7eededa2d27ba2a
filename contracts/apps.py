"""The start of contracts."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Programmes and their terms, parties, agreements, rosters, prepaid cases, assignments."""

    name = "contracts"

    def ready(self) -> None:
        """Make known the kinds of deadlines, the pages, and what the clauses say."""
        from contracts import notice_kinds
        from contracts.deadlines import register_kinds
        from contracts.navigation import register_pages
        from contracts.programmes.drafts import register_forms

        register_kinds()
        notice_kinds.register()
        register_pages()
        register_forms()
