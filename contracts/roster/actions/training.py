"""Training and certification: reported with evidence, confirmed by the provider, then on record (ATSP 5.2.1)."""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.roster import notices
from contracts.roster.actions.frame import require_keeper
from contracts.roster.models.entries import RosterEntry
from contracts.roster.models.training import Training, TrainingKind
from contracts.roster.rules import changes as rules
from contracts.verbs import Verb
from portal import attachments, journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

EVIDENCE = "evidence"
EVIDENCE_LENGTH = 200


@transaction.atomic
def report_training(
    agreement: Agreement,
    entry: RosterEntry,
    kind: TrainingKind,
    *,
    completed_on: dt.date | None,
    evidence: str,
    by: User,
    at: dt.datetime,
    file: tuple[str, bytes] | None = None,
) -> Training:
    """Report what a contact completed; `file` is a certificate's name and bytes. It waits for the provider.

    What a contract administrator records is confirmed with that. Raises Refusal, also while the same waits already.
    """
    locks.lock(agreement)
    require_keeper(agreement, by, at)
    clause = agreement.programme.roster.clause
    contact = entry.contact
    evidence = " ".join(evidence.split())
    day = rules.check_training(
        agreement.programme.roster,
        completed_on,
        agreement.date_at(at),
        evidence,
        has_file=file is not None,
    )
    if len(evidence) > EVIDENCE_LENGTH:
        raise Refusal(
            f"The evidence has {len(evidence)} characters.",
            clause=clause,
            way_out=f"The most is {EVIDENCE_LENGTH}: attach the rest.",
            field="evidence",
        )
    waiting = Training.objects.open().filter(contact=contact, kind=kind, completed_on=day)
    if waiting.exists():
        raise Refusal(
            f"This {kind.label} of {contact.name} waits for the provider already.",
            clause=clause,
            way_out="You are notified when it is confirmed.",
            field="completed_on",
        )
    training = Training.objects.create(
        agreement=agreement,
        contact=contact,
        kind=kind,
        completed_on=day,
        evidence=evidence,
        reported_at=at,
        reported_by=by,
    )
    if file is not None:
        attachments.attach(training, EVIDENCE, name=file[0], content=file[1], by=by, at=at)
    if by.is_provider:
        return _decide(training, "", by=by, at=at)
    journal.record(
        agreement,
        Verb.ROSTER_TRAINING_REPORTED,
        by=by,
        at=at,
        text=_words(training),
        clause=clause,
        public=True,
        contact=contact.pk,
        training=training.pk,
    )
    notices.training(training, by=by, at=at)
    return training


@transaction.atomic
def confirm_training(training: Training, *, by: User, at: dt.datetime) -> Training:
    """Put a reported training on record: for the contract administrator (ATSP 5.2.1, "Legato use only")."""
    return _decide(_waiting(training, by), "", by=by, at=at)


@transaction.atomic
def decline_training(training: Training, reason: str, *, by: User, at: dt.datetime) -> Training:
    """Do not confirm a reported training, with the reason. Raises Refusal without one."""
    waiting = _waiting(training, by)
    reason = " ".join(reason.split())[:EVIDENCE_LENGTH]
    if not reason:
        raise Refusal(
            "The reason is missing.",
            clause=waiting.agreement.programme.roster.clause,
            way_out="Say what the evidence lacks: the Administrative Contact reads it.",
            field="reason",
        )
    return _decide(waiting, reason, by=by, at=at)


def _waiting(training: Training, by: User) -> Training:
    clause = training.agreement.programme.roster.clause
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="confirm a training", clause=clause)
    locks.lock(training.agreement)
    fresh = Training.objects.select_related("agreement__reseller", "contact").get(pk=training.pk)
    if fresh.decided_at is not None:
        raise Refusal(
            f"The {fresh.get_kind_display()} of {fresh.contact.name} was decided already.",
            clause=clause,
            way_out="Look at the roster as it is now.",
        )
    return fresh


def _decide(training: Training, reason: str, *, by: User, at: dt.datetime) -> Training:
    agreement, contact = training.agreement, training.contact
    training.decided_at, training.decided_by = at, by
    training.confirmed, training.reason = not reason, reason
    training.save(update_fields=["decided_at", "decided_by", "confirmed", "reason"])
    before: dict[str, dt.date | None] = {}
    if training.confirmed:
        field = "certified_on" if training.kind == TrainingKind.CERTIFIED else "trained_on"
        lines = RosterEntry.objects.filter(contact=contact, removed_at=None).technical()
        first = lines.first()
        before = {field: getattr(first, field) if first else None}
        lines.update(
            **{field: training.completed_on}, evidence=training.evidence or "file attached"
        )
    journal.record(
        agreement,
        Verb.ROSTER_TRAINING_RECORDED if training.confirmed else Verb.ROSTER_TRAINING_DECLINED,
        by=by,
        at=at,
        text=f"{_words(training)}{f': {reason}' if reason else ''}",
        clause=agreement.programme.roster.clause,
        public=True,
        before=before or None,
        after=dict.fromkeys(before, training.completed_on) or None,
        contact=contact.pk,
        training=training.pk,
    )
    if training.reported_by != by or reason:
        notices.training(training, by=by, at=at)
    return training


def _words(training: Training) -> str:
    what = f"{training.contact.name}, {training.get_kind_display()} of {training.completed_on:%-d %b %Y}"
    return f"{what} ({training.evidence})" if training.evidence else what
