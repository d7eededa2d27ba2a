"""What was typed into a form and not done yet: kept by the address that the form is sent to, put back when it is shown.

Only text comes back: a tick or a choice is made anew each time, so that nobody agrees to what they agreed to
yesterday. A form that keeps drafts of its own says so with `keeps_its_own`. Two pages of one form never erase each
other's text: each says on which version it rests (`portal.draft_rows`).
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from portal import draft_rows, sending
from portal.draft_rows import Hand, Written
from portal.models import Draft, User
from portal.models.sent import SentForm
from portal.prepared import Rows, given
from portal.refusable import KNOWN, SEEN, RefusableForm

FORM = "typed"
ASIDE = "typed.aside"
"""What was typed into a form elsewhere, and gave way there: it is listed until it is discarded."""
KEPT = dt.timedelta(days=30)
"""How long what was typed last waits to be sent."""
LATEST = 100
"""Of so many forms what a user typed is put back: the latest."""
MOST = 500_000
"""Characters of one form that are kept; a form's own fields take less."""
VERSION, TITLE, READER = "draft_version", "draft_title", "draft_reader"
"""Hidden fields of a form: the version of the draft that it shows, what a list calls it, for whom it was shown."""
_NEVER = ("csrfmiddlewaretoken", "next", KNOWN, VERSION, TITLE, READER)
_SECRET = ("password", "secret")
_BESIDE = (sending.FIELD, SEEN)
_SUGGESTED = ("number",)
_NO_TEXT = ("hidden", "password", "file", "checkbox", "radio")

Keeper = Callable[[User, str, Mapping[str, str], dt.datetime], object]
_own: dict[str, Keeper | None] = {}

_LATEST = Rows(
    lambda: Draft.objects.filter(user=given("user"), form=FORM, became__isnull=True).exclude(
        Exists(SentForm.objects.filter(user=OuterRef("user"), key=OuterRef("page")))
    )[:LATEST]
)


def keeps_its_own(url_name: str, keeper: Keeper | None = None) -> None:
    """Say that the view of that name keeps what is typed itself; `keeper` keeps what arrives for it otherwise.

    It takes the user, the path, what was typed, and the time.
    """
    _own[url_name] = keeper


def only_asks(url_name: str) -> None:
    """Say that the view of that name does nothing with what is typed but answer: it is asked by POST for its length."""
    _own[url_name] = None


def has_its_own(url_name: str | None) -> bool:
    """Whether the view of that name keeps what is typed itself."""
    return url_name in _own


def typed_in(sent: Mapping[str, str]) -> dict[str, str]:
    """What is worth keeping of what was sent: no secrets. Empty when nothing was typed, and for more than `MOST`."""
    kept = {
        name: value.replace("\0", "")
        for name, value in sent.items()
        if name not in _NEVER and not any(word in name for word in _SECRET) and value
    }
    if not any(value.strip() for name, value in kept.items() if name not in _BESIDE):
        return {}
    return kept if sum(map(len, kept.values())) <= MOST else {}


def hand_in(sent: Mapping[str, str]) -> Hand:
    """What the page of a form says of itself: its key, the version that it rests on, what a list calls it."""
    version = sent.get(VERSION, "")
    return Hand(
        page=sending.key_in(sent),
        version=version if _is_uuid(version) else "",
        title=" ".join(sent.get(TITLE, "").replace("\0", "").split())[:200],
    )


def place_of(path: str) -> ResolverMatch | None:
    """The place that a path of the portal leads to; None for another's, and for none."""
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    try:
        return resolve(path.partition("?")[0])
    except Resolver404:
        return None


def keep(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed into the form that is sent to the path, unless another text stands there; one statement.

    It takes the place of what its page rests on, and of nothing else: `Written.elsewhere` is what was typed elsewhere.
    """
    return draft_rows.write(_draft(user, path, typed, at, hand), hand or Hand())


def keep_both(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed; another text that stands there is set aside, for the list of drafts."""
    written = keep(user, path, typed, at, hand)
    if written.elsewhere is None:
        return written
    other = written.elsewhere
    Draft.objects.filter(pk=other.pk).update(form=ASIDE, key=str(uuid.uuid4()))
    return Written(
        draft_rows.write(_draft(user, path, typed, at, hand), hand or Hand()).draft, aside=other
    )


def set_aside(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> None:
    """Keep what was typed for the list of drafts alone: its form goes on with another text."""
    draft = _draft(user, path, typed, at, hand)
    draft.form, draft.key = ASIDE, str(uuid.uuid4())
    draft.save()


def keep_at(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed where the form of the path looks for it: a form that keeps its own keeps it itself."""
    place = place_of(path)
    if place is None:
        return Written()
    name = place.url_name or ""
    if (keeper := _own.get(name)) is not None:
        keeper(user, path, typed, at)
    elif name not in _own:
        return keep_both(user, path, typed, at, hand)
    return Written()


def forget(user: User, path: str, hand: Hand, at: dt.datetime) -> Draft | None:
    """Discard what the page of a form typed: it is done, or discarded. Returns what stays, typed elsewhere.

    The page's key is noted as done, so that no save that arrives later brings the text back.
    """
    done(user, path, hand, at)
    return latest(user).get(_key(path)) if hand else None


def done(user: User, path: str, hand: Hand, at: dt.datetime) -> None:
    """Note that a form was done: its text goes, another page's stays. One statement."""
    draft_rows.end(user, FORM, _key(path), hand, at)


def empty(user: User, path: str, hand: Hand) -> None:
    """Keep nothing of a form that was emptied; what another page typed stays."""
    rows = Draft.objects.filter(user=user, form=FORM, key=_key(path))
    if hand:
        mine = Q(page=hand.page) if hand.page else Q()
        rows = rows.filter(mine | Q(version=hand.version) if hand.version else mine)
    rows.delete()


def put_forward(draft: Draft, at: dt.datetime) -> None:
    """Let a form begin with a text that was set aside; what it would have begun with is set aside instead."""
    with transaction.atomic():
        there = Draft.objects.filter(user=draft.user_id, form=FORM, key=_key(draft.path))
        there.update(form=ASIDE, key=str(uuid.uuid4()))
        Draft.objects.filter(pk=draft.pk).update(
            form=FORM, key=_key(draft.path), version=uuid.uuid4(), page="", updated_at=at
        )


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


def at_path(path: str, drafts: Mapping[str, Draft]) -> Draft | None:
    """The draft of the form that is sent to the path."""
    return drafts.get(_key(path))


def text_of(name: str, path: str, drafts: Mapping[str, Draft]) -> str:
    """What was typed into the field of that name; empty for nothing."""
    draft = drafts.get(_key(path))
    return str(draft.data.get(name, "")) if draft else ""


def texts_in(draft: Draft) -> list[str]:
    """The texts of a draft, the longest first: what its writer knows it by."""
    told = (str(value).strip() for name, value in draft.data.items() if name not in _BESIDE)
    return sorted(filter(None, told), key=len, reverse=True)


def _draft(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None
) -> Draft:
    return Draft(
        user=user,
        form=FORM,
        key=_key(path),
        title=hand.title if hand is not None else "",
        path=path,
        data=dict(typed),
        updated_at=at,
    )


def _is_text(widget: forms.Widget, suggested: Any) -> bool:
    if isinstance(widget, forms.Textarea):
        return True
    if not isinstance(widget, forms.widgets.Input):
        return False
    kind = widget.attrs.get("type", widget.input_type)
    is_suggested = kind in _SUGGESTED or isinstance(widget, forms.widgets.DateTimeBaseInput)
    return kind not in _NO_TEXT and (not is_suggested or suggested in (None, ""))


def _is_uuid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def _key(path: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, path))
