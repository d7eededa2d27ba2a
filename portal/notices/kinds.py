"""Kinds of notices: what they are about in plain words, which mails are of one, and to whom they are owed.

Each room registers its own. A notice of no kind is owed, so that one that somebody forgot to name is never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from portal.models import User
from portal.rules.delivering import Wish

MENTION = "mention"
ESCALATION = "escalation"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice. `owed_to_provider` and `owed_to_reseller` cite what owes it to people of that side.

    `to_provider` and `to_reseller` say who gets any, `tags` which filters of the inbox find it.
    """

    code: str
    title: str
    group: str
    templates: tuple[str, ...]
    about: str = ""
    owed_to_provider: str = ""
    owed_to_reseller: str = ""
    to_provider: bool = True
    to_reseller: bool = True
    usual: Wish = field(default_factory=Wish)
    tags: frozenset[str] = frozenset()

    def owed_to(self, user: User) -> str:
        """The clauses by which it is owed to somebody; nothing when they may switch it off."""
        return self.owed_to_provider if user.is_provider else self.owed_to_reseller

    def reaches(self, user: User) -> bool:
        """Whether people like that ever get one."""
        return self.to_provider if user.is_provider else self.to_reseller


_kinds: dict[str, NoticeKind] = {}
_of_template: dict[str, NoticeKind] = {}


def register(*kinds: NoticeKind) -> None:
    """Make kinds known. Raises ValueError for a mail that is of two kinds."""
    for kind in kinds:
        _kinds[kind.code] = kind
        for template in kind.templates:
            known = _of_template.setdefault(template, kind)
            if known.code != kind.code:
                raise ValueError(f"mail {template!r} is of {known.code} and of {kind.code}")
            _of_template[template] = kind


def kind_of(template: str) -> NoticeKind | None:
    """The kind that a mail is of."""
    return _of_template.get(template)


def by_code(code: str) -> NoticeKind | None:
    """The kind of that code."""
    return _kinds.get(code)


def kinds_for(user: User) -> list[NoticeKind]:
    """The kinds that somebody may get, in the order in which the rooms named them."""
    return [kind for kind in _kinds.values() if kind.reaches(user)]


def templates_tagged(tag: str) -> list[str]:
    """The mails of the kinds with a tag."""
    return [one for kind in _kinds.values() if tag in kind.tags for one in kind.templates]


def may_be_switched_off(template: str, users: Iterable[User]) -> bool:
    """Whether a mail is of a kind that any of those people may switch off."""
    kind = kind_of(template)
    return kind is not None and any(not kind.owed_to(user) for user in users)
