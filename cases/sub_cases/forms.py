"""The acts on a sub-case."""

from typing import Any

from cases.case.actions import ENGINEERS
from cases.handling.actions import close_sub_case
from cases.sub_cases.actions import answer, ask_again, take_on, write
from cases.sub_cases.models import SubCase, SubState
from portal.acts import Act, Actor
from portal.fields import instant, text


class SubCaseAct(Act[SubCase, Actor]):
    """An act on a sub-case, for engineers of either team."""

    prefixed = True
    clause = "ATSP Ex.C"
    way_out = "An engineer does it."
    states: tuple[SubState, ...] = (SubState.OPEN, SubState.IN_WORK)

    @classmethod
    def is_for(cls, subject: SubCase, actor: Actor) -> bool:
        """Whether they are an engineer."""
        return actor.user.has_role(*ENGINEERS)

    @classmethod
    def fits(cls, subject: SubCase, actor: Actor) -> bool:
        """While it is in a state for it."""
        return subject.state in cls.states

    @property
    def leads_to(self) -> Any:
        """Its page."""
        return self.subject


class TakeOnForm(SubCaseAct):
    """Take it on."""

    code, label, icon = "take-on", "Take it on", "hand-stop"
    done = "It is yours, and in work."

    @classmethod
    def fits(cls, subject: SubCase, actor: Actor) -> bool:
        """While it is not the actor's."""
        return super().fits(subject, actor) and subject.owner_id != actor.user.pk

    def perform(self) -> None:
        """Take it on."""
        take_on(self.subject, by=self.user, at=self.at)


class AnswerForm(SubCaseAct):
    """Answer it."""

    code, label, icon = "answer", "Answer", "message"
    done = "The case's engineer is told the answer."
    primary = True
    answer = text("Answer", 5)

    def perform(self) -> None:
        """Answer."""
        answer(self.subject, by=self.user, at=self.at, body=self.cleaned_data["answer"])


class WriteForm(SubCaseAct):
    """Write to the other end."""

    code, label, icon = "write", "Write a note", "pencil"
    done = "The note is written."
    states = (SubState.OPEN, SubState.IN_WORK, SubState.ANSWERED)
    body = text("Note", 3)

    def perform(self) -> None:
        """Write it."""
        write(self.subject, by=self.user, at=self.at, body=self.cleaned_data["body"])


class AskAgainForm(SubCaseAct):
    """Ask again."""

    code, label, icon = "ask-again", "Ask again", "help-circle"
    done = "The team is asked again."
    states = (SubState.ANSWERED,)
    words = text("What the answer leaves open", 3)
    due_at = instant("Wanted by", required=False, help_text="In your time zone.")

    def perform(self) -> None:
        """Ask."""
        told = self.cleaned_data
        ask_again(
            self.subject, by=self.user, at=self.at, words=told["words"], due_at=told["due_at"]
        )


class CloseForm(SubCaseAct):
    """Close it."""

    code, label, icon = "close", "Close", "circle-check"
    done = "The sub-case is closed; the case goes on."
    states = (SubState.OPEN, SubState.IN_WORK, SubState.ANSWERED)
    outcome = text("What came of it", 3)

    def prepare(self) -> None:
        """Begin with the answer."""
        self.fields["outcome"].initial = self.subject.answer

    def perform(self) -> None:
        """Close it."""
        close_sub_case(
            self.subject.case,
            self.subject,
            by=self.user,
            at=self.at,
            outcome=self.cleaned_data["outcome"],
        )


ACTS: dict[str, type[SubCaseAct]] = {
    form.code: form for form in (TakeOnForm, AnswerForm, WriteForm, AskAgainForm, CloseForm)
}
