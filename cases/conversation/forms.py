"""Talking on a case: replies, calls, notes, what the reseller adds, and asking for information."""

import datetime as dt
from typing import ClassVar

from django import forms

from cases.case.forms.act import CaseAct, Group
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move
from cases.conversation.actions import add_information, log_call, note, reply
from cases.information.actions import accept_information, request_information
from portal.fields import text


class ReplyForm(CaseAct):
    """An engineer answers the contact, and may move the case at once."""

    code, label, icon = Deed.REPLY, "Reply to the contact", "message"
    group, short, submit = Group.TALK, "Reply", "Send the reply"
    done = "the reply is sent; the status clock starts again."
    primary = True
    body = text("Reply", 6)
    then = forms.ChoiceField(
        label="Afterwards the case is",
        required=False,
        choices=[
            ("", "as it is"),
            (Move.WAIT_FOR_RESELLER.value, "waiting for the reseller"),
            (Move.WAIT_FOR_ENGINEERING.value, "waiting for engineering"),
        ],
        help_text="Shown only: it stops no clock.",
    )

    def perform(self) -> None:
        """Reply."""
        then = self.cleaned_data["then"]
        reply(
            self.case,
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
            then=Move(then) if then else None,
        )


class LogCallForm(CaseAct):
    """An engineer logs a call with the contact, at the time it took place."""

    code, label, icon = Deed.CALL, "Log a call", "phone"
    group, submit = Group.TALK, "Log the call"
    done = "the call is logged at its time."
    field_names: ClassVar = {"at": "minutes_ago"}
    body = text("What was said")
    minutes_ago = forms.IntegerField(
        label="Minutes ago", min_value=0, max_value=1440, initial=0, required=False
    )

    def perform(self) -> None:
        """Log the call."""
        ago = dt.timedelta(minutes=self.cleaned_data["minutes_ago"] or 0)
        log_call(
            self.case,
            by=self.user,
            at=self.at - ago,
            logged_at=self.at,
            body=self.cleaned_data["body"],
        )


class NoteForm(CaseAct):
    """An internal note."""

    code, label, icon = Deed.NOTE, "Internal note", "lock"
    group, short, submit = Group.TALK, "Note", "Write the note"
    done = "the note is written."
    body = text("Note", help_text="The reseller does not see it; it stops no clock.")

    def perform(self) -> None:
        """Write the note."""
        note(self.case, by=self.user, at=self.at, body=self.cleaned_data["body"])


class AddInformationForm(CaseAct):
    """The contact adds information or answers."""

    code, label, icon = Deed.ADD, "Write to the engineer", "message"
    group, short, submit = Group.TALK, "Write", "Send"
    done = "sent to the engineer."
    primary = True
    body = text("Message", 6)
    answers = forms.BooleanField(required=False, initial=True)

    def prepare(self) -> None:
        """Ask whether it is what was asked for, while something is."""
        if not self.case.waits_for_information:
            del self.fields["answers"]
            return
        self.fields[
            "answers"
        ].label = f"This is what was asked for: {', '.join(self.case.information_missing)}"
        cited = self.case.programme.paper.cited["ATSP 4.9.1"]
        self.fields["answers"].help_text = f"The clock of the information then stops{cited}."

    def perform(self) -> None:
        """Add it."""
        add_information(
            self.case,
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
            answers=self.cleaned_data.get("answers", False),
        )


class RequestInformationForm(CaseAct):
    """An engineer asks for what is missing of 5.2.3."""

    code, label, icon = Deed.ASK, "Ask for information", "help-circle"
    group, submit = Group.INFORMATION, "Ask, and start the clock"
    done = "asked; the information clock runs."
    missing = text("What is missing, one item per line", 3)
    body = text("Message", 3, required=False)

    def prepare(self) -> None:
        """Suggest what 5.2.3 wants and the report did not tell."""
        asked = self.case.information_missing or self.case.not_told
        self.fields["missing"].initial = "\n".join(asked)

    def perform(self) -> None:
        """Ask."""
        request_information(
            self.case,
            by=self.user,
            at=self.at,
            missing=self.cleaned_data["missing"].splitlines(),
            body=self.cleaned_data["body"],
        )


class AcceptInformationForm(CaseAct):
    """An engineer confirms that what was asked for is here."""

    code, label, icon = Deed.ACCEPT, "Information received", "check"
    group, submit = Group.INFORMATION, "It is complete"
    done = "the information is complete; its clock has stopped."
    intro = "Confirms that everything asked for is here. The information clock stops, and no downgrade follows."

    def perform(self) -> None:
        """Accept it, as of when the contact sent it."""
        received_at = self.case.information_received_at or self.at
        accept_information(self.case, by=self.user, at=self.at, received_at=received_at)
