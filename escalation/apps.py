"""The start of escalation."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    """Exhibit C timelines and duties, and the Severity-1 board."""

    name = "escalation"

    def ready(self) -> None:
        """Make known the kinds of deadlines, listen to cases, and add the board to the navigation."""
        from contracts.services.standing_in import register_source
        from escalation import notice_kinds
        from escalation.deadlines import register_kinds
        from escalation.foretelling import register_marks
        from escalation.navigation import register_pages
        from escalation.subscribers import subscribe_all
        from escalation.taken_over import duties

        register_kinds()
        notice_kinds.register()
        subscribe_all()
        register_pages()
        register_source(duties)
        register_marks()
