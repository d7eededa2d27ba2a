"""Whose case it is, which teams work on it, and what it turned out to be (ATSP 2.3, 5.2.2, 15.1, Ex.B, Ex.C)."""

from typing import Any

from django import forms

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.conversation.models import Team
from cases.handling.actions import assign, hand_over, open_sub_case, take
from cases.resolution.actions.findings import determine, link_article, mark_replicated
from contracts.roster.models.entries import RosterRole
from contracts.roster.permissions import Participant
from portal.fields import text
from portal.lookups import LookupField


class TakeForm(CaseAct):
    """An engineer takes the case."""

    code, label, icon = "take", "Take the case", "hand-stop"
    group = Group.TEAM
    done = "it is yours."
    intro = "The case becomes yours. This answers nobody, so no clock stops."
    engineers = True

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """While it is somebody else's or nobody's."""
        return subject.is_open and subject.owner_id != actor.user.pk

    @classmethod
    def rests_on(cls, subject: Case) -> tuple[Any, ...]:
        """Who has it: of several who take it at once, the first does."""
        return ("owner", subject.owner_id)

    @classmethod
    def stands(cls, subject: Case) -> str:
        """Who has it by now."""
        return (
            f"{subject.owner.name} has the case since you opened this page."
            if subject.owner
            else "Nobody has the case any more."
        )

    def perform(self) -> None:
        """Take it."""
        take(self.case, by=self.user, at=self.at)


class AssignForm(CaseAct):
    """Give the case to an engineer."""

    code, label, icon = "assign", "Assign", "user-plus"
    group = Group.TEAM
    done = "assigned."
    engineers = intake = True
    to = LookupField("engineers", label="Engineer", help_text="Type a part of the name.")

    def prepare(self) -> None:
        """Offer the engineers."""
        self.choice("to").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Assign it."""
        assign(self.case, to=self.cleaned_data["to"], by=self.user, at=self.at)


class HandOverForm(CaseAct):
    """Another Technical Contact answers for the case."""

    code, label, icon, clause = "hand-over", "Change the contact", "user-share", "ATSP 5.2.2"
    group, submit = Group.TEAM, "Hand it over"
    done = "handed over; those concerned are notified."
    intro = "What we send goes to the contact of the case. Its clocks and the region it is charged to stay as they are."
    engineers = intake = contacts = administrative = True
    to = LookupField(
        "case-contacts",
        help_text="Type a part of the name. Somebody else? The Administrative Contact puts them on the roster first.",
    )

    def prepare(self) -> None:
        """Offer the other Technical Contacts on the roster, by the agreement's own word for them."""
        self.fields["to"].label = self.case.programme.paper.name(RosterRole.TECHNICAL)
        self.choice("to").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Hand it over."""
        hand_over(self.case, to=self.cleaned_data["to"], by=self.user, at=self.at)


class SubCaseForm(CaseAct):
    """Engage another team."""

    code, label, icon, clause = "sub-case", "Open a sub-case", "subtask", "ATSP Ex.C"
    group = Group.TEAM
    done = "the team is engaged and notified."
    engineers = True
    team = forms.ChoiceField(label="Team", choices=Team.choices)
    request = text("What is asked of them", 3)

    def perform(self) -> None:
        """Open it."""
        open_sub_case(
            self.case,
            by=self.user,
            at=self.at,
            team=Team(self.cleaned_data["team"]),
            request=self.cleaned_data["request"],
        )


class DetermineForm(CaseAct):
    """What the case turned out to be, which settles the charge."""

    code, label, icon, clause = "determine", "Determine", "scale", "ATSP 2.3"
    group = Group.FINDINGS
    done = "determined; the charge follows."
    engineers = True
    determination = forms.ChoiceField(label="The Problem is", widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the programme's determinations, each with what it does to the charge."""
        self.choice("determination").choices = [
            (each.code, f"{each.name}: {'charged' if each.charged else 'not charged'}")
            for each in self.case.programme.determinations
        ]
        self.fields["determination"].initial = self.case.determination

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """Always, where the programme determines anything: a closed case may be determined too."""
        return bool(subject.programme.determinations)

    def perform(self) -> None:
        """Determine it."""
        determine(
            self.case,
            by=self.user,
            at=self.at,
            determination=self.cleaned_data["determination"],
        )


class LinkArticleForm(CaseAct):
    """Link the article that answers the case."""

    code, label, icon, clause = "article", "Link an article", "book", "ATSP Ex.B"
    group = Group.FINDINGS
    done = "the article is linked."
    engineers = True
    article = LookupField(
        "articles", label="Article", help_text="Its number, or words of its title."
    )

    def prepare(self) -> None:
        """Offer the articles."""
        self.choice("article").bind(self.user)

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """Always."""
        return True

    def perform(self) -> None:
        """Link it."""
        link_article(self.case, self.cleaned_data["article"], by=self.user, at=self.at)


class ReplicatedForm(CaseAct):
    """The provider replicated the Problem."""

    code, label, icon, clause = "replicated", "We replicated it", "copy", "ATSP Ex.B"
    group = Group.FINDINGS
    done = "the replication is recorded."
    intro = (
        "Records that the provider had to replicate the Problem itself. The scorecard counts it."
    )
    engineers = True

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """Once a case."""
        return subject.replicated_by_provider_at is None

    def perform(self) -> None:
        """Record it."""
        mark_replicated(self.case, by=self.user, at=self.at)
