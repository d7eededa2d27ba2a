"""The open cases of an engineer who is away, left or is back: whose they are now (D-29)."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cases.case.models import Case
from cases.notices import TO_PROVIDER
from contracts.parties.people import Responsible
from contracts.services.standing_in import Change, Owed
from portal.deadlines.kinds import kind_of

MOST = 2000
"""So many open cases pass by name; nobody has more."""


def open_cases(changes: Sequence[Change], at: dt.datetime) -> Iterator[tuple[Change, Owed]]:
    """The open cases of the people, the most urgent first: dispatch has them while they cannot act, then they again."""
    people = {one.person.pk: one for one in changes if one.assignment is None}
    if not people:
        return
    responsible = Responsible(at)
    cases = Case.objects.open().filter(owner__in=people).select_related("reseller", "owner")
    for case in cases.most_urgent_first()[:MOST]:
        change = people[case.owner_id]
        due = TO_PROVIDER.get(case.next_due_kind) or (
            kind_of(case.next_due_kind).title if case.next_due_kind else ""
        )
        what = f"Case {case.number}, severity {case.severity}, {case.reseller.name}: {case.title}"
        for taker in responsible.of(case.owner, case.provider_id):
            yield (
                change,
                Owed(
                    taker,
                    what,
                    case.get_absolute_url(),
                    due,
                    case.next_due_at,
                    vacant=taker != case.owner,
                ),
            )
