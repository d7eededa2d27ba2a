"""Noting time as an act on a case."""

from typing import ClassVar

from django import forms

from cases.case.forms.act import CaseAct, Group, happened
from cases.case.rules.deeds import Deed
from cases.time_spent.actions import note_time
from cases.time_spent.models import MOST_MINUTES


class TimeForm(CaseAct):
    """Note time spent on the case."""

    code, label, icon = Deed.TIME, "Note time spent", "clock"
    group = Group.WORK
    done = "the time is noted."
    intro = "For the provider's people only. It is never billed: billable work is a work order (ATSP 7)."
    field_names: ClassVar = {"at": "happened_at"}
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=MOST_MINUTES)
    what = forms.CharField(label="On what", max_length=200)
    happened_at = happened("When")

    def perform(self) -> None:
        """Note it."""
        told = self.cleaned_data
        note_time(
            self.case,
            by=self.user,
            at=self.at,
            minutes=told["minutes"],
            what=told["what"],
            happened_at=told["happened_at"],
        )
