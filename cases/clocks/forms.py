"""The act by which both sides' agreement on the frequency of updates is recorded (ATSP 4.7)."""

from typing import Any

from django import forms

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.clocks.actions import FREQUENCIES, agree_frequency
from cases.clocks.proposing import (
    MOST,
    answer_frequency,
    present_frequency,
    propose_frequency,
    proposed_frequency,
    withdraw_frequency,
)
from cases.clocks.rules.wording import frequency
from contracts.programmes.rules.values import Span, Unit
from portal.fields import text

UNITS = (
    Unit.HOUR,
    Unit.BUSINESS_HOUR,
    Unit.DAY,
    Unit.BUSINESS_DAY,
    Unit.WEEK,
    Unit.MONTH,
)


class FrequencyForm(CaseAct):
    """Record how often both sides want the contact to be updated."""

    code, label, icon = Deed.FREQUENCY, "Agree on updates", "clock"
    group = Group.INFORMATION
    done = "the contact is told how often updates come."
    intro = "Only as both sides agreed. The contact is told in writing, and the next update is due by it."

    every = forms.ChoiceField(label="Updates come", required=False)
    how = text("How the contact agreed", 3, required=False)

    def prepare(self) -> None:
        """Offer the frequencies; the objective of the severity is the empty one."""
        term = self.case.programme.severity(self.case.severity)
        self.choice("every").choices = [
            ("", f"{frequency(term.status_every)}, as the agreement has it"),
            *((one, frequency(Span.parse(one))) for one in FREQUENCIES),
        ]
        self.initial["every"] = self.case.status_every

    def perform(self) -> None:
        """Record it."""
        agree_frequency(
            self.case,
            every=self.cleaned_data["every"],
            how=self.cleaned_data["how"],
            by=self.user,
            at=self.at,
        )


class ProposeFrequencyForm(CaseAct):
    """Either side proposes another frequency of updates."""

    code, label, icon = Deed.PROPOSE_FREQUENCY, "Propose how often updates come", "calendar-time"
    group = Group.INFORMATION
    submit = "Propose it"
    done = "proposed; until it is answered updates come as before."
    amount = forms.IntegerField(label="An update every", min_value=1, max_value=MOST)
    unit = forms.ChoiceField(
        label="Unit", choices=[(unit.value, f"{unit.value}s") for unit in UNITS]
    )

    @property
    def intro(self) -> str:
        """How often they come now, and what one's own side proposed already."""
        now = f"Updates come {frequency(present_frequency(self.case))} now. Another frequency holds once both agree."
        proposed = proposed_frequency(self.case)
        return (
            f"{now} You proposed {proposed}; a new proposal takes its place." if proposed else now
        )

    def perform(self) -> None:
        """Propose it."""
        span = Span(self.cleaned_data["amount"], Unit(self.cleaned_data["unit"]))
        propose_frequency(self.case, by=self.user, at=self.at, every=str(span))


class AnswerFrequencyForm(CaseAct):
    """The other side agrees to the proposed frequency, or declines it."""

    code, label, icon = Deed.ANSWER_FREQUENCY, "Answer how often updates come", "calendar-time"
    group = Group.INFORMATION
    submit = "Send the answer"
    done = "your answer is recorded."
    agree = forms.ChoiceField(
        label="Your answer",
        widget=forms.RadioSelect,
        choices=[("yes", "Agree"), ("no", "Decline")],
    )

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The frequency proposed, and by whom."""
        return ("frequency", subject.proposed_status_every, subject.status_every_proposed_by)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """What is proposed now."""
        if not subject.proposed_status_every:
            return "The frequency that you saw is not proposed any more."
        return f"An update {proposed_frequency(subject)} is proposed now."

    @property
    def intro(self) -> str:
        """What is proposed."""
        return f"Proposed: an update {proposed_frequency(self.case)}."

    def perform(self) -> None:
        """Answer."""
        answer_frequency(
            self.case, by=self.user, at=self.at, agree=self.cleaned_data["agree"] == "yes"
        )


class WithdrawFrequencyForm(CaseAct):
    """A side takes the frequency back that it proposed."""

    code, label, icon = (
        Deed.WITHDRAW_FREQUENCY,
        "Withdraw how often updates come",
        "arrow-back-up",
    )
    group = Group.INFORMATION
    submit = "Withdraw it"
    done = "withdrawn; updates come as before."

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The frequency proposed, and by whom."""
        return AnswerFrequencyForm.rests_on(subject)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """What is proposed now."""
        return AnswerFrequencyForm.stands(subject)

    @property
    def intro(self) -> str:
        """What was proposed."""
        return f"You proposed an update {proposed_frequency(self.case)}; it waits for an answer."

    def perform(self) -> None:
        """Withdraw it."""
        withdraw_frequency(self.case, by=self.user, at=self.at)
