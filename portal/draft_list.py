"""What a person typed and did not send, as a list: where, when, how it begins, and the way back into its form."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from portal import drafts
from portal.draft_kinds import ASIDE
from portal.models import Draft, User
from portal.models.sent import SentForm

MOST = 200
"""Of so many drafts a list tells: the latest."""
BEGINNING = 240
Where = Callable[[Draft], tuple[str, str]]
_own: dict[str, Where] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """A draft in the list. `where` names its form; `url` leads into it, empty where that is not known."""

    draft: Draft
    where: str
    url: str
    beginning: str
    texts: tuple[str, ...]

    @property
    def is_aside(self) -> bool:
        """Whether its form goes on with another text."""
        return self.draft.form == ASIDE


def lists_its_own(form: str, where: Where) -> None:
    """Say what a draft of that kind is called and which address leads into it; its key is over once it is discarded."""
    _own[form] = where


def listed(user: User) -> list[Line]:
    """The latest drafts of a user; one statement."""
    sent = SentForm.objects.filter(user=OuterRef("user"), key=OuterRef("page"))
    rows = Draft.objects.visible_to(user).filter(became=None).exclude(Exists(sent))
    return [of(draft) for draft in rows.order_by("-updated_at", "-pk")[:MOST]]


def of(draft: Draft) -> Line:
    """A draft as the list tells it."""
    where, url = _own[draft.form](draft) if draft.form in _own else (draft.title, draft.path)
    texts = tuple(drafts.texts_in(draft))
    beginning = texts[0][: BEGINNING + 1] if texts else ""
    if len(beginning) > BEGINNING:
        beginning = f"{beginning[:BEGINNING].rstrip()} …"
    return Line(draft, where or _spoken(draft.path), url, " ".join(beginning.split()), texts)


def discard(draft: Draft, at: dt.datetime) -> bool:
    """Discard a draft as it was seen; return whether it was. What was typed on meanwhile stays.

    A page that still types into a draft with a key of its own goes on under another one.
    """
    deleted, _ = Draft.objects.filter(pk=draft.pk, version=draft.version).delete()
    if deleted and draft.form in _own:
        SentForm.objects.get_or_create(user_id=draft.user_id, key=draft.key, defaults={"at": at})
    return bool(deleted)


def _spoken(path: str) -> str:
    """An address in words, for a form that did not say what it is called."""
    words = [part.replace("-", " ") for part in path.partition("?")[0].split("/") if part]
    return " · ".join(words).capitalize() or "A form"
