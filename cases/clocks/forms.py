"""The act by which both sides' agreement on the frequency of updates is recorded (ATSP 4.7)."""

from django import forms

from cases.case.forms.act import CaseAct, Group
from cases.case.rules.deeds import Deed
from cases.clocks.actions import FREQUENCIES, agree_frequency
from cases.clocks.rules.wording import frequency
from contracts.programmes.rules.values import Span
from portal.fields import text


class FrequencyForm(CaseAct):
    """Record how often both sides want the contact to be updated."""

    code, label, icon = Deed.FREQUENCY, "Agree on updates", "clock"
    group = Group.TALK
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
