"""Talking on a case: replies, calls, notes, what the reseller adds, and asking for information."""

from typing import Any, ClassVar

from django import forms

from cases.case.contacts import technical_lines
from cases.case.forms.act import CaseAct, Group, happened
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move
from cases.conversation.actions import add_information, log_call, note, reply, take_call
from cases.time_spent.beside import minutes_field, note_beside
from portal.fields import text
from portal.files.fields import FilesField
from portal.lookups import LookupField
from portal.rules.outside import number_in


def said(label: str, placeholder: str, **options: Any) -> forms.CharField:
    """The composer's field: one line until it is written in, then it grows with its text."""
    field = text(label, 2, **options)
    field.widget.attrs["placeholder"] = placeholder
    return field


class ReplyForm(CaseAct):
    """An engineer answers the contact, and may move the case at once."""

    code, label, icon = Deed.REPLY, "Reply to the contact", "message"
    asks_what_came = True
    group, short, submit = Group.TALK, "Reply", "Send the reply"
    done = "the reply is sent; the status clock starts again."
    primary = takes_answers = True
    body = said("Reply", "Reply to the contact", required=False)
    attached = FilesField()
    needed = ("body",)
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
    spent = minutes_field()

    @property
    def intro(self) -> str:
        """Whether the reply is the first response, while none was made (D-30)."""
        if self.case.responded_at is not None:
            return ""
        if self.case.answer_in_writing:
            return "The contact asked to be answered in writing: this is the first response (D-30)."
        return "This is no first response: that is a call, or a message when one reached nobody (D-30)."

    def perform(self) -> None:
        """Reply."""
        then = self.cleaned_data["then"]
        reply(
            self.case,
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
            then=Move(then) if then else None,
            files=self.cleaned_data["attached"],
        )
        note_beside(
            self.case,
            self.cleaned_data["spent"],
            what="Reply",
            by=self.user,
            at=self.at,
            logged_at=self.at,
        )


class LogCallForm(CaseAct):
    """An engineer logs a call with the contact, at the time it took place."""

    code, label, icon = Deed.CALL, "Log a call", "phone"
    group, short, submit = Group.TALK, "Call", "Log the call"
    done = "the call is logged at its time."
    takes_answers = True
    field_names: ClassVar = {"at": "happened_at"}
    reached = forms.TypedChoiceField(
        label="The contact",
        choices=[
            ("yes", "was reached"),
            ("no", "was not reached: what follows goes to them in writing"),
        ],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    body = said(
        "What was said, or is to be said in writing", "What was said, or is to be said in writing"
    )
    attached = FilesField()
    happened_at = happened("When the call took place")
    spent = minutes_field()

    def perform(self) -> None:
        """Log the call."""
        log_call(
            self.case,
            by=self.user,
            at=self.cleaned_data["happened_at"] or self.at,
            logged_at=self.at,
            body=self.cleaned_data["body"],
            reached=self.cleaned_data["reached"],
            files=self.cleaned_data["attached"],
        )
        note_beside(
            self.case,
            self.cleaned_data["spent"],
            what="Call",
            by=self.user,
            at=self.cleaned_data["happened_at"] or self.at,
            logged_at=self.at,
        )


class NoteForm(CaseAct):
    """An internal note."""

    code, label, icon = Deed.NOTE, "Internal note", "lock"
    group, short, submit = Group.TALK, "Note", "Write the note"
    done = "the note is written."
    takes_answers = True
    body = said(
        "Note",
        "Write a note that the reseller does not see",
        required=False,
        help_text="The reseller does not see it; it stops no clock.",
    )
    attached = FilesField(help_text="The reseller does not see these either.")
    needed = ("body",)

    def perform(self) -> None:
        """Write the note."""
        note(
            self.case,
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
            files=self.cleaned_data["attached"],
        )


class TakeCallForm(CaseAct):
    """What a contact says of the case on the telephone is taken down: they are its author."""

    code, label, icon = Deed.TAKE_CALL, "Take down a call", "phone-incoming"
    group, short, submit = Group.TALK, "They called", "Take the call down"
    done = "the call is taken down, in the caller's name."
    intro = (
        "The caller is the author, you the writer. It is no response of ours and stops no clock."
    )
    field_names: ClassVar = {"at": "happened_at"}
    caller = LookupField(
        "case-callers",
        label="Who is on the telephone",
        help_text="Name, contact code or telephone. Not on the roster? Refuse the caller.",
    )
    body = said("What they said", "What they said, word for word", required=False)
    attached = FilesField()
    needed = ("body",)
    happened_at = happened("When they called")

    def prepare(self) -> None:
        """Suggest the contact as the caller, or whom the address names."""
        named, line = number_in(self.asked.get("caller", "")), None
        if named is not None:
            lines = technical_lines(self.case, self.at).filter(contact=named)
            line = lines.select_related("contact").first()
        self.choice("caller").bind(
            self.user, self.case.pk, line.contact if line else self.case.contact
        )

    def perform(self) -> None:
        """Take it down."""
        take_call(
            self.case,
            by=self.user,
            at=self.cleaned_data["happened_at"] or self.at,
            logged_at=self.at,
            caller=self.cleaned_data["caller"],
            body=self.cleaned_data["body"],
            files=self.cleaned_data["attached"],
        )


class AddInformationForm(CaseAct):
    """The contact adds information or answers."""

    code, label, icon = Deed.ADD, "Write to the engineer", "message"
    asks_what_came = True
    group, short, submit = Group.TALK, "Write", "Send"
    done = "sent to the engineer."
    primary = True
    body = said("Message", "Write to the engineer", required=False)
    attached = FilesField()
    needed = ("body",)
    answers = forms.BooleanField(required=False)

    def prepare(self) -> None:
        """Ask whether it is what was asked for, while something is."""
        if not self.case.waits_for_information:
            del self.fields["answers"]
            return
        self.fields[
            "answers"
        ].label = f"This is what was asked for: {', '.join(self.case.information_missing)}"
        cited = self.case.programme.paper.cited["ATSP 4.9.1, 4.10.8"]
        self.fields["answers"].help_text = f"A clock that runs for it stops{cited}."

    def take_cursor(self) -> None:
        """Show the files too that wait for it: a report that was added here brought its own."""
        super().take_cursor()
        field = self.fields["attached"]
        assert isinstance(field, FilesField)  # noqa: S101
        field.bind(self.user, f"case:{self.case.pk}:{self.code}", restores=True)

    def perform(self) -> None:
        """Add it."""
        add_information(
            self.case,
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
            answers=self.cleaned_data.get("answers", False),
            files=self.cleaned_data["attached"],
        )
