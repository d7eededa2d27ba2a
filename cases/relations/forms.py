"""Relating, merging and splitting as acts on a case."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.text import Truncator

from cases.case.around import around
from cases.case.forms.act import CaseAct, Group, happened
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.conversation.models import Message
from cases.relations.actions import relate, unrelate
from cases.relations.merging import merge, undo_merge
from cases.relations.models import Kind, Relation
from cases.relations.splitting import begin_split, split, splittable
from contracts.roster.permissions import Participant
from portal.fields import text
from portal.lookups import LookupField


class RelateForm(CaseAct):
    """Relate another case."""

    code, label, icon = Deed.RELATE, "Relate a case", "link"
    group = Group.TEAM
    done = "the cases name each other."
    other = LookupField(
        "related-cases", label="Case", help_text="Its number, or words of its title."
    )
    kind = forms.ChoiceField(
        label="They have in common",
        choices=[(each.value, each.label) for each in Kind if each is not Kind.SPLIT],
    )
    reason = text("Why", 2, required=False)

    def prepare(self) -> None:
        """Offer the cases that the engineer may see."""
        self.choice("other").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Relate it."""
        told = self.cleaned_data
        relate(
            self.case,
            told["other"],
            kind=Kind(told["kind"]),
            reason=told["reason"],
            by=self.user,
            at=self.at,
        )


class UnrelateForm(CaseAct):
    """Take a relation back."""

    code, label, icon = Deed.UNRELATE, "Take a relation back", "unlink"
    group = Group.TEAM
    done = "the relation is taken back."
    relation = forms.ModelChoiceField(
        Relation.objects.none(), label="Relation", widget=forms.RadioSelect, empty_label=None
    )

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """While there is one."""
        return super().fits(subject, actor) and bool(around(subject).relations)

    def prepare(self) -> None:
        """Offer those of the case."""
        field = self.fields["relation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Relation.objects.on(self.case.pk)

    def perform(self) -> None:
        """Take it back."""
        unrelate(self.case, self.cleaned_data["relation"], by=self.user, at=self.at)


class MergeForm(CaseAct):
    """Merge the case into its original."""

    code, label, icon = Deed.MERGE, "Merge into another case", "git-merge"
    group, submit = Group.RESOLUTION, "Merge"
    done = "merged; it is read from its original, and undone within a day where that was wrong."
    field_names: ClassVar = {"at": "happened_at"}
    original = LookupField(
        "original-cases", label="Original", help_text="Its number, or words of its title."
    )
    agreed_by = LookupField(
        "case-callers",
        label="Who agreed in a call",
        required=False,
        help_text="A contact of the roster. Nobody yet? “Close as a duplicate” asks them.",
    )
    happened_at = happened("When they agreed")
    said = text("What was said", 2, required=False)

    @property
    def intro(self) -> str:
        """What becomes of both."""
        return "The case closes as a duplicate and is given back. Nothing of it is lost; the original's promises run."

    def prepare(self) -> None:
        """Offer the reseller's other cases; a contact's own word needs no call."""
        self.choice("original").bind(self.user, self.case.pk)
        if self.user.is_provider:
            self.choice("agreed_by").bind(self.user, self.case.pk)
            return
        for name in ("agreed_by", "happened_at", "said"):
            del self.fields[name]

    def perform(self) -> None:
        """Merge it."""
        told = self.cleaned_data
        contact = told.get("agreed_by")
        merge(
            self.case,
            told["original"],
            by=self.user,
            at=(told.get("happened_at") if contact else None) or self.at,
            logged_at=self.at,
            agreed_by=contact.name if contact else "",
            said=told.get("said", ""),
        )


class UndoMergeForm(CaseAct):
    """Take a merge back."""

    code, label, icon = Deed.UNDO_MERGE, "Take the merge back", "arrow-back-up"
    group = Group.RESOLUTION
    done = "it goes on by itself, as before the merge."
    intro = "Within a day. State, promises and charge are as before; a promise that passed meanwhile counts from now."

    def perform(self) -> None:
        """Take it back."""
        undo_merge(self.case, by=self.user, at=self.at)


class SplitForm(CaseAct):
    """Make a message a case of its own."""

    code, label, icon = Deed.SPLIT, "Split a message out", "arrows-split"
    group = Group.RESOLUTION
    done = "the message has a case of its own; both name each other."
    message = forms.ModelChoiceField(
        Message.objects.none(), label="Message", widget=forms.RadioSelect, empty_label=None
    )
    contact = LookupField(
        "case-callers",
        label="Who agreed in a call",
        help_text="A distinct Problem takes a prepaid case, which is theirs to spend (ATSP 1.3, 2.3).",
    )
    title = forms.CharField(label="Title of the new case", max_length=200)
    severity = forms.TypedChoiceField(label="Severity", coerce=int)
    opened: str = ""

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """Once the reseller's people wrote on it."""
        return super().fits(subject, actor) and around(subject).is_written_on

    @property
    def intro(self) -> str:
        """What becomes of it."""
        if self.user.is_provider:
            return "The message stays where it is. What 5.2.3 asks and this case does not tell is asked of the contact."
        return "A report begins with what this case tells. It takes a prepaid case once you send it (ATSP 1.3, 2.3)."

    def prepare(self) -> None:
        """Offer the contacts' messages, and the programme's severities."""
        field = self.fields["message"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        keys = [one.pk for one in splittable(self.case)]
        field.queryset = Message.objects.filter(pk__in=keys).order_by("-at")
        field.label_from_instance = lambda one: (  # type: ignore[method-assign, assignment]
            f"{one.author}: {Truncator(one.body).chars(120)}"
        )
        if not self.user.is_provider:
            for name in ("contact", "title", "severity"):
                del self.fields[name]
            return
        self.choice("contact").bind(self.user, self.case.pk)
        self.choice("severity").choices = [
            (term.level, f"{term.level} {term.name}") for term in self.case.programme.severities
        ]
        self.fields["severity"].initial = self.case.severity

    def perform(self) -> str | None:
        """Open the case, or begin its report."""
        told: dict[str, Any] = self.cleaned_data
        if not self.user.is_provider:
            key = begin_split(told["message"], by=self.user, at=self.at)
            self.opened = f"{reverse('open_case')}?draft={key}"
            return "Complete the report and send it; it begins with what this case tells."
        new = split(
            told["message"],
            by=self.user,
            at=self.at,
            contact=told["contact"],
            title=told["title"],
            severity=told["severity"],
        )
        self.opened = new.get_absolute_url()
        return f"Case {new.number} is opened from the message."

    @property
    def leads_to(self) -> Any:
        """The new case, or its report."""
        return self.opened or self.case
