"""The frame of the acts on a case: each is a form that knows whom it is shown to, when, and which action it calls."""

import datetime as dt
from enum import StrEnum
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from cases.case.models import Case
from portal.models import User
from portal.rules.refusal import Refusal


class Group(StrEnum):
    """Where an act stands on the case page: talking has a tab for each act, the others share one."""

    TALK = "talk"
    INFORMATION = "information"
    SEVERITY = "severity"
    RESOLUTION = "resolution"
    FINDINGS = "findings"
    WORK = "work"
    TEAM = "team"

    @property
    def label(self) -> str:
        """The tab's words."""
        return {"resolution": "Resolve"}.get(self.value, self.value.capitalize())

    @property
    def icon(self) -> str:
        """The tab's icon."""
        return {
            "talk": "message",
            "information": "help-circle",
            "severity": "flag",
            "resolution": "circle-check",
            "findings": "file-search",
            "work": "briefcase",
            "team": "users",
        }[self.value]


def text(label: str, rows: int = 4, **options: Any) -> forms.CharField:
    """A field for a text of some lines."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


class ActForm(forms.Form):
    """An act on a case. `engineers`, `intake`, `contacts` and `administrative` say to whom it may be shown.

    `label` names it, `short` on a tab, `submit` on its button; `intro` tells what it does where no field does; `said`
    is the page's answer once it is done. `terms` are those of the agreement's glossary that the act turns on (ATSP 1).
    """

    code: ClassVar[str]
    group: ClassVar[Group] = Group.TALK
    label: ClassVar[str]
    icon: ClassVar[str] = "point"
    clause: ClassVar[str] = ""
    engineers: ClassVar[bool] = False
    intake: ClassVar[bool] = False
    contacts: ClassVar[bool] = False
    administrative: ClassVar[bool] = False
    primary: ClassVar[bool] = False
    short: ClassVar[str] = ""
    submit: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    said: ClassVar[str] = "done."
    terms: ClassVar[tuple[str, ...]] = ()
    refusal: Refusal | None = None

    def __init__(self, *args: Any, case: Case, user: User, at: dt.datetime, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", self.code)
        super().__init__(*args, **kwargs)
        self.case = case
        self.user = user
        self.at = at
        self.prepare()
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    @property
    def cited(self) -> str:
        """The act's clause in the programme that the case is under."""
        return self.case.programme.cites(self.clause)

    def prepare(self) -> None:
        """Set choices that depend on the case."""

    def choice(self, name: str) -> Any:
        """A field whose choices or queryset depend on the case."""
        return self.fields[name]

    @classmethod
    def is_for(cls, user: User) -> bool:
        """Whether the act belongs to the user's side at all; who of the side may do it is the action's to say."""
        if user.is_provider:
            return cls.engineers or cls.intake
        return cls.contacts or cls.administrative

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """Whether the act makes sense on the case as it stands."""
        return case.is_open

    def perform(self) -> Case:
        """Do it. Raises Refusal."""
        raise NotImplementedError

    def done(self, case: Case) -> str:
        """What the page says once it is done."""
        return f"Case {case.number}: {self.said}"

    @property
    def short_label(self) -> str:
        """The label as a tab has room for it."""
        return self.short or self.label

    @property
    def submit_label(self) -> str:
        """What the button says."""
        return self.submit or self.label

    def take_cursor(self) -> None:
        """Let the page open with the cursor in the first field, or in the first that needs another look."""
        names = [*(self.errors if self.is_bound else ()), *self.fields]
        field = next((self.fields[name] for name in names if name in self.fields), None)
        if field is not None:
            field.widget.attrs["autofocus"] = True
