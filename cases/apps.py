"""The start of cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Cases, severities, objectives, information, correspondence, charging, the queue."""

    name = "cases"

    def ready(self) -> None:
        """Make known the kinds of deadlines and the pages of each person."""
        from cases import notice_kinds, summary
        from cases.agenda import register_sections
        from cases.case.models import Case
        from cases.case.rebuilding import differences
        from cases.clocks.deadlines import register_kinds
        from cases.handling.departures import register_departures
        from cases.handling.taken_over import open_cases
        from cases.meaning.learning import old
        from cases.navigation import register_pages
        from cases.opening.drafts import register_forms
        from cases.presence import pulse
        from cases.queue.exporting import register_exports
        from cases.relations.splitting import register_splitting
        from cases.satisfaction.asking import register_asking
        from cases.verbs import Verb
        from cases.watching.notices import register_watching
        from cases.work_orders.subscribers import subscribe
        from contracts.parties import people
        from contracts.services.standing_in import register_source
        from portal import housekeeping
        from portal.record import register_check
        from portal.ui import verbs

        people.register_subject("cases.case", Case.objects.all(), "agreement__provider")
        register_kinds()
        notice_kinds.register()
        summary.register()
        register_asking()
        register_pages()
        verbs.register(Verb)
        subscribe()
        register_sections()
        register_departures()
        register_watching()
        register_splitting()
        register_check("cases against their journals", differences)
        register_source(open_cases)
        register_forms()
        register_exports()
        housekeeping.register("presences", pulse.old)
        housekeeping.register("meanings", old)
