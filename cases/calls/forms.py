"""The form by which dispatch logs a call that it refused."""

from typing import Any, ClassVar

from django import forms

from cases.calls.actions import reason_of, refuse_call
from cases.calls.callers import Caller, caller_of
from cases.case.actions import INTAKE
from contracts.parties.models.parties import Contact
from portal.access import require_role
from portal.acts import Act, Actor
from portal.fields import EMPTY_MEANS_NOW, instant, text
from portal.rules.telephone import digits_of


class RefuseCallForm(Act[Contact | None, Actor]):
    """Dispatch refuses a caller: a contact on file, or somebody who says who they are."""

    code, label, icon = "refuse", "Log the refused call", "ban"
    field_names: ClassVar = {"at": "called_at"}
    needed = ("caller", "reason")
    found: Caller | None = None
    caller = forms.CharField(label="Who called", max_length=160, required=False)
    company = forms.CharField(label="For which company", max_length=160, required=False)
    telephone = forms.CharField(label="Their telephone", max_length=40, required=False)
    reason = text("Why the call is refused", 3, required=False, max_length=2000)
    called_at = instant("When they called", required=False, help_text=EMPTY_MEANS_NOW)

    @classmethod
    def require(cls, subject: Contact | None, actor: Actor) -> None:
        """Let those act who take calls."""
        require_role(actor.user, *INTAKE, act="refuse a call", clause="ATSP 5.2.2")

    def prepare(self) -> None:
        """Begin with what is known: the contact and what stands against them, or what was searched for."""
        asked = self.asked.get("said", "").strip()[:160]
        initial: dict[str, Any] = {}
        if self.subject is not None:
            del self.fields["caller"], self.fields["company"]
            self.found = caller_of(self.subject, self.user, self.at)
            initial = {"reason": reason_of(self.found), "telephone": self.subject.telephone}
        else:
            name = "telephone" if digits_of(asked) else "caller"
            initial = {name: asked[:40] if name == "telephone" else asked}
            initial["reason"] = "Not on the roster of a reseller."
        self.initial = initial

    @property
    def intro(self) -> str:
        """Who is told."""
        return "No case is opened. Whoever keeps the roster of their company is told, while an agreement is in force."

    def perform(self) -> str:
        """Log it."""
        typed = self.cleaned_data
        call = refuse_call(
            by=self.user,
            at=typed["called_at"] or self.at,
            logged_at=self.at,
            contact=self.subject,
            caller=typed.get("caller", ""),
            company=typed.get("company", ""),
            telephone=typed["telephone"],
            reason=typed["reason"],
        )
        return f"The refused call of {call.caller} is logged."

    @property
    def leads_to(self) -> str:
        """Back to the telephone, for the next call."""
        return "telephone_report"
