"""Relief, and reopening (ATSP 1.3, 4.10, Ex.B)."""

from typing import Any, ClassVar

from cases.case.forms.act import CaseAct, Group, happened
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.resolution.actions.closing import agree_workaround, fail_relief, give_relief, reopen
from portal.fields import text


def _relief(case: Case) -> tuple[Any, ...]:
    return ("relief", case.relieved_at)


def _another_relief(case: Case) -> str:
    if case.relieved_at is None:
        return "The relief that you saw does not stand any more."
    return "Another relief was given since you opened this page."


class GiveReliefForm(CaseAct):
    """An engineer gives a solution, Fix or Workaround."""

    code, label, icon = Deed.RELIEF, "Give relief", "lifebuoy"
    asks_what_came = True
    group = Group.RESOLUTION
    done = "relief is given; the contact is notified."
    terms = ("Fix", "Workaround")
    field_names: ClassVar = {"at": "happened_at"}
    body = text("The solution, Fix or Workaround", 6)
    happened_at = happened("When it was given")

    def perform(self) -> None:
        """Give it."""
        give_relief(
            self.case,
            by=self.user,
            at=self.cleaned_data["happened_at"] or self.at,
            logged_at=self.at,
            body=self.cleaned_data["body"],
        )


class FailReliefForm(CaseAct):
    """Either side says that the relief did not hold."""

    code, label, icon = Deed.FAIL, "The relief did not hold", "rotate"
    group = Group.RESOLUTION
    done = "back to work."
    reason = text("What still happens", 3)

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The relief that stands."""
        return _relief(subject)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """That another one does."""
        return _another_relief(subject)

    def perform(self) -> None:
        """Back to work."""
        fail_relief(self.case, by=self.user, at=self.at, reason=self.cleaned_data["reason"])


class AgreeWorkaroundForm(CaseAct):
    """The contact agrees to the workaround."""

    code, label, icon = Deed.AGREE, "Agree to the workaround", "check"
    group = Group.RESOLUTION
    done = "the workaround is agreed."
    terms = ("Workaround", "Problem Resolution")
    intro = (
        "The workaround holds in your environment, and you agree to it as the resolution: the engineer may then close "
        "the case for it."
    )

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The relief that stands."""
        return _relief(subject)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """That another one does."""
        return _another_relief(subject)

    def perform(self) -> None:
        """Agree."""
        agree_workaround(self.case, by=self.user, at=self.at)


class ReopenForm(CaseAct):
    """Either side reopens a closed case."""

    code, label, icon = Deed.REOPEN, "Reopen", "rotate"
    group = Group.RESOLUTION
    done = "reopened; it is not charged again."
    reason = text(
        "What happens again",
        3,
        help_text="For the same Problem, and not charged again. A distinct Problem is a new case.",
    )

    def perform(self) -> None:
        """Reopen it."""
        reopen(self.case, by=self.user, at=self.at, reason=self.cleaned_data["reason"])
