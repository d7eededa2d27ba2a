"""The start of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases, severities, objectives, information, correspondence, charging, the queue."""

    name = "cases"

    def ready(self) -> None:
        """Make known the kinds of deadlines and the pages of each person, and listen to work orders."""
        """Make known the kinds of deadlines and the pages of each person."""
        from cases.agenda import register_sections
        from cases.departures import register_departures
        from cases.kinds import register_kinds
        from cases.models import Case
        from cases.pages import register_pages
        from cases.subscribers import subscribe
        from cases.verbs import register_verbs
        from contracts import people

        people.register_subject("cases.case", Case.objects.all(), "agreement__provider")
        register_kinds()
        register_pages()
        register_verbs()
        subscribe()
        register_sections()
        register_departures()
