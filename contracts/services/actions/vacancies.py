"""Watching that a PSAM's place is never empty unnoticed: alarmed when known, and when it begins (ATSP 14.2)."""

import datetime as dt
from collections.abc import Iterable

from contracts.agreements.models.agreements import Agreement
from contracts.services import notices
from contracts.services.vacancies import Uncovered, uncovered
from contracts.verbs import Verb
from portal import deadlines, journal
from portal.models import Deadline, DeadlineState, User

GAP = "contracts.cover_gap"
CLAUSE = "ATSP 14.2"


def refresh_cover(agreements: Iterable[Agreement], *, by: User | None, at: dt.datetime) -> None:
    """Set a deadline at the beginning of each coming gap, and report a new gap at once (ATSP 14.2).

    For acts that hold the agreements' locks. Gaps that were closed lose their deadline.
    """
    agreements = list(agreements)
    if not agreements:
        return
    found = [gap for gaps in uncovered(agreements, at).values() for gap in gaps]
    rows = Deadline.objects.about_all(agreements).filter(kind=GAP)
    pending = {(row.subject_id, row.step) for row in rows.pending()}
    known = pending | {(row.subject_id, row.step) for row in rows.filter(state=DeadlineState.FIRED)}
    wanted = {(gap.agreement.pk, gap.step) for gap in found}
    for agreement in agreements:
        gone = [step for pk, step in pending - wanted if pk == agreement.pk]
        if gone:
            cause = "somebody is there after all"
            deadlines.cancel(agreement, at=at, cause=cause, kinds=[GAP], steps=gone)
    new = [gap for gap in found if (gap.agreement.pk, gap.step) not in known]
    deadlines.set_deadlines([_setting(gap, at) for gap in new], at=at)
    journal.record_many(
        journal.entry(
            gap.agreement,
            Verb.AGREEMENT_COVER_GAP_SEEN,
            by=by,
            at=at,
            clause=CLAUSE,
            text=f"From {notices.day(gap.agreement, gap.start)}: {gap.why}.",
            start=gap.start,
            end=gap.end,
        )
        for gap in new
    )
    notices.gaps_ahead(new, at=at)


def _setting(gap: Uncovered, at: dt.datetime) -> deadlines.Setting:
    return deadlines.Setting(
        gap.agreement,
        GAP,
        due_at=max(gap.start, at),
        clause=CLAUSE,
        step=gap.step,
        words=f"Nobody in the PSAM's place from then until {notices.day(gap.agreement, gap.end)}: {gap.why}.",
        data={"start": gap.start, "end": gap.end},
    )
