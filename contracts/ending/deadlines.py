"""What happens when the time to cure a breach is over (SCL 10.1)."""

import datetime as dt
from collections.abc import Sequence

from contracts.agreements.models.agreements import AgreementState
from contracts.ending import breach_notices
from contracts.ending.actions import breaches
from contracts.ending.models import BreachNotice
from contracts.verbs import Verb
from portal import journal
from portal.deadlines import DeadlineKind, Due, by_lateness, register


def register_kinds() -> None:
    """Make the kinds known to the engine."""
    register(DeadlineKind(breaches.CURE_OVER, "The time to cure is over", False, cures_ran_out))


def cures_ran_out(rows: Sequence[Due], now: dt.datetime) -> None:
    """Tell both sides of breaches that were not cured in time; who gave notice decides what follows (SCL 10.1)."""
    for late, part in by_lateness(rows):
        found = BreachNotice.objects.filter(
            pk__in=[row.data["notice"] for row in part], cured_on=None
        ).exclude(agreement__state=AgreementState.ENDED)
        notices = list(
            found.select_related("agreement__reseller", "agreement__provider").order_by("pk")
        )
        journal.record_many(
            journal.entry(
                one.agreement,
                Verb.AGREEMENT_CURE_OVER,
                by=None,
                at=now,
                clause=one.clause,
                public=True,
                text=one.words,
            )
            for one in notices
        )
        breach_notices.cure_over(notices, at=now, late=late)
