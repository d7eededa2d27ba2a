"""The form that opens a case: the questions of ATSP 5.2.3, in short steps on one page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.html import format_html

from cases.case.models import Case
from cases.case.reported import Replication
from cases.opening import asking
from cases.opening.report import Report
from cases.opening.steps import BY_CONTACT, BY_TELEPHONE, LaidOut, SeverityChoice, Step
from cases.products.models import Product
from cases.products.rules import Asked, tidy_release
from cases.severity.preview import Preview
from contracts.parties.models.parties import Contact
from contracts.programmes.rules.terms import Programme
from portal.fields import EMPTY_MEANS_NOW, bound_texts, instant
from portal.files.fields import FilesField
from portal.models import User
from portal.prepared import Rows, given
from portal.refusable import REQUIRED_MARK
from portal.rules.refusal import Refusal
from portal.suggestions import SuggestInput

LINES = 3
_NOTHING = {
    "severity": 0,
    "updates_paid": False,
    "modified_software": False,
    "answer_in_writing": False,
}
"""What stands for an answer that is not given yet; for every other an empty text."""
_PRODUCTS = Rows(lambda: Product.objects.filter(pk=given("product")).order_by())


class ProductField(forms.ModelChoiceField):
    """A choice among the products, of which the chosen one is a prepared read."""

    def to_python(self, value: Any) -> Product | None:
        """The product of a primary key. Raises ValidationError for anything else."""
        if value in self.empty_values:
            return None
        try:
            found = _PRODUCTS.read(product=int(value))
        except ValueError:
            found = []
        if not found:
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": value})
        return found[0]


def _area(rows: int = LINES) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OpenCaseForm(forms.ModelForm):
    """What a Technical Contact reports. The severities are the agreement's own words (ATSP 4.3)."""

    severity = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the severity whose words fit{p.cited[ATSP 4.3]}."},
    )

    attached = FilesField(help_text="Logs, traces, screenshots.")

    steps: ClassVar[tuple[Step, ...]] = BY_CONTACT

    asks_of_product: bool = True
    """Whether a page shows what the product asks before a case is opened."""
    needed: ClassVar[tuple[str, ...]] = ("updates_paid",)
    """Ticks that the form takes empty and opening a case refuses with its clause."""

    previews: Mapping[int, Preview] = MappingProxyType({})
    """What each severity would bring, by level; the page gives it."""

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
            "answer_in_writing",
        ]
        field_classes = {"product": ProductField}
        widgets = {
            "release": SuggestInput("releases", beside="id_product"),
            "end_user": SuggestInput("end-users"),
            "description": _area(6),
            "business_impact": _area(),
            "replication": forms.RadioSelect,
            "replication_steps": _area(5),
            "replication_evidence": _area(),
            "level_1_work": _area(),
            "level_2_work": _area(),
        }
        labels = {
            "title": "The Problem in one line",
            "release": "Release",
            "description": "What happens",
            "business_impact": "Business impact",
            "hardware": "Hardware",
            "other_software": "Other software involved",
            "replication": "Could you replicate it?",
            "replication_steps": "Steps to replicate",
            "replication_evidence": "What was tried where it could not be replicated",
            "level_1_work": "Level 1 work",
            "level_2_work": "Level 2 work",
            "modified_software": "The Software is modified, or built into other software",
            "updates_paid": "The End-User has paid for Updates",
            "answer_in_writing": "Answer me in writing first: no call is needed",
        }
        help_texts = {
            "description": "What you see, since when, what changed before. Messages word for word.",
            "answer_in_writing": "",
            "release": "As X.yy.z, for instance 6.1.2.",
            "operating_system": "Name, version and patch level.",
            "business_impact": "Who cannot do what, and what is at risk: it decides the severity.",
            "replication_steps": "One a line, from a system as it was before.",
            "replication_evidence": "Needed where it could not be replicated: which steps, and on what.",
            "level_1_work": "First information gathered, usage questions, known Fixes tried.",
            "level_2_work": "How it was isolated; logs and traces analysed.",
        }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions: list[Asked] = []
        product = asking.product_in(self.data, self.initial)
        if product is not None:
            self.questions = asking.questions_of(product)
            self.fields.update(
                {f"{asking.PREFIX}{each.key}": asking.field_for(each) for each in self.questions}
            )
        bound_texts(self)
        self.programme = programme
        self.choice("product").empty_label = "Choose the product"
        self.choice("replication").choices = Replication.choices
        self.choice("severity").choices = [
            (term.level, f"{term.level} {term.name}") for term in programme.severities
        ]
        for name, field in self.fields.items():
            if name != "severity":
                field.error_messages["required"] = "Please fill this in{p.cited[ATSP 5.2.3]}."
        for name in self.needed:
            if name in self.fields:
                label = str(self.fields[name].label)
                self.fields[name].label = format_html("{}{}", label, REQUIRED_MARK)
        evidence = self.fields["replication_evidence"].widget
        evidence.attrs["data-needed-when"] = f"replication={Replication.UNSUCCESSFUL.value}"
        self._ask_under(programme)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def _ask_under(self, programme: Programme) -> None:
        """Ask what the programme asks for, and cite its own clauses where a text leaves a place for one."""
        reporting = programme.reporting
        for name, field in self.fields.items():
            field.error_messages = {
                key: str(text).format(p=programme.paper)
                for key, text in field.error_messages.items()
            }
            field.help_text = str(field.help_text).format(p=programme.paper)
            if reporting and name not in reporting.asked:
                field.required = False
        if reporting:
            del self.fields["updates_paid"]

    def send_files_as(self, owner: User, place: str) -> None:
        """Say who sends the files of the report, and where they wait until it is sent."""
        self.choice("attached").bind(owner, place, restores=True)

    def suggest_for(self, contact: Contact) -> None:
        """Suggest the End-Users of that contact's company, whoever fills in the form."""
        self.choice("end_user").widget.within = str(contact.pk)

    def begin_at(self, *names: str) -> None:
        """Let the page begin at the first of those fields that the form has."""
        name = next(each for each in names if each in self.fields)
        self.fields[name].widget.attrs["autofocus"] = True

    def choice(self, name: str) -> Any:
        """A field whose choices or queryset depend on the programme."""
        return self.fields[name]

    def clean_release(self) -> str:
        """The Release without what people write before it: "v7.2.1" is 7.2.1."""
        return tidy_release(self.cleaned_data["release"])

    def clean(self) -> dict[str, Any]:
        """Ask for evidence where replication was unsuccessful (ATSP 1.15, 5.2.3)."""
        cleaned = super().clean() or self.cleaned_data
        unsuccessful = cleaned.get("replication") == Replication.UNSUCCESSFUL
        if unsuccessful and not cleaned.get("replication_evidence", "").strip():
            self.add_error(
                "replication_evidence",
                "Where replication was unsuccessful, say what was tried, and on what"
                f"{self.programme.paper.cited['ATSP 1.15, 5.2.3']}.",
            )
        product = cleaned.get("product")
        asks = product is not None and self.questions and self.asks_of_product
        if asks and self.data.get(asking.ASKED_FOR, "") != str(asking.product_in(self.data, {})):
            self.add_error(
                f"{asking.PREFIX}{self.questions[0].key}",
                f"{product} asks this too. Answer what you can, and open the case.",
            )
        return cleaned

    def _post_clean(self) -> None:
        """Leave the case to the action: what a form can tell of it, the fields and `clean` have said."""

    def report(self) -> Report:
        """The report that a valid form makes."""
        fields = Report.__dataclass_fields__
        told = {name: value for name, value in self.cleaned_data.items() if name in fields}
        answers = asking.answers_in(self.cleaned_data)
        return Report(**{"updates_paid": False, **told, "product_answers": answers})

    def so_far(self) -> Report | None:
        """The report as far as it is typed, for what can be told of it already; None while no product is chosen."""
        self.errors  # noqa: B018  # cleans what is typed
        told: dict[str, Any] = {
            name: self.cleaned_data.get(name) or _NOTHING.get(name, "")
            for name in Report.__dataclass_fields__
            if name != "product_answers"
        }
        told["product_answers"] = asking.answers_in(self.cleaned_data)
        return Report(**told) if told["product"] else None

    def laid_out(self) -> list[LaidOut]:
        """The steps with their fields."""
        return [
            LaidOut(
                replace(step, lead=step.lead.format(p=self.programme.paper)),
                [
                    [self[name] for name in row if name in self.fields]
                    for row in step.rows
                    if any(name in self.fields for name in row)
                ],
                self.asked() if step.asks_of_product else [],
            )
            for step in self.steps
        ]

    def asked(self) -> list[BoundField]:
        """The questions of the chosen product, those marked that are needed of the chosen severity."""
        severity = self["severity"].value()
        return [
            asking.mark(self[f"{asking.PREFIX}{each.key}"], severity) for each in self.questions
        ]

    def asked_elsewhere(self) -> dict[str, str]:
        """What is typed to the questions of another product."""
        return asking.elsewhere(self.data if self.is_bound else self.initial, self.fields)

    def severity_choices(self) -> list[SeverityChoice]:
        """The severities with what each brings (ATSP 4.3, 4.6), the chosen one marked."""
        chosen = str(self["severity"].value() or "")
        return [
            SeverityChoice(term, str(term.level) == chosen, self.previews.get(term.level))
            for term in self.programme.severities
        ]

    def take(self, refusals: Sequence[Refusal]) -> list[Refusal]:
        """Say each refusal at the field that it is about, whole; return those that are about none of them."""
        rest = []
        for each in refusals:
            if each.field in self.fields:
                self.add_error(each.field, str(each))
            else:
                rest.append(each)
        return rest

    def still_needed(self) -> list[BoundField]:
        """Each question that opening a case asks an answer to and has none yet, in the form's order."""
        return [
            each
            for each in self._in_order()
            if not each.value() and (each.errors or each.name in self.needed)
        ]

    def mistakes(self) -> list[tuple[BoundField, str]]:
        """Each field that needs another look, with the first thing that is wrong, in the form's order."""
        return [(field, str(field.errors[0])) for field in self._in_order() if field.errors]

    def _in_order(self) -> list[BoundField]:
        return [field for part in self.laid_out() for field in part.fields]


class TelephoneReportForm(OpenCaseForm):
    """What dispatch takes down on the telephone: the Problem first, the rest as far as the caller knows it."""

    NEEDED = ("title", "description", "severity", "product")
    asks_of_product = False

    over_quota_reason = forms.CharField(
        required=False,
        max_length=1000,
        label="Reason to admit the case over quota",
        help_text="Only when all prepaid cases of the pool are spent{p.cited[ATSP 9.1]}. The reseller reads it.",
    )

    called_at = instant("When they called", required=False, help_text=EMPTY_MEANS_NOW)

    steps = BY_TELEPHONE

    def __init__(self, *args: Any, spent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not spent:
            self.fields["over_quota_reason"].widget = forms.HiddenInput()
        for name, field in self.fields.items():
            if name not in self.NEEDED:
                field.required = False
        for name in ("description", "release"):
            self.fields[name].help_text = ""
        self.fields["title"].widget.attrs["autofocus"] = True
        self.fields["description"].widget.attrs |= {"rows": 3, "placeholder": "Word for word"}
        self.fields["release"].widget.attrs["placeholder"] = "6.1.2"
        self.fields["answer_in_writing"].label = "They want it in writing first: no call is needed"
