"""The form in which a canned answer is kept."""

from typing import Any

from django import forms

from cases.canned.actions import keep
from cases.canned.models import CannedAnswer
from portal.acts import Act, Actor
from portal.fields import text
from portal.ui.words import in_full


class AnswerForm(Act[CannedAnswer | None, Actor]):
    """A canned answer: a new one, or one changed."""

    code, label, icon, submit = "keep", "Keep an answer", "check", "Keep the answer"
    title = forms.CharField(label="Title", max_length=60, help_text="By it you find it.")
    body = text("Text", 10, help_text="Markdown. A case fills the places in braces, as {contact}.")
    shared = forms.BooleanField(
        label="Everybody here may use it", required=False, help_text="Otherwise it is yours alone."
    )

    @classmethod
    def rests_on(cls, subject: CannedAnswer | None) -> tuple[Any, ...]:
        """The answer as it was seen."""
        return () if subject is None else (subject.title, subject.body, subject.shared)

    @classmethod
    def stands(cls, subject: CannedAnswer | None) -> str:
        """Who changed it, and when."""
        assert subject is not None, "a new one rests on nothing"  # noqa: S101
        zone = subject.changed_at.tzinfo
        when = f" at {in_full(subject.changed_at, zone)}" if zone else ""
        return f"{subject.changed_by.name} changed the answer{when}."

    def prepare(self) -> None:
        """Begin with the answer."""
        if self.subject is not None:
            self.initial = {
                name: getattr(self.subject, name) for name in ("title", "body", "shared")
            }

    def perform(self) -> str:
        """Keep it."""
        self.kept_answer = keep(self.subject, by=self.user, at=self.at, **self.cleaned_data)
        return f"The answer “{self.kept_answer.title}” is kept."

    @property
    def leads_to(self) -> str:
        """The answers."""
        return "canned_answers"
