"""Closing: by a call, by a proposal that the contact answers, and against an original (ATSP 1.3, 4.10; D-27)."""

from typing import Any, ClassVar

from django import forms

from cases.case.forms.act import CaseAct, Group, happened
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.enhancements.models import Enhancement
from cases.resolution.actions.closing import close, closure_choices
from cases.resolution.actions.proposing import (
    answer_closing,
    close_as_duplicate,
    propose_closing,
    withdraw_closing,
)
from cases.resolution.proposal import why_not_by_silence
from portal.fields import text
from portal.lookups import LookupField
from portal.models import User
from portal.rules.outside import number_in
from portal.rules.refusal import Refusal


def _reasons(case: Case) -> list[tuple[str, str]]:
    """The reasons that hold now; one that needs a relief is refused with its clause."""
    return [(reason.code, f"{reason.name} ({reason.clause})") for reason in closure_choices(case)]


def _enhancement(typed: str, user: User) -> Enhancement | None:
    """The request whose number was typed. Raises Refusal when there is none of that number."""
    typed = typed.strip()
    number = typed.upper().removeprefix("RFE-")
    if not typed:
        return None
    found = None
    key = number_in(number)
    if key is not None:
        found = Enhancement.objects.visible_to(user).filter(pk=key).first()
    if found is None:
        raise Refusal(
            f"There is no request for enhancement {typed}.",
            clause="ATSP 4.10.7",
            way_out="Look it up under Enhancements, or ask for a new feature from the case first.",
            field="enhancement",
        )
    return found


class _Closing(CaseAct):
    """What closing asks for, whether in a call or by a proposal."""

    code = Deed.CLOSE
    group = Group.RESOLUTION
    terms = ("Fix", "Workaround", "Enhancement")
    reason = forms.ChoiceField(label="Reason", widget=forms.RadioSelect)
    enhancement = forms.CharField(
        label="Enhancement request",
        required=False,
        max_length=20,
        help_text="Where the case became one: its number, such as RFE-12.",
    )

    def prepare(self) -> None:
        """Offer the reasons that hold now."""
        self.choice("reason").choices = _reasons(self.case)


class ProposeClosingForm(_Closing):
    """An engineer proposes to the contact that the case closes."""

    code, label, icon = Deed.PROPOSE_CLOSING, "Propose to close", "circle-check"
    asks_what_came = True
    done = "proposed; the contact answers."
    body = text("What was done, for the contact", 4)
    field_order = ("reason", "body", "enhancement")

    @property
    def intro(self) -> str:
        """What silence comes to, for the reasons that hold now."""
        answer = "The contact agrees, or says what is still open."
        term, reasons = self.case.programme.closing, closure_choices(self.case)
        against = [why_not_by_silence(self.case, reason) for reason in reasons]
        if term is None or not reasons:
            return answer
        if all(against):
            return f"{answer} {against[0]}"
        silence = f"{answer} Without an answer the case closes after {term.silence}"
        named = ", ".join(
            reason.clause for reason, words in zip(reasons, against, strict=True) if words
        )
        return f"{silence}, but not for {named}." if named else f"{silence}."

    def perform(self) -> None:
        """Propose it, and link the case to the request for enhancement that it became."""
        propose_closing(
            self.case,
            by=self.user,
            at=self.at,
            reason=self.cleaned_data["reason"],
            body=self.cleaned_data["body"],
            enhancement=_enhancement(self.cleaned_data["enhancement"], self.user),
        )


class AnswerClosingForm(CaseAct):
    """The contact agrees that the case closes, or declines."""

    code, label, icon = Deed.ANSWER_CLOSING, "Answer the closing", "circle-check"
    group = Group.RESOLUTION
    submit = "Send the answer"
    done = "your answer is recorded."
    agree = forms.ChoiceField(
        label="May the case close?",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, close it"), ("no", "No, back to work")],
    )
    words = text("What is still open", 3, required=False, help_text="Needed for a no.")

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """The proposal that waits."""
        return ("closing", subject.closing_proposed_at, subject.closing_proposed_for)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """That another one waits, or none."""
        reason = subject.closing_proposed
        if reason is None:
            return "The proposal to close that you saw does not wait any more."
        return (
            f"Another closing is proposed since you opened this page: {subject.closes_as(reason)}."
        )

    @property
    def intro(self) -> str:
        """The reason for which it would close."""
        reason = self.case.closing_proposed
        if reason is None:
            return ""
        return f"We propose to close it: {self.case.closes_as(reason)} ({reason.clause})."

    def perform(self) -> str:
        """Answer."""
        agree = self.cleaned_data["agree"] == "yes"
        answer_closing(
            self.case,
            by=self.user,
            at=self.at,
            agree=agree,
            words=self.cleaned_data["words"],
        )
        return f"Case {self.case.number}: {'closed.' if agree else 'back to work.'}"


class WithdrawClosingForm(CaseAct):
    """An engineer takes a proposal to close back."""

    code, label, icon = Deed.WITHDRAW_CLOSING, "Withdraw the closing", "arrow-back-up"
    group = Group.RESOLUTION
    done = "the proposal to close is withdrawn."
    reason = text("Why the case goes on", 2)

    def perform(self) -> None:
        """Withdraw it."""
        withdraw_closing(self.case, by=self.user, at=self.at, reason=self.cleaned_data["reason"])


class CloseForm(_Closing):
    """An engineer closes the case with the contact's agreement."""

    label, icon = "Close: the contact agreed", "circle-check"
    done = "closed."
    intro = "The contact agreed in a call. A Workaround agreed to on the portal needs no call."
    field_names: ClassVar = {"at": "happened_at"}
    agreed_by = LookupField(
        "case-callers",
        label="Who agreed in the call",
        required=False,
        help_text="A contact of the roster: name, contact code or telephone.",
    )
    happened_at = happened("When they agreed")
    said = text("What was said", 2, required=False)
    field_order = ("reason", "agreed_by", "happened_at", "said", "enhancement")

    def prepare(self) -> None:
        """Offer the reasons that hold now, and the roster's contacts, who alone manage a case (ATSP 5.2.2)."""
        super().prepare()
        self.choice("agreed_by").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Close it at the time of the call, and link it to the request for enhancement that it became."""
        told = self.cleaned_data
        contact = told["agreed_by"]
        close(
            self.case,
            by=self.user,
            at=(told["happened_at"] if contact else None) or self.at,
            logged_at=self.at,
            reason=told["reason"],
            agreed_by=contact.name if contact else "",
            said=told["said"],
            enhancement=_enhancement(told["enhancement"], self.user),
        )


class DuplicateForm(CaseAct):
    """An engineer names the case's original, against which it closes."""

    code, label, icon = Deed.DUPLICATE, "Close as a duplicate", "copy"
    group = Group.RESOLUTION
    done = "the original is named, and the contact is asked."
    intro = "The case is given back, and the contact is asked whether it may close against its original."
    original = LookupField(
        "original-cases", label="Original", help_text="Its number, or words of its title."
    )
    body = text("What the two have in common, for the contact", 3)

    def prepare(self) -> None:
        """Offer the reseller's other cases."""
        self.choice("original").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Name it, and propose to close the case."""
        close_as_duplicate(
            self.case,
            self.cleaned_data["original"],
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
        )
