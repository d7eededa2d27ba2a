"""The acts on a case: who sees each, and its place on the case page."""

from enum import StrEnum
from typing import ClassVar

from cases.case.actions import ENGINEERS, INTAKE
from cases.case.models import Case
from contracts.roster.permissions import Participant
from portal.acts import Act
from portal.rules.refusal import Refusal


class Group(StrEnum):
    """The place of an act on the case page: each way of talking has a tab, the others share one."""

    TALK = "talk"
    INFORMATION = "information"
    SEVERITY = "severity"
    RESOLUTION = "resolution"
    FINDINGS = "findings"
    WORK = "work"
    TEAM = "team"

    @property
    def label(self) -> str:
        """The tab's words."""
        return {"resolution": "Resolve"}.get(self.value, self.value.capitalize())

    @property
    def icon(self) -> str:
        """The tab's icon."""
        return {
            "talk": "message",
            "information": "help-circle",
            "severity": "flag",
            "resolution": "circle-check",
            "findings": "file-search",
            "work": "briefcase",
            "team": "users",
        }[self.value]


class CaseAct(Act[Case, Participant]):
    """An act on a case. `engineers`, `intake`, `contacts` and `administrative` say to whom it may be shown.

    `terms` are those of the agreement's glossary that it turns on (ATSP 1).
    """

    prefixed = True
    group: ClassVar[Group] = Group.TALK
    engineers: ClassVar[bool] = False
    intake: ClassVar[bool] = False
    contacts: ClassVar[bool] = False
    administrative: ClassVar[bool] = False
    terms: ClassVar[tuple[str, ...]] = ()

    @property
    def case(self) -> Case:
        """The case."""
        return self.subject

    @classmethod
    def is_shown_to(cls, actor: Participant) -> bool:
        """Whether it is the actor's to do, on whatever case it fits."""
        user = actor.user
        if user.is_provider:
            return (cls.engineers and user.has_role(*ENGINEERS)) or (
                cls.intake and user.has_role(*INTAKE)
            )
        return (cls.contacts and actor.standing.is_technical) or (
            cls.administrative and actor.standing.is_administrative
        )

    @classmethod
    def is_for(cls, subject: Case, actor: Participant) -> bool:
        """Whether it is the actor's to do."""
        return cls.is_shown_to(actor)

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """Whether the act makes sense on the case now."""
        return subject.is_open

    @classmethod
    def require(cls, subject: Case, actor: Participant) -> None:
        """Raise a Refusal when it is the other side's; who of the own side may do it, is the action's to say."""
        provider, reseller = cls.engineers or cls.intake, cls.contacts or cls.administrative
        if not (provider if actor.user.is_provider else reseller):
            raise Refusal(
                f"“{cls.label}” is not yours to do on case {subject.number}.",
                clause=subject.programme.paper.cite(cls.clause),
                way_out="Write on the case what you need; the other side sees it at once.",
            )

    @property
    def confirmation(self) -> str:
        """What the page says once it is done."""
        return f"Case {self.case.number}: {self.done}"
