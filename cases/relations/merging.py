"""Merging a case into its original, and taking that back within a day (ATSP 1.3, 2.3, 4.10; D-27)."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from cases.case.actions import doing
from cases.case.models import Case
from cases.case.record import record
from cases.case.rules import lifecycle
from cases.case.rules.deeds import Deed
from cases.case.rules.vocabulary import Channel, State
from cases.clocks import setting as clocks
from cases.clocks.rules import objectives
from cases.conversation.actions import write_to_contact
from cases.conversation.models import MessageKind
from cases.conversation.rules import Way
from cases.events import SeveritiesChanged
from cases.notices import tell, the_contact, the_engineers
from cases.resolution import proposal
from cases.resolution.actions.closing import (
    agreed,
    apply_closure,
    closure_facts,
    require_contact,
    require_possible,
)
from cases.resolution.actions.findings import name_original
from cases.resolution.rules import Charge
from cases.verbs import Verb
from contracts.prepaid.actions import ledger as case_ledger
from portal import deadlines, locks, subscriptions, telling
from portal.models import Deadline, DeadlineState, JournalEntry, User
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 1.3, 4.10, D-27"
UNDONE_WITHIN = dt.timedelta(days=1)
_RESTORED = (
    "determination",
    "charge",
    "duplicate_of_id",
    "workaround_agreed_at",
    "awaits_call_for",
    "information_asked_at",
    "information_received_at",
    "state",
)
_RUN_ON = (
    clocks.FIRST_RESPONSE,
    clocks.STATUS_UPDATE,
    *clocks.INFORMATION_CLOCKS,
    clocks.OVERDUE,
    clocks.DIGEST,
)


def merge(
    case: Case,
    original: Case,
    *,
    by: User,
    at: dt.datetime,
    agreed_by: str = "",
    said: str = "",
    logged_at: dt.datetime | None = None,
) -> Case:
    """Close a case against its original at once: all of it stays, and is read from the original too. Returns the case.

    Closing needs the contact (ATSP 4.10, D-27). So a Technical Contact merges their own company's cases, and an
    engineer those of which `agreed_by`, a contact of the roster, agreed in a call at `at`, which is logged. Nobody
    else's word merges: "Close as a duplicate" asks for it. The case is given back (ATSP 2.3), its clocks end, and those
    of the original go on. Raises Refusal for an original that is another reseller's, closed, a duplicate itself, or of
    less severity, and while another team works on the case.
    """
    if by.is_provider and not agreed_by.strip():
        raise Refusal(
            "Merging closes the case, which needs the contact.",
            clause=case.programme.paper.cite(CLAUSE),
            way_out="Say who agreed to it in a call, or choose “Close as a duplicate”, which asks the contact.",
            field="agreed_by",
        )
    with transaction.atomic():
        locks.lock_all([case, original])
        into = Case.objects.select_related("agreement", "contact__user", "owner").get(
            pk=original.pk
        )
        into.with_organizations()
        shut = _shutting(into, by=by, at=at, agreed_by=agreed_by.strip(), logged_at=logged_at)
        if not by.is_provider:
            with doing(case, Deed.MERGE, by=by, at=at) as fresh:
                shut(fresh)
            return fresh
        require_possible(case, at, logged_at or at)
        return write_to_contact(
            case,
            Deed.MERGE,
            kind=MessageKind.CALL,
            verb=Verb.CASE_CALL_LOGGED,
            by=by,
            at=at,
            body=said.strip() or f"{agreed_by.strip()} agreed that it goes on as case {into.pk}.",
            channel=Channel.TELEPHONE,
            way=Way.CALL,
            logged_at=logged_at,
            tell=False,
            also=shut,
        )


def _shutting(
    into: Case, *, by: User, at: dt.datetime, agreed_by: str, logged_at: dt.datetime | None
) -> Callable[[Case], None]:
    def shut(fresh: Case) -> None:
        if agreed_by:
            require_contact(fresh, agreed_by, at)
        _require_fit(fresh, into)
        name_original(fresh, into, by=by, at=at)
        reason = lifecycle.answering_reason(fresh.programme)
        chosen = lifecycle.closure(fresh.programme, reason.code, closure_facts(fresh, agreed=True))
        words = f"{agreed_by} agreed in a call." if agreed_by else f"{by.name} merged it."
        agreed(fresh, chosen, by=by, at=at, logged_at=logged_at, text=words)
        clocks.settle_overdue(fresh, at=at)
        apply_closure([(fresh, chosen)], by=by, at=at, logged_at=logged_at)
        fresh.merged_at = at
        record(
            fresh,
            Verb.CASE_MERGED,
            by=by,
            at=at,
            logged_at=logged_at,
            public=True,
            clause=CLAUSE,
            text=f"It goes on as case {into.number}, “{into.title}”. Undone within a day where it was wrong.",
            after={"original": into.pk},
        )
        record(
            into,
            Verb.CASE_TOOK_IN,
            by=by,
            at=at,
            logged_at=logged_at,
            public=True,
            clause=CLAUSE,
            text=f"Case {fresh.number}, “{fresh.title}”: its conversation is read here too.",
            merged=fresh.pk,
        )
        _tell_of_original(into, fresh, f"took-in:{fresh.pk}", "goes on in this one", by=by, at=at)

    return shut


def _require_fit(fresh: Case, into: Case) -> None:
    sentence, way_out = "", ""
    if (into.reseller_id, into.provider_id) != (fresh.reseller_id, fresh.provider_id):
        sentence = "Cases of two resellers are never merged: each reads its own only."
        way_out = "Relate them instead; only the provider's people see that."
    elif into.state == State.CLOSED:
        sentence = f"Case {into.number} is closed, so nothing would go on."
        way_out = "Reopen it first, or merge the other way."
    elif fresh.severity < into.severity:
        sentence = (
            f"Case {fresh.number} is severity {fresh.severity}, and case {into.number} severity "
            f"{into.severity}: the merge would lose the promises of the higher one."
        )
        way_out = f"Raise case {into.number} first, or merge it into case {fresh.number}."
    elif fresh.open_sub_cases:
        sentence = f"Another team works on a sub-case of case {fresh.number}."
        way_out = "Close the sub-case first, or open one on the original."
    if sentence:
        clause = fresh.programme.paper.cite(CLAUSE)
        raise Refusal(sentence, clause=clause, way_out=way_out, field="original")


def undo_merge(case: Case, *, by: User, at: dt.datetime) -> Case:
    """Take a merge back within 24 hours (D-8): state, clocks and charge are as before it. Returns the case.

    A promise still ahead runs on with its own time; one that passed meanwhile counts from now, so that none is born
    broken. Information asked for whose clock passed is asked without one. Raises Refusal later than that.
    """
    with doing(case, Deed.UNDO_MERGE, by=by, at=at) as fresh:
        merged_at, original_id = fresh.merged_at, fresh.duplicate_of_id
        assert merged_at is not None, "it fits"  # noqa: S101
        if at > merged_at + UNDONE_WITHIN:
            raise Refusal(
                f"Case {fresh.number} was merged more than a day ago.",
                clause=fresh.programme.paper.cite(CLAUSE),
                way_out="Reopen it with a reason; it is then determined anew whether it is charged.",
            )
        closed_at = fresh.closed_at
        into = Case.objects.select_related("agreement", "contact__user", "owner").get(
            pk=original_id
        )
        into.with_organizations()
        before = _before(fresh)
        for name in _RESTORED:
            value = before.get(name)
            if value and name.endswith("_at"):
                value = dt.datetime.fromisoformat(value)
            setattr(fresh, name, value)
        fresh.closed_at, fresh.closure_reason, fresh.merged_at = None, "", None
        proposal.clear(fresh)
        due = _run_on(fresh, closed_at, at)
        record(
            fresh,
            Verb.CASE_MERGE_UNDONE,
            by=by,
            at=at,
            public=True,
            clause=CLAUSE,
            text=f"It is no part of case {into.number} any more, and {State(fresh.state).label} as before.",
            before={"original": into.pk},
            clocks=due,
        )
        record(
            into,
            Verb.CASE_LET_GO,
            by=by,
            at=at,
            public=True,
            clause=CLAUSE,
            text=f"Case {fresh.number} goes on by itself.",
            merged=fresh.pk,
        )
        _charge_as_before(fresh, by=by, at=at)
        if fresh.severity == min(term.level for term in fresh.programme.severities):
            changes = [(fresh, fresh.severity)]
            subscriptions.publish(SeveritiesChanged(changes, by, at, taken_back=True))
        _tell_of_original(
            into, fresh, f"let-go:{at.isoformat()}", "goes on by itself", by=by, at=at
        )
        _tell_of_original(
            fresh, into, f"undone:{at.isoformat()}", "is another one again", by=by, at=at
        )
    return fresh


def _before(fresh: Case) -> telling.Values:
    """The row as the journal tells it before the merge named the original."""
    entries = JournalEntry.objects.about(fresh)
    named = entries.filter(verb=Verb.CASE_DUPLICATE_NAMED).as_written().last()
    assert named is not None, "a merged case names its original"  # noqa: S101
    told = entries.filter(pk__lt=named.pk).as_written().values_list("changed", flat=True)
    return telling.rebuilt(told)


def _run_on(fresh: Case, closed_at: dt.datetime | None, at: dt.datetime) -> dict[str, str]:
    """Let the clocks that the closing stopped go on. Returns when each that runs is due, by kind, as the entry says."""
    reason = lifecycle.answering_reason(fresh.programme)
    cause = f"the case was closed ({reason.clause})"
    rows = Deadline.objects.about(fresh).filter(kind__in=_RUN_ON, cause=cause)
    stopped = rows.filter(state=DeadlineState.CANCELLED, settled_at=closed_at)
    for row in stopped.filter(due_at__gt=at):
        row.state, row.settled_at, row.cause = DeadlineState.PENDING, None, ""
        row.unfinished = row.promise
        row.save(update_fields=["state", "settled_at", "cause", "unfinished"])
    late = rows.filter(kind=clocks.FIRST_RESPONSE, state=DeadlineState.MISSED, met_at=None)
    late.update(unfinished=True, cause="")
    running = Deadline.objects.about(fresh).filter(kind__in=_RUN_ON).unfinished()
    runs = {row.kind: row.due_at for row in running.soonest_first()[::-1]}
    promises = []
    if clocks.STATUS_UPDATE not in runs:
        promises.append(clocks.next_update(fresh, at, fresh.calendar))
    if fresh.responded_at is None and clocks.FIRST_RESPONSE not in runs:
        promises.append(
            objectives.first_response(fresh.programme, fresh.severity, at, fresh.calendar)
        )
    settings = [clocks.setting_of(fresh, one, at) for one in promises]
    deadlines.set_deadlines(settings, at=at)
    runs |= {one.kind: one.due_at for one in settings}
    told = (clocks.FIRST_RESPONSE, clocks.STATUS_UPDATE, clocks.INFORMATION)
    return {kind: runs[kind].astimezone(dt.UTC).isoformat() for kind in told if kind in runs}


def _charge_as_before(fresh: Case, *, by: User, at: dt.datetime) -> None:
    """Put the ledger where the case is again (ATSP 2.3): taken provisionally, charged, or given back."""
    charge, clause = Charge(fresh.charge), "ATSP 2.3"
    if charge is Charge.PROVISIONAL:
        case_ledger.take_again(fresh.number, clause=clause, by=by, at=at)
    elif charge is not Charge.NEVER:
        charged = charge is Charge.CHARGED
        case_ledger.settle(fresh.number, charged=charged, clause=clause, by=by, at=at)


def _tell_of_original(
    case: Case, other: Case, step: str, words: str, *, by: User, at: dt.datetime
) -> None:
    """Tell a case's contact and engineer what became of the other, save who did it."""
    people = [one for one in (*the_contact(case, at), *the_engineers(case, at)) if one != by]
    tell(
        case,
        step,
        people,
        "case_word",
        f"Case {case.number}: case {other.number} {words}",
        at,
        clause=CLAUSE,
        words=f"Case {other.number}, “{other.title}”, {words}.",
    )
