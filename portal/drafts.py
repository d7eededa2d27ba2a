"""What was typed into a form and not done yet: kept by the address that the form is sent to, put back when it is shown.

Only text comes back: a tick or a choice is made anew each time, so that nobody agrees to what they agreed to
yesterday. A form that has several drafts, each by a key, or keeps its choices too, has a kind of its own
(`portal.draft_kinds`). Two pages of one form never erase each other's text: each says on which version it rests
(`portal.draft_rows`).
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef

from portal import draft_rows, sending
from portal.draft_kinds import ASIDE, FORM, Kind, key_of, kind_at
from portal.draft_rows import Hand, Written
from portal.models import Draft, User
from portal.models.sent import SentForm
from portal.prepared import Rows, given
from portal.refusable import KNOWN, SEEN, RefusableForm

KEPT = dt.timedelta(days=30)
"""How long what was typed last waits to be sent."""
LATEST = 100
"""Of so many forms what a user typed is put back: the latest."""
MOST = 520_000
"""Characters of one form that are kept; a form's own fields take less."""
VERSION, TITLE, READER = "draft_version", "draft_title", "draft_reader"
"""Hidden fields of a form: the version of the draft that it shows, what a list calls it, for whom it was shown."""
_NEVER = ("csrfmiddlewaretoken", "next", KNOWN, VERSION, TITLE, READER)
_SECRET = ("password", "secret")
_BESIDE = (sending.FIELD, SEEN)
_SUGGESTED = ("number",)
_NO_TEXT = ("hidden", "password", "file", "checkbox", "radio")

_IS_DONE = Exists(SentForm.objects.filter(user=OuterRef("user"), key=OuterRef("page")))
_LATEST = Rows(
    lambda: Draft.objects.filter(user=given("user"), form=FORM, became__isnull=True).exclude(
        _IS_DONE
    )[:LATEST]
)


def typed_in(sent: Mapping[str, str], path: str = "") -> dict[str, str]:
    """What is worth keeping of what was sent: no secrets. Empty when nothing was typed, and for more than `MOST`.

    With the form's `path` what says which draft it is counts as nothing typed.
    """
    kept = {
        name: value.replace("\0", "")
        for name, value in sent.items()
        if name not in _NEVER and not any(word in name for word in _SECRET) and value
    }
    if not _says_something(_kind(path).told(kept)):
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


def keep(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed into the form that is sent to the path, unless another text stands there; one statement.

    It takes the place of what its page rests on, and of nothing else: `Written.elsewhere` is what was typed elsewhere.
    Where the draft of its key was discarded, or became what it was for, it is the first text of a new one: the row's
    path says which.
    """
    hand, kind = hand or Hand(), _kind(path)
    draft = kind.of(user, path, typed, at, hand.title)
    written = draft_rows.write(draft, hand)
    while written.is_over:
        kind.go_on(draft, hand.page)
        written = draft_rows.write(draft, Hand(hand.page, "", hand.title))
        written = replace(written, is_anew=written.draft is not None)
    return written


def keep_both(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed; another text that stands there is set aside, for the list of drafts."""
    written = keep(user, path, typed, at, hand)
    if written.elsewhere is None:
        return written
    other = written.elsewhere
    _kind(path).lay_aside(other)
    Draft.objects.filter(pk=other.pk).update(form=other.form, key=other.key, path=other.path)
    return replace(keep(user, path, typed, at, hand), aside=other)


def set_aside(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> None:
    """Keep what was typed for the list of drafts alone: its form goes on with another text."""
    kind = _kind(path)
    draft = kind.of(user, path, typed, at, hand.title if hand is not None else "")
    kind.lay_aside(draft)
    draft.save()


def keep_at(
    user: User, path: str, typed: Mapping[str, str], at: dt.datetime, hand: Hand | None = None
) -> Written:
    """Keep what was typed where the form of the path looks for it; nothing for a path that keeps none."""
    kind = kind_at(path)
    if kind is None or not _says_something(kind.told(typed)):
        return Written()
    return keep_both(user, path, typed, at, hand)


def forget(user: User, path: str, hand: Hand, at: dt.datetime) -> Draft | None:
    """Discard what the page of a form typed: it is done, or discarded. Returns what stays, typed elsewhere.

    The page's key is noted as done, so that no save that arrives later brings the text back.
    """
    done(user, path, hand, at)
    return there(user, path) if hand else None


def there(user: User, path: str) -> Draft | None:
    """What is kept of the form that is sent to the path; one statement."""
    return _kind(path).rows(user, path).exclude(_IS_DONE).first()


def done(user: User, path: str, hand: Hand, at: dt.datetime) -> None:
    """Note that a form was done: its text goes, another page's stays. One statement."""
    kind = _kind(path)
    draft_rows.end(user, kind.form, kind.place(path, {})[0], hand, at)


def empty(user: User, path: str, hand: Hand) -> None:
    """Keep nothing of a form that was emptied; what another page typed stays."""
    _kind(path).rows(user, path).filter(draft_rows.mine(hand)).delete()


def put_forward(draft: Draft, at: dt.datetime) -> None:
    """Let a form begin with a text that was set aside; what it would have begun with is set aside instead."""
    with transaction.atomic():
        standing = Draft.objects.filter(user=draft.user_id, form=FORM, key=key_of(draft.path))
        standing.update(form=ASIDE, key=str(uuid.uuid4()))
        Draft.objects.filter(pk=draft.pk).update(
            form=FORM, key=key_of(draft.path), version=uuid.uuid4(), page="", updated_at=at
        )


def latest(user: User) -> dict[str, Draft]:
    """What a user typed and did not send, by the keys of the forms' paths; one statement."""
    return {draft.key: draft for draft in _LATEST.read(user=user.pk)}


def put_back(form: forms.BaseForm, path: str, drafts: Mapping[str, Draft]) -> Draft | None:
    """Let a form that is shown anew begin with the text that was typed into it; return its draft if text came back.

    A day or a number that the form itself suggests stays as it is suggested. The form goes on resting on what was seen
    when the text was typed: where that is another by now, sending it is refused first (D-28).
    """
    draft = drafts.get(key_of(path))
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
    return drafts.get(key_of(path))


def text_of(name: str, path: str, drafts: Mapping[str, Draft]) -> str:
    """What was typed into the field of that name; empty for nothing."""
    draft = drafts.get(key_of(path))
    return str(draft.data.get(name, "")) if draft else ""


def texts_in(draft: Draft) -> list[str]:
    """The texts of a draft, the longest first: what its writer knows it by."""
    told = (str(value).strip() for name, value in draft.data.items() if name not in _BESIDE)
    return sorted(filter(None, told), key=len, reverse=True)


def _kind(path: str) -> Kind:
    return kind_at(path) or Kind()


def _says_something(typed: Mapping[str, str]) -> bool:
    return any(value.strip() for name, value in typed.items() if name not in _BESIDE)


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
