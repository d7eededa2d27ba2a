"""What was typed into a form and not done yet: kept by the address that the form is sent to, put back when it is shown.

Only text comes back: a tick or a choice is made anew each time, so that nobody agrees to what they agreed to
yesterday. A form that keeps drafts of its own says so with `keeps_its_own`.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KT
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from portal.models import Draft, User
from portal.models.sent import SentForm
from portal.prepared import Rows, given
from portal.refusable import SEEN, RefusableForm

FORM = "typed"
KEPT = dt.timedelta(days=30)
"""How long what was typed last waits to be sent."""
LATEST = 100
"""Of so many forms what a user typed is put back: the latest."""
MOST = 500_000
"""Characters of one form that are kept; a form's own fields take less."""
_NEVER = ("csrfmiddlewaretoken", "next")
_BESIDE = ("form_key", SEEN)
_SUGGESTED = ("number", "date", "time", "datetime-local")
_NO_TEXT = ("hidden", "password", "file", "checkbox", "radio")

Keeper = Callable[[User, str, Mapping[str, str], dt.datetime], object]
_own: dict[str, Keeper | None] = {}

_LATEST = Rows(
    lambda: (
        Draft.objects.filter(user=given("user"), form=FORM, became__isnull=True)
        .annotate(form_key=KT("data__form_key"))
        .exclude(Exists(SentForm.objects.filter(user=OuterRef("user"), key=OuterRef("form_key"))))[
            :LATEST
        ]
    )
)


def keeps_its_own(url_name: str, keeper: Keeper | None = None) -> None:
    """Say that the view of that name keeps what is typed itself; `keeper` keeps what arrives for it otherwise.

    It takes the user, the path, what was typed, and the time.
    """
    _own[url_name] = keeper


def has_its_own(url_name: str | None) -> bool:
    """Whether the view of that name keeps what is typed itself."""
    return url_name in _own


def typed_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What is worth keeping of what was sent: no secrets. Empty when nothing was typed, and for more than `MOST`."""
    kept = {
        name: value.replace("\0", "")
        for name, value in sent.items()
        if name not in _NEVER and "password" not in name and value
    }
    if not any(value.strip() for name, value in kept.items() if name not in _BESIDE):
        return {}
    return kept if sum(map(len, kept.values())) <= MOST else {}


def place_of(path: str) -> ResolverMatch | None:
    """The place that a path of the portal leads to; None for another's, and for none."""
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    try:
        return resolve(path.partition("?")[0])
    except Resolver404:
        return None


def keep(user: User, path: str, typed: Mapping[str, str], at: dt.datetime) -> None:
    """Keep what was typed into the form that is sent to the path, in place of what was kept before; one statement."""
    draft = Draft(
        user=user, form=FORM, key=_key(path), title=path[:200], data=dict(typed), updated_at=at
    )
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["user", "form", "key"],
        update_fields=["data", "updated_at"],
    )


def keep_at(user: User, path: str, typed: Mapping[str, str], at: dt.datetime) -> None:
    """Keep what was typed where the form of the path looks for it: a form that keeps its own keeps it itself."""
    place = place_of(path)
    if place is None:
        return
    name = place.url_name or ""
    if (keeper := _own.get(name)) is not None:
        keeper(user, path, typed, at)
    elif name not in _own:
        keep(user, path, typed, at)


def forget(user: User, path: str) -> None:
    """Discard what was typed: it is done, or discarded. One statement."""
    Draft.objects.filter(user=user, form=FORM, key=_key(path)).delete()


def latest(user: User) -> dict[str, Draft]:
    """What a user typed and did not send, by the keys of the forms' paths; one statement."""
    return {draft.key: draft for draft in _LATEST.read(user=user.pk)}


def put_back(form: forms.BaseForm, path: str, drafts: Mapping[str, Draft]) -> Draft | None:
    """Let a form that is shown anew begin with the text that was typed into it; return its draft if text came back.

    A day or a number that the form itself suggests stays as it is suggested. The form goes on resting on what was seen
    when the text was typed: where that is another by now, sending it is refused first (D-28).
    """
    draft = drafts.get(_key(path))
    if draft is None or form.is_bound:
        return None
    texts = {
        name: value
        for name, field in form.fields.items()
        if (value := draft.data.get(form.add_prefix(name)))
        and _is_text(field.widget, form.get_initial_for_field(field, name))
    }
    form.initial.update(texts)
    if texts and isinstance(form, RefusableForm) and form.seen:
        form.seen = draft.data.get(SEEN) or form.seen
    return draft if texts else None


def text_of(name: str, path: str, drafts: Mapping[str, Draft]) -> str:
    """What was typed into the field of that name; empty for nothing."""
    draft = drafts.get(_key(path))
    return str(draft.data.get(name, "")) if draft else ""


def _is_text(widget: forms.Widget, suggested: Any) -> bool:
    if isinstance(widget, forms.Textarea):
        return True
    if not isinstance(widget, forms.widgets.Input):
        return False
    kind = widget.attrs.get("type", widget.input_type)
    return kind not in _NO_TEXT and (kind not in _SUGGESTED or suggested in (None, ""))


def _key(path: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, path))
