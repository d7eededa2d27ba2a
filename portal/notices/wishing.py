"""Saying what one wants to be told, by which channel and when; and what then comes at its time.

Digests, the ends of quiet hours and daily summaries are deadlines of the person, each set anew when it fires: what was
held back goes with its own row, in the sweep's transaction, so that a process killed in the middle sends nothing twice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from portal import bulk, deadlines, locks
from portal.deadlines import DeadlineKind, Due, Setting, register
from portal.models import (
    Channel,
    Held,
    Notice,
    NoticeSettings,
    NoticeState,
    SubjectKey,
    User,
    key_of,
)
from portal.models.notice_settings import DigestEvery
from portal.notices import duty, kinds, outbox
from portal.notices.outbox import NoticeDraft
from portal.rules.delivering import Mail, Wish, next_at, next_hour

DIGEST = "portal.digest"
QUIET_END = "portal.quiet_end"
SUMMARY = "portal.summary"
ALL = (DIGEST, QUIET_END, SUMMARY)
IN_A_DIGEST = 200
"""So many notices, the latest, a digest looks at."""
DIGEST_MAIL = "notice_digest"
SUMMARY_MAIL = "daily_summary"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants: a wish for each kind by its code, and times of day in their zone; None for never."""

    kinds: dict[str, Wish] = field(default_factory=dict)
    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None
    digest_every: str = DigestEvery.DAY
    digest_at: dt.time = dt.time(8)
    summary_at: dt.time | None = None
    zone: str = ""


def register_deadlines() -> None:
    """Make the kinds known to the engine."""
    register(DeadlineKind(DIGEST, "Digest of notices", False, digests_due))
    register(DeadlineKind(QUIET_END, "Quiet hours end", False, quiet_ends))
    register(DeadlineKind(SUMMARY, "Daily summary", False, summaries_due))


def settings_of(user: User) -> NoticeSettings:
    """Somebody's settings, unsaved where they never said."""
    found = NoticeSettings.objects.filter(user=user).first()
    return found or NoticeSettings(user=user)


def change(wanted: Wanted, *, by: User, at: dt.datetime) -> NoticeSettings:
    """Keep what a person wants for themselves, and set what follows from it. What is owed stays as it is."""
    with transaction.atomic():
        locks.lock(by)
        row = settings_of(by)
        row.kinds = _said(wanted.kinds, by)
        row.quiet_from, row.quiet_until = wanted.quiet_from, wanted.quiet_until
        row.digest_every, row.digest_at = wanted.digest_every, wanted.digest_at
        row.summary_at = wanted.summary_at
        if wanted.zone and wanted.zone != by.zone:
            by.zone = wanted.zone
            by.save(update_fields=["zone"])
        _keep(row, by, at)
    return row


def switch_off(code: str, *, by: User, at: dt.datetime) -> bool:
    """End the e-mail of a kind for somebody, or with `DIGEST` or `SUMMARY` that mail; whether it can be ended."""
    kind = kinds.by_code(code)
    if code not in (DIGEST, SUMMARY) and (kind is None or kind.owed_to(by)):
        return False
    with transaction.atomic():
        locks.lock(by)
        row = settings_of(by)
        if code == SUMMARY:
            row.summary_at = None
        elif code == DIGEST:
            row.kinds = {
                name: said | {"mail": Mail.NONE} if said.get("mail") == Mail.DIGEST else said
                for name, said in row.kinds.items()
            }
        else:
            row.kinds = {**row.kinds, code: row.kinds.get(code, {}) | {"mail": Mail.NONE}}
        _keep(row, by, at)
    return True


def _said(wishes: dict[str, Wish], user: User) -> dict[str, Any]:
    """The wishes that differ from the usual, for kinds that may be switched off."""
    return {
        kind.code: {"mail": wish.mail.value, "inbox": wish.inbox}
        for kind in kinds.kinds_for(user)
        if not kind.owed_to(user)
        and (wish := wishes.get(kind.code)) is not None
        and wish != kind.usual
    }


def _keep(row: NoticeSettings, user: User, at: dt.datetime) -> None:
    """Write the settings of somebody whose lock the caller holds; set their times anew."""
    row.changed_at = at
    row.save()
    deadlines.supersede(user, at=at, cause="settings were changed", kinds=ALL)
    settings = [one for code in ALL if (one := _next(code, row, user, at)) is not None]
    deadlines.set_deadlines(settings, at=at)
    if not row.has_digests:
        _let_go(Notice.objects.held_for(Held.DIGEST, [user.pk]))
    if row.quiet_from is None:
        _let_go(Notice.objects.held_for(Held.QUIET, [user.pk]))


def _next(code: str, row: NoticeSettings, user: User, now: dt.datetime) -> Setting | None:
    """When a kind of deadline next falls due for somebody; None where they have no use for it."""
    if code == DIGEST and row.has_digests:
        every_hour = row.digest_every == DigestEvery.HOUR
        due = next_hour(now) if every_hour else next_at(row.digest_at, user.zone, now)
    elif code == QUIET_END and row.quiet_until is not None:
        due = next_at(row.quiet_until, user.zone, now)
    elif code == SUMMARY and row.summary_at is not None:
        due = next_at(row.summary_at, user.zone, now)
    else:
        return None
    return Setting(key_of(user), code, due, clause="")


def _let_go(held: QuerySet[Any]) -> int:
    """Let held mail be sent; `held` stays, so that delivery looks once more whether it may be."""
    return held.update(state=NoticeState.WAITING, next_try_at=Now(), written_at=Now())


def _again(
    code: str, rows: Sequence[Due], found: dict[int, NoticeSettings], now: dt.datetime
) -> None:
    settings = [
        one
        for row in rows
        if (owner := found.get(row.subject_id)) is not None
        and (one := _next(code, owner, owner.user, now)) is not None
    ]
    deadlines.set_deadlines(settings, at=now)


def _owners(rows: Sequence[Due]) -> dict[int, NoticeSettings]:
    ids = [row.subject_id for row in rows]
    return {one.pk: one for one in NoticeSettings.objects.filter(pk__in=ids).select_related("user")}


_TAKE = """
    UPDATE portal_notice SET state = 'digested'
     WHERE state = 'held' AND held = 'digest' AND recipient_id = ANY(%s::bigint[])
    RETURNING recipient_id, id
"""


def digests_due(rows: Sequence[Due], now: dt.datetime) -> None:
    """Take what waits for each person's digest into one mail. An hourly one stays out of quiet hours.

    What it says is read when it is sent, of what its reader sees then and has not read meanwhile.
    """
    found = _owners(rows)
    quiet = {
        pk
        for pk, one in found.items()
        if one.digest_every == DigestEvery.HOUR
        and (hours := one.quiet_hours(one.user.zone)) is not None
        and hours.cover(now)
    }
    quiet -= duty.on_duty(quiet, now)
    taken: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [bulk.array(found.keys() - quiet)])
        for user_id, pk in cursor.fetchall():
            taken[user_id].append(pk)
    drafts = [
        _own_mail(row, found[row.subject_id].user, DIGEST_MAIL, "Your digest", ids=ids)
        for row in rows
        if (ids := sorted(taken.get(row.subject_id, []))[-IN_A_DIGEST:])
    ]
    outbox.post_many(drafts, at=now)
    _again(DIGEST, rows, found, now)


def quiet_ends(rows: Sequence[Due], now: dt.datetime) -> None:
    """Send what waited for the end of quiet hours."""
    found = _owners(rows)
    _let_go(Notice.objects.held_for(Held.QUIET, found))
    _again(QUIET_END, rows, found, now)


def summaries_due(rows: Sequence[Due], now: dt.datetime) -> None:
    """Write each person's summary of the day; what it says is read when it is sent."""
    found = _owners(rows)
    drafts = [
        _own_mail(row, one.user, SUMMARY_MAIL, "Your day", at=now)
        for row in rows
        if (one := found.get(row.subject_id)) is not None
    ]
    outbox.post_many(drafts, at=now)
    _again(SUMMARY, rows, found, now)


def _own_mail(row: Due, user: User, template: str, title: str, **context: Any) -> NoticeDraft:
    return NoticeDraft(
        SubjectKey(row.subject_type, row.subject_id),
        f"{template}:{row.due_at.isoformat()}",
        [user],
        template,
        title,
        context,
        url=reverse("inbox"),
        channels=(Channel.EMAIL,),
        as_asked=True,
    )
