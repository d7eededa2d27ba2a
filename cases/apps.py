"""The start of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases, severities, objectives, information, correspondence, charging, the queue."""

    name = "cases"

    def ready(self) -> None:
        """Make the kinds of deadlines known."""
        from cases.kinds import register_kinds

        register_kinds()
