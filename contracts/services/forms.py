"""Forms of an agreement's services: assignments, absences, conference calls, the account profile (ATSP 14, 15)."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet

from contracts.agreements.models import Agreement
from contracts.parties.models.parties import Contact
from contracts.parties.people import holders
from contracts.services.models.assignments import Duty
from contracts.services.rules.profile import SECTIONS
from portal.models import User
from portal.roles import Role
from portal.rules.business_time import from_wall_clock
from portal.rules.refusal import Refusal

T = TypeVar("T")


class ServiceForm(forms.Form):
    """A form whose act may be refused: the refusal stands above it, with everything that was typed."""

    refusal: Refusal | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def choice(self, name: str) -> Any:
        """A field whose choices or queryset are known only now."""
        return self.fields[name]

    def performed(self, act: Callable[[dict[str, Any]], T]) -> T | None:
        """What the act gives for the cleaned data; None when the form is wrong or the act is refused."""
        if not self.is_valid():
            return None
        try:
            return act(self.cleaned_data)
        except Refusal as refusal:
            self.refusal = refusal
            return None


def day(label: str, **options: Any) -> forms.DateField:
    """A field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def instant(label: str, **options: Any) -> forms.DateTimeField:
    """A field for a day and a time, in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def text(label: str, rows: int = 6, **options: Any) -> forms.CharField:
    """A field for a text of some lines."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


class AssignForm(ServiceForm):
    """Who serves the agreement, as what, and from when to when."""

    duty = forms.ChoiceField(label="As", choices=Duty.choices)
    user = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Person", empty_label="Choose a person"
    )
    starts_on = day("First day")
    ends_on = day(
        "Last day", required=False, help_text="Empty: to the end of the agreement's year."
    )

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("user").queryset = holders(agreement.pk, Role.PSAM, Role.ESS)
        self.choice("user").label_from_instance = lambda user: (
            f"{user.name} ({', '.join(user.role_names)})"
        )


class EndAssignmentForm(ServiceForm):
    """Until when a person serves the agreement."""

    ends_on = day("Last day", help_text="They serve on that day, and no longer.")


class AbsenceForm(ServiceForm):
    """When a person is away: whole days of their zone, or from and to a time."""

    user = forms.ModelChoiceField(queryset=User.objects.none(), label="Who", empty_label=None)
    starts_on = day("First day")
    starts_time = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends_on = day("Last day")
    ends_time = forms.TimeField(
        label="Until", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        help_text="Training, vacation or other. Resellers see who stands in, not why.",
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("user").queryset = people
        self.fields[
            "starts_time"
        ].help_text = "Without times: the whole days, in the person's zone."

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The instants from which and up to which the person is away."""
        data = self.cleaned_data
        zone = zoneinfo.ZoneInfo(data["user"].zone).key
        start = dt.datetime.combine(data["starts_on"], data["starts_time"] or dt.time())
        end = (
            dt.datetime.combine(data["ends_on"], data["ends_time"])
            if data["ends_time"]
            else dt.datetime.combine(data["ends_on"], dt.time()) + dt.timedelta(days=1)
        )
        return from_wall_clock(start, zone), from_wall_clock(end, zone)


class AgendaForm(ServiceForm):
    """The agenda of a call, and when it is planned."""

    planned_at = instant("Planned for", required=False)
    text = text(
        "Agenda", 16, help_text="Made from the cases; change it as you need. The reseller reads it."
    )


class HeldForm(ServiceForm):
    """When a call took place, and with whom."""

    held_at = instant("It began", help_text="It counts at the time it took place.")
    participants = forms.ModelMultipleChoiceField(
        queryset=Contact.objects.none(),
        required=False,
        label="Who took part for the reseller",
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(label="Who else", required=False, max_length=200)

    def __init__(self, *args: Any, contacts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice("participants").queryset = contacts


class MinutesForm(ServiceForm):
    """The minutes of a call."""

    text = text(
        "Minutes",
        12,
        help_text="They go to those who took part, and stay as they are from then on.",
    )


class ActionForm(ServiceForm):
    """Something that the call agreed to be done."""

    text = forms.CharField(label="What is to be done", max_length=250)
    owner = forms.CharField(label="By whom", max_length=120)
    due_on = day("Until", required=False)


class DoneForm(ServiceForm):
    """Which action is done."""

    action = forms.IntegerField(widget=forms.HiddenInput)


class ProfileForm(ServiceForm):
    """The account profile, section by section, one thing a line."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    products = text(SECTIONS["products"], 4, required=False)
    platforms = text(SECTIONS["platforms"], 4, required=False)
    topology = text(SECTIONS["topology"], 5, required=False)
    contacts = text(SECTIONS["contacts"], 4, required=False)
    notes = text(SECTIONS["notes"], 4, required=False)
