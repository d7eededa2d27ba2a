"""How the drafts of a form are kept: one for the path that it is sent to, or several, each by a key of its own."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.db import models
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from portal.models import Draft, User

FORM = "typed"
ASIDE = "typed.aside"
"""What was typed into a form elsewhere, and gave way there: it is listed until it is discarded."""


class Kind:
    """Drafts of any form: one for each path. A form that has several names a kind of its own (`keeps_its_own`)."""

    form: str = FORM
    beside: tuple[str, ...] = ()
    """Fields that are no text of the draft: what says which draft it is, and what the server keeps otherwise."""

    def place(self, path: str, typed: Mapping[str, str]) -> tuple[str, str]:
        """The key of the draft of what is sent to the path, and the path of its form."""
        return key_of(path), path

    def title(self, typed: Mapping[str, str], said: str) -> str:
        """What a list calls the draft; the page `said` what it calls its form."""
        return said

    def of(
        self, user: User, path: str, typed: Mapping[str, str], at: dt.datetime, said: str = ""
    ) -> Draft:
        """The row of what is typed into the form that is sent to the path, not written yet."""
        key, path = self.place(path, typed)
        return Draft(
            user=user,
            form=self.form,
            key=key,
            title=self.title(typed, said)[:200],
            path=path,
            data=self.told(typed),
            updated_at=at,
        )

    def rows(self, user: User, path: str) -> models.QuerySet[Draft]:
        """What the user has typed into the form that is sent to the path."""
        key, _ = self.place(path, {})
        return Draft.objects.visible_to(user).filter(form=self.form, key=key, became=None)

    def told(self, typed: Mapping[str, str]) -> dict[str, str]:
        """What is kept of what is typed."""
        return {name: value for name, value in typed.items() if name not in self.beside}

    def lay_aside(self, draft: Draft) -> None:
        """Let a draft be one that is listed, and that no form goes on with; not written yet."""
        draft.form, draft.key = ASIDE, str(uuid.uuid4())

    def go_on(self, draft: Draft, page: str) -> None:
        """Name the key under which a page goes on whose draft's own key is over; not written yet."""
        draft.key = str(uuid.uuid4())


_ANY = Kind()
_kinds: dict[str, Kind] = {}
_asked: set[str] = set()


def keeps_its_own(url_name: str, kind: Kind = _ANY) -> None:
    """Say that the view of that name keeps by itself what is sent to it, as drafts of that kind."""
    _kinds[url_name] = kind


def only_asks(url_name: str) -> None:
    """Say that the view of that name does nothing with what is typed but answer: it is asked by POST for its length."""
    _asked.add(url_name)


def has_its_own(url_name: str | None) -> bool:
    """Whether the view of that name keeps what is sent to it itself, or nothing is to be kept of it."""
    return url_name in _kinds or url_name in _asked


def kind_at(path: str) -> Kind | None:
    """How drafts of the form that is sent to the path are kept; None where none is kept."""
    place = place_of(path)
    name = (place.url_name or "") if place is not None else ""
    return None if place is None or name in _asked else _kinds.get(name, _ANY)


def place_of(path: str) -> ResolverMatch | None:
    """The place that a path of the portal leads to; None for another's, and for none."""
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return None
    try:
        return resolve(path.partition("?")[0])
    except Resolver404:
        return None


def key_of(path: str) -> str:
    """The key of the draft of a path."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, path))
