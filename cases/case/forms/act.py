"""The acts on a case: who sees each, and its place on the case page."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar

from django import forms

from cases.case.actions import is_doer, side_of
from cases.case.models import Case
from cases.case.rules import deeds
from cases.case.rules.deeds import DEEDS, Deed
from cases.conversation.between import Came, came_since, in_words
from cases.presence.pulse import last_known
from contracts.roster.permissions import Participant
from portal import locks
from portal.acts import Act
from portal.fields import EMPTY_MEANS_NOW, instant
from portal.files.fields import FilesField
from portal.refusable import KNOWN
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal


class Group(StrEnum):
    """The place of an act on the case page: ways of talking are the composer's modes, the rest is under "More"."""

    TALK = "talk"
    INFORMATION = "information"
    SEVERITY = "severity"
    RESOLUTION = "resolution"
    FINDINGS = "findings"
    WORK = "work"
    TEAM = "team"

    @property
    def label(self) -> str:
        """What the menu calls it."""
        return {"resolution": "Resolve"}.get(self.value, self.value.capitalize())

    @property
    def icon(self) -> str:
        """Its icon."""
        return {
            "talk": "message",
            "information": "help-circle",
            "severity": "flag",
            "resolution": "circle-check",
            "findings": "file-search",
            "work": "briefcase",
            "team": "users",
        }[self.value]


def happened(label: str) -> forms.DateTimeField:
    """A field for when something took place away from the keyboard, in the reader's zone (D-23)."""
    return instant(label, required=False, help_text=EMPTY_MEANS_NOW)


class CaseAct(Act[Case, Participant]):
    """An act on a case: the form of a deed, which says by whom and when it may be done (`deeds.DEEDS`).

    `terms` are those of the agreement's glossary that it turns on (ATSP 1).
    """

    prefixed = True
    code: ClassVar[Deed]
    group: ClassVar[Group] = Group.TALK
    terms: ClassVar[tuple[str, ...]] = ()
    previews: ClassVar[bool] = False
    """Whether the page shows what the severity that it is about would bring."""
    takes_answers: ClassVar[bool] = False
    """Whether canned answers are offered for its `body`."""

    asks_what_came: ClassVar[bool] = False
    """Whether it writes to the other side: what others said or did since its form was shown is shown first (D-28)."""
    came: Sequence[Came] = ()
    """What came since, once it was refused for that: sent again it is sent anyway."""

    def __init_subclass__(cls) -> None:
        """Cite the deed's clause where the form names no other."""
        super().__init_subclass__()
        if "clause" not in cls.__dict__:
            cls.clause = DEEDS[cls.code].clause

    def __init__(self, subject: Case, actor: Participant, *args: Any, **options: Any) -> None:
        super().__init__(subject, actor, *args, **options)
        field = self.fields.get("attached")
        if isinstance(field, FilesField):
            field.bind(actor.user, f"case:{subject.pk}:{self.code}")

    @property
    def known(self) -> str:
        """How far its sender has read the case, as its form sends it back; empty where it does not matter."""
        return str(last_known(self.case, self.user)) if self.asks_what_came else ""

    def require_seen(self) -> None:
        """Raise Refusal when what it rests on is another, or others wrote on the case since its form was shown (D-28).

        A form that does not say how far its sender had read is not asked about.
        """
        super().require_seen()
        known = number_in(str(self.data.get(KNOWN, "")))
        if not self.asks_what_came or known is None:
            return
        locks.lock(self.case)
        self.came = came_since(self.case, self.user, known)
        if self.came:
            raise Refusal(
                in_words(self.came),
                clause="D-28",
                way_out="Read it below. If what you wrote still fits, send it as it is or change it first.",
            )

    @property
    def submit_label(self) -> str:
        """What the button says."""
        return "Send anyway" if self.came else super().submit_label

    @property
    def preview_to(self) -> int | None:
        """The one severity that it is about; None where a field chooses it."""
        return None

    @property
    def case(self) -> Case:
        """The case."""
        return self.subject

    @classmethod
    def is_shown_to(cls, actor: Participant) -> bool:
        """Whether it is the actor's to do, on whatever case it fits."""
        return is_doer(cls.code, actor.user, lambda: actor.standing)

    @classmethod
    def is_for(cls, subject: Case, actor: Participant) -> bool:
        """Whether it is the actor's to do."""
        return cls.is_shown_to(actor)

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """Whether the deed fits the case as it stands."""
        return deeds.refusal(cls.code, subject, side_of(actor.user)) is None

    @classmethod
    def require(cls, subject: Case, actor: Participant) -> None:
        """Raise a Refusal when it is the other side's; who of the own side may do it, is the action's to say."""
        if not DEEDS[cls.code].of_side(side_of(actor.user)):
            raise Refusal(
                f"“{cls.label}” is not yours to do on case {subject.number}.",
                clause=subject.programme.paper.cite(cls.clause),
                way_out="Write on the case what you need; the other side sees it at once.",
            )

    @property
    def confirmation(self) -> str:
        """What the page says once it is done."""
        return f"Case {self.case.number}: {self.done}"
