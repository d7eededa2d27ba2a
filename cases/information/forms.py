"""Asking for information, and confirming that it is here (ATSP 5.2.3, 4.9.1)."""

from typing import ClassVar

from django import forms

from cases.case.forms.act import CaseAct, Group, happened
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.clocks.rules.wording import moment
from cases.clocks.setting import information_clock, information_runs
from cases.information.actions import accept_information, request_information
from portal.fields import text


class RequestInformationForm(CaseAct):
    """An engineer asks for what is missing of 5.2.3."""

    code, label, icon = Deed.ASK, "Ask for information", "help-circle"
    asks_what_came = True
    group, submit = Group.INFORMATION, "Ask"
    missing = text("What is missing, one item per line", 3)
    body = text("Message", 3, required=False)
    of_report = forms.BooleanField(label="The report lacks it", required=False, initial=True)

    def prepare(self) -> None:
        """Suggest what 5.2.3 wants and the report did not tell, and say what follows when it does not come."""
        asked = self.case.information_missing or self.case.not_told
        self.fields["missing"].initial = "\n".join(asked)
        clock = information_clock(self.case, self.case.calendar, at=self.at)
        if clock is None and information_runs(self.case):
            self.fields[
                "of_report"
            ].help_text = "Its clock goes on for what is left on the list; leave out what has come."
        elif clock is None:
            del self.fields["of_report"]
        else:
            due = moment(clock.due_at, self.user.zone)
            self.fields["of_report"].help_text = f"Due {due} ({clock.clause}). {clock.consequence}"

    @property
    def intro(self) -> str:
        """That nothing follows by itself, where no clock can run."""
        if "of_report" in self.fields:
            return ""
        return "An ordinary request: no clock runs, and nothing follows by itself (D-20)."

    def perform(self) -> str:
        """Ask. Says whether a clock runs."""
        case = request_information(
            self.case,
            by=self.user,
            at=self.at,
            missing=self.cleaned_data["missing"].splitlines(),
            body=self.cleaned_data["body"],
            of_report=self.cleaned_data.get("of_report", False),
        )
        return f"Case {case.number}: asked; {self._clock_of(case)}."

    def _clock_of(self, case: Case) -> str:
        """Which clock runs: its own, none, or only that of what the report lacks (D-20)."""
        if not information_runs(case):
            return "no clock runs"
        if self.cleaned_data.get("of_report"):
            return "its clock runs"
        return "no clock runs for it; that of the report goes on"


class AcceptInformationForm(CaseAct):
    """An engineer confirms that what was asked for is here."""

    code, label, icon = Deed.ACCEPT, "Information received", "check"
    group, submit = Group.INFORMATION, "It is complete"
    done = "the information is complete; its clock has stopped."
    field_names: ClassVar = {"at": "happened_at"}
    happened_at = happened("When it was told")

    def prepare(self) -> None:
        """Begin with when the contact sent it."""
        self.fields["happened_at"].initial = self.case.information_received_at

    @property
    def intro(self) -> str:
        """What was asked for, and what confirming it does."""
        asked = ", ".join(self.case.information_missing) or "everything asked for"
        return (
            f"Confirms that this is here: {asked}. Its clock stops; if it was here in time, what the clock did since "
            "is taken back."
        )

    def perform(self) -> None:
        """Accept it, as of when the contact sent or told it."""
        sent, typed = self.case.information_received_at, self.cleaned_data["happened_at"]
        if sent is not None and typed == sent.replace(second=0, microsecond=0):
            typed = None  # as the form showed it, to the minute
        accept_information(self.case, by=self.user, at=self.at, received_at=typed or sent)
