"""Correcting a report, and deciding on what limits its support (ATSP 4.8, 5.2.3)."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.text import capfirst

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.case.reported import Replication
from cases.case.rules.deeds import Deed
from cases.opening.forms import OpenCaseForm
from cases.report.actions import (
    ASKED_BY_PRODUCT,
    CORRECTABLE,
    correct_report,
    decide_limitation,
)
from portal.fields import text

_ASKED = "asked-"


class CorrectReportForm(CaseAct):
    """The contact or an engineer puts right what the report has wrong or left blank."""

    code, label, icon = Deed.CORRECT, "Correct the report", "pencil"
    group = Group.INFORMATION
    submit = "Correct it"
    done = "the report is corrected."
    intro = "The journal keeps what was reported before, and who corrected it."

    def prepare(self) -> None:
        """Ask what a report asks, with what is known."""
        asked = OpenCaseForm.Meta
        self.fields.update(
            fields_for_model(
                Case,
                fields=CORRECTABLE,
                widgets=dict[str, Any](asked.widgets),
                labels=asked.labels,
                help_texts=asked.help_texts,
                field_classes=asked.field_classes,
            )
        )
        self.choice("replication").choices = Replication.choices
        self.choice("product").empty_label = None
        self.choice("release").widget.beside = f"id_{self.add_prefix('product')}"
        self.choice("end_user").widget.within = str(self.case.contact_id)
        for name, field in self.fields.items():
            field.required = name in ("title", "description", "product")
            field.initial = getattr(self.case, name)
        for place, each in enumerate(self.case.product_answers):
            self.fields[f"{_ASKED}{place}"] = text(
                capfirst(each["asked"]), 2, required=False, initial=each["answer"]
            )

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The report as it stands."""
        values = tuple(getattr(subject, _column(name)) for name in CORRECTABLE)
        return (*values, subject.product_answers) if subject.product_answers else values

    @classmethod
    def stands(cls, subject: Case) -> str:
        """That it was corrected meanwhile."""
        return "The report was corrected since you opened this page."

    def perform(self) -> None:
        """Correct it; what the form did not send stays."""
        sent = {
            name: value
            for name, value in self.cleaned_data.items()
            if self.add_prefix(name) in self.data or isinstance(value, bool)
        }
        told = {name: value for name, value in sent.items() if not name.startswith(_ASKED)}
        if self.case.product_answers:
            told[ASKED_BY_PRODUCT] = [
                {**each, "answer": sent.get(f"{_ASKED}{place}", each["answer"]).strip()}
                for place, each in enumerate(self.case.product_answers)
            ]
        correct_report(self.case, by=self.user, at=self.at, told=told)


class LimitationForm(CaseAct):
    """An engineer decides on a flagged limitation."""

    code, label, icon = Deed.LIMITATION, "Decide on a limitation", "gavel"
    group = Group.FINDINGS
    submit = "Decide"
    done = "decided; the contact is told."
    number = forms.TypedChoiceField(label="Limitation", coerce=int, widget=forms.RadioSelect)
    supported = forms.ChoiceField(
        label="Decision",
        widget=forms.RadioSelect,
        choices=[("yes", "Supported all the same"), ("no", "Not supported")],
    )
    reason = text("Reason", 2, help_text="The contact reads it.")
    field_order = ("number", "supported", "reason")

    def prepare(self) -> None:
        """Offer those of the case; a single one is chosen."""
        found = self.case.limitations
        self.choice("number").choices = [
            (place, f"{one['words']} ({one['clause']})") for place, one in enumerate(found)
        ]
        if len(found) == 1:
            self.fields["number"].initial = 0

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The limitations as they stand."""
        return ("limitations", subject.limitations)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """That they are others by now."""
        return "The limitations of this case changed since you opened this page."

    def perform(self) -> None:
        """Decide."""
        decide_limitation(
            self.case,
            by=self.user,
            at=self.at,
            number=self.cleaned_data["number"],
            supported=self.cleaned_data["supported"] == "yes",
            reason=self.cleaned_data["reason"],
        )


def _column(name: str) -> str:
    """The attribute that holds a field's value without a read."""
    return "product_id" if name == "product" else name
