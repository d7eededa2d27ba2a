"""The form in which one says what one wants to be told, by which channel and when."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any

from django import forms

from portal.models import NoticeSettings, User
from portal.models.notice_settings import DigestEvery
from portal.notices.kinds import NoticeKind, kinds_for
from portal.notices.wishing import Wanted
from portal.rules.delivering import Mail, Wish
from portal.ui.words import time_of_day

MAIL = [
    (Mail.AT_ONCE.value, "At once"),
    (Mail.DIGEST.value, "In the digest"),
    (Mail.NONE.value, "No e-mail"),
]
_HALF_HOURS = [dt.time(minutes // 60, minutes % 60) for minutes in range(0, 24 * 60, 30)]
_TIMES = [(f"{one:%H:%M}", time_of_day(one)) for one in _HALF_HOURS]


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """The time zones by their names, as one chooses them."""
    names = sorted(
        name
        for name in zoneinfo.available_timezones()
        if name.partition("/")[0]
        in ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    )
    return tuple((name, name.replace("_", " ")) for name in ("UTC", *names))


def _time(text: str) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None


def _choices(said: dt.time | None, absent: str = "") -> list[tuple[str, str]]:
    """The half hours, and the time that was said where it is none of them."""
    times = dict(_TIMES)
    if said is not None:
        times.setdefault(f"{said:%H:%M}", time_of_day(said))
    return [*([("", absent)] if absent else []), *sorted(times.items())]


class NoticeSettingsForm(forms.Form):
    """A wish for each kind that may be switched off, and the times of day."""

    zone = forms.ChoiceField(label="Time zone", help_text="All times on pages and in mails.")
    quiet_from = forms.ChoiceField(label="Quiet from", required=False)
    quiet_until = forms.ChoiceField(label="until", required=False)
    digest_every = forms.ChoiceField(label="The digest comes", choices=DigestEvery.choices)
    digest_at = forms.ChoiceField(label="at")
    summary_at = forms.ChoiceField(label="Daily summary", required=False)

    def __init__(self, user: User, row: NoticeSettings, data: Any = None) -> None:
        digest_at = row.digest_at
        if isinstance(digest_at, str):
            digest_at = dt.time.fromisoformat(digest_at)
        first = {
            "zone": user.zone,
            "quiet_from": f"{row.quiet_from:%H:%M}" if row.quiet_from else "",
            "quiet_until": f"{row.quiet_until:%H:%M}" if row.quiet_until else "",
            "digest_every": row.digest_every,
            "digest_at": f"{digest_at:%H:%M}",
            "summary_at": f"{row.summary_at:%H:%M}" if row.summary_at else "",
        }
        super().__init__(data, initial=first, label_suffix="")
        self._kinds = kinds_for(user)
        self._user = user
        self._choose("zone", [*({(user.zone, user.zone): None} | dict.fromkeys(zones()))])
        self._choose("quiet_from", _choices(row.quiet_from, "no quiet hours"))
        self._choose("quiet_until", _choices(row.quiet_until, "—"))
        self._choose("digest_at", _choices(digest_at))
        self._choose("summary_at", _choices(row.summary_at, "no summary"))
        for kind in self._kinds:
            if kind.owed_to(user):
                continue
            wish = row.wish(kind.code, kind.usual)
            self.fields[f"mail_{kind.code}"] = forms.ChoiceField(
                label=f"{kind.title}: e-mail", choices=MAIL, initial=wish.mail.value
            )
            self.fields[f"inbox_{kind.code}"] = forms.BooleanField(
                label=f"{kind.title}: inbox", required=False, initial=wish.inbox
            )
        for field in self.fields.values():
            check = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if check else "form-select"

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        if name == "zone":
            choices = list(dict(choices).items())
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends, and they differ."""
        said: dict[str, Any] = super().clean() or {}
        start, end = said.get("quiet_from", ""), said.get("quiet_until", "")
        if bool(start) != bool(end):
            self.add_error("quiet_until", "Quiet hours need a beginning and an end.")
        elif start and start == end:
            self.add_error("quiet_until", "Quiet hours cannot last all day: choose another end.")
        return said

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        said = self.cleaned_data
        return Wanted(
            kinds={
                kind.code: Wish(Mail(said[f"mail_{kind.code}"]), said[f"inbox_{kind.code}"])
                for kind in self._kinds
                if f"mail_{kind.code}" in said
            },
            quiet_from=_time(said["quiet_from"]),
            quiet_until=_time(said["quiet_until"]),
            digest_every=said["digest_every"],
            digest_at=_time(said["digest_at"]) or dt.time(8),
            summary_at=_time(said["summary_at"]),
            zone=said["zone"],
        )

    def groups(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The kinds by what they are about, each with its fields, or with the clauses by which it is owed."""
        for group, some in groupby(self._kinds, key=_group_of):
            yield group, [self._row(kind) for kind in some]

    def _row(self, kind: NoticeKind) -> dict[str, Any]:
        owed = kind.owed_to(self._user)
        row: dict[str, Any] = {"kind": kind, "owed": owed}
        if not owed:
            row |= {"mail": self[f"mail_{kind.code}"], "inbox": self[f"inbox_{kind.code}"]}
        return row


def _group_of(kind: NoticeKind) -> str:
    return kind.group
