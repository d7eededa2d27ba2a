"""The frame of the acts on a work order: each is a form that knows whose it is, when it fits, and what it does."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from contracts.roster.permissions import Permissions
from contracts.work.actions import frame
from contracts.work.actions.orders import Paper
from contracts.work.models import WorkOrder
from contracts.work.rules.orders import Basis, Step, fits
from portal.models import User
from portal.rules.refusal import Refusal

_MOST = 12


def text_field(label: str, rows: int = 3, **options: Any) -> forms.CharField:
    """A field for a text of some lines."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


def money_field(label: str, **options: Any) -> forms.DecimalField:
    """A field for an amount, in whole cents."""
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_digits=_MOST, decimal_places=2, **options
    )


def day_field(label: str, **options: Any) -> forms.DateField:
    """A field for a date."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **options)


def instant_field(label: str, **options: Any) -> forms.DateTimeField:
    """A field for an instant, in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)


def paper_of(file: Any) -> Paper | None:
    """An uploaded file as the actions take it."""
    return Paper(file.name, file.read()) if file else None


class WorkForm(forms.Form):
    """An act on a work order. `label` names it, `intro` tells what it does, `said` is the answer once it is done."""

    code: ClassVar[str]
    party: ClassVar[frame.Party]
    step: ClassVar[Step]
    label: ClassVar[str]
    icon: ClassVar[str]
    submit: ClassVar[str] = ""
    said: ClassVar[str]
    primary: ClassVar[bool] = False
    refusal: Refusal | None = None

    def __init__(
        self, *args: Any, order: WorkOrder, user: User, at: dt.datetime, **kwargs: Any
    ) -> None:
        kwargs.setdefault("prefix", self.code)
        super().__init__(*args, **kwargs)
        self.order, self.user, self.at = order, user, at
        self.prepare()
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @classmethod
    def is_shown(cls, order: WorkOrder, user: User, standing: Permissions) -> bool:
        """Whether it is the user's, and makes sense on the order as it stands."""
        return cls.party.admits(user, standing) and fits(Basis(order.basis), order.stands, cls.step)

    @property
    def intro(self) -> str:
        """What it does, where the fields do not say so."""
        return ""

    @property
    def clause(self) -> str:
        """The clause of the act."""
        return self.order.terms.clause

    @property
    def submit_label(self) -> str:
        """What the button says."""
        return self.submit or self.label

    @property
    def title(self) -> str:
        """What its line says."""
        return self.label

    @property
    def is_primary(self) -> bool:
        """Whether it is what the page is open for."""
        return self.primary

    @property
    def with_files(self) -> bool:
        """Whether a file may be sent."""
        return self.is_multipart()

    def prepare(self) -> None:
        """Set what depends on the order."""

    def perform(self) -> None:
        """Do it. Raises Refusal."""
        raise NotImplementedError

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal above the form, and at the field that it names."""
        self.refusal = refusal
        for one in refusal.all:
            if one.field in self.fields:
                self.add_error(one.field, one.sentence)
