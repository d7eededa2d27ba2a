"""The form that opens a case: the questions of ATSP 5.2.3, in short steps on one page."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Fieldset, Layout
from django import forms

from cases.actions import Report
from cases.models import Case, Product, Replication
from contracts.models import Contact
from contracts.rules.terms import Programme

LINES = 3


def _area(rows: int = LINES) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OpenCaseForm(forms.ModelForm):
    """What a Technical Contact reports. The severities are the agreement's own words (ATSP 4.3)."""

    severity = forms.TypedChoiceField(coerce=int, widget=forms.RadioSelect)

    class Meta:
        model = Case
        fields = [
            "title",
            "product",
            "release",
            "platform",
            "operating_system",
            "hardware",
            "other_software",
            "modified_software",
            "description",
            "business_impact",
            "replication",
            "replication_steps",
            "replication_evidence",
            "level_1_work",
            "level_2_work",
            "end_user",
            "updates_paid",
        ]
        widgets = {
            "description": _area(5),
            "business_impact": _area(),
            "replication": forms.RadioSelect,
            "replication_steps": _area(4),
            "replication_evidence": _area(),
            "level_1_work": _area(),
            "level_2_work": _area(),
        }
        labels = {
            "title": "The Problem in one line",
            "release": "Release",
            "description": "What happens",
            "business_impact": "Business impact",
            "replication": "Replication",
            "replication_steps": "Steps to replicate",
            "replication_evidence": "Evidence where it could not be replicated",
            "modified_software": "The Software is modified, or built into other software",
            "updates_paid": "The End-User has paid for Updates",
        }
        help_texts = {
            "title": "One distinct Problem a case (ATSP 1.3).",
            "release": "As X.yy.z, for instance 6.1.2. The current and the prior minor Release are supported.",
            "operating_system": "Name, version and patch level.",
            "business_impact": "Who cannot do what, since when: it decides the severity (ATSP 1.17).",
            "replication_steps": "Each step, on which platform, so that we can follow it (ATSP 1.15).",
            "replication_evidence": "What was tried, on which platform, operating system, hardware and software.",
            "level_1_work": "First information, usage questions, known Fixes tried (ATSP 1.19.1).",
            "level_2_work": "Isolation, replication, logs gathered and analysed (ATSP 1.19.2).",
            "end_user": "Support is for End-Users who have paid for Updates (ATSP 2.1).",
        }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("product").queryset = Product.objects.all()
        self.choice("replication").choices = Replication.choices
        self.choice("severity").choices = [
            (term.level, f"{term.level} {term.name}: {term.meaning}")
            for term in programme.severities
        ]
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = self._layout()

    def choice(self, name: str) -> Any:
        """A field whose choices or queryset depend on the programme."""
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for evidence where replication was unsuccessful (ATSP 1.15, 5.2.3)."""
        cleaned = super().clean() or self.cleaned_data
        unsuccessful = cleaned.get("replication") == Replication.UNSUCCESSFUL
        if unsuccessful and not cleaned.get("replication_evidence", "").strip():
            self.add_error(
                "replication_evidence",
                "Where replication was unsuccessful, say what was tried, and on what (ATSP 1.15, 5.2.3).",
            )
        return cleaned

    def report(self) -> Report:
        """The report that a valid form makes."""
        return Report(**self.cleaned_data)

    @staticmethod
    def _layout() -> Layout:
        def pair(left: str, right: str) -> Div:
            return Div(
                Field(left, wrapper_class="col-md-6"),
                Field(right, wrapper_class="col-md-6"),
                css_class="row",
            )

        return Layout(
            Fieldset(
                "1. The Problem",
                "title",
                Field("description"),
                HTML('<div id="matching-articles" data-articles role="status"></div>'),
                "business_impact",
            ),
            Fieldset("2. Severity", "severity"),
            Fieldset(
                "3. Where it happens",
                pair("product", "release"),
                pair("platform", "operating_system"),
                pair("hardware", "other_software"),
                "modified_software",
            ),
            Fieldset(
                "4. Replication",
                "replication",
                "replication_steps",
                "replication_evidence",
            ),
            Fieldset("5. Work done before", "level_1_work", "level_2_work"),
            Fieldset("6. For whom", "end_user", "updates_paid"),
        )


class TelephoneReportForm(OpenCaseForm):
    """What dispatch takes down on the telephone: who is calling, and the same report."""

    contact = forms.ModelChoiceField(Contact.objects.none(), label="Who is calling")
    over_quota_reason = forms.CharField(
        required=False,
        label="Reason to admit the case over quota",
        help_text="Only when all prepaid cases of the pool are spent (ATSP 9.1).",
    )

    def __init__(self, *args: Any, contacts: Any, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.choice("contact").queryset = contacts
        self.helper.layout.fields.insert(0, Fieldset("Who is calling", "contact"))
        self.helper.layout.fields.append(Fieldset("Quota", "over_quota_reason"))

    def report(self) -> Report:
        """The report that a valid form makes."""
        left_out = {"contact", "over_quota_reason"}
        return Report(**{k: v for k, v in self.cleaned_data.items() if k not in left_out})
