"""What those who are told want of it: read once for a batch of drafts, and only where something may be switched off."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from portal.models import Channel, Held, NoticeSettings, User
from portal.notices.duty import on_duty
from portal.notices.kinds import NoticeKind, kind_of
from portal.rules.delivering import Way, way_of_mail

if TYPE_CHECKING:
    from portal.notices.outbox import NoticeDraft

SEVERITY_1 = 1
_HELD = {Way.DIGEST: Held.DIGEST.value, Way.QUIET: Held.QUIET.value}
Copies = Sequence[tuple[Channel, str]]
"""The channels by which somebody is told, each with what it is held back for; "" for nothing."""


class Wishes:
    """The settings of those whom drafts tell at an instant: two statements at the most, none where all is owed."""

    def __init__(self, drafts: Iterable["NoticeDraft"], at: dt.datetime) -> None:
        self._at = at
        asked = {
            one.pk
            for draft in drafts
            if not draft.as_asked and (kind := kind_of(draft.template))
            for one in draft.to
            if isinstance(one, User) and not kind.owed_to(one)
        }
        self._settings = NoticeSettings.objects.in_bulk(list(asked)) if asked else {}
        quiet = [pk for pk, one in self._settings.items() if one.quiet_from is not None]
        self._on_duty = on_duty(quiet, at)

    def copies(self, draft: "NoticeDraft", user: User) -> Copies:
        """By which of a draft's channels somebody is told, and what each is held back for."""
        kind, settings = kind_of(draft.template), self._settings.get(user.pk)
        if settings is None or kind is None or draft.as_asked or kind.owed_to(user):
            return [(channel, "") for channel in draft.channels]
        wish = settings.wish(kind.code, kind.usual)
        copies: list[tuple[Channel, str]] = []
        for channel in draft.channels:
            if channel == Channel.EMAIL:
                way = self._way(draft, kind, settings, user)
                if way is not Way.DROP:
                    copies.append((channel, _HELD.get(way, "")))
            elif wish.inbox:
                copies.append((channel, ""))
        return copies

    def _way(
        self, draft: "NoticeDraft", kind: NoticeKind, settings: NoticeSettings, user: User
    ) -> Way:
        return way_of_mail(
            settings.wish(kind.code, kind.usual),
            owed=False,
            urgent=draft.context.get("severity") == SEVERITY_1,
            on_duty=user.pk in self._on_duty,
            quiet=settings.quiet_hours(user.zone),
            now=self._at,
        )
