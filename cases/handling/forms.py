"""Whose case it is, which teams work on it, and what it turned out to be (ATSP 2.3, 5.2.2, 15.1, Ex.B, Ex.C)."""

from typing import Any

from django import forms

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.case.rules.lifecycle import Move, allowed_moves
from cases.case.rules.vocabulary import Side, State
from cases.handling.actions import (
    assign,
    change_state,
    close_sub_case,
    hand_over,
    open_sub_case,
    take,
)
from cases.resolution.actions.findings import DUPLICATE, determine, link_article, mark_replicated
from cases.sub_cases.models import SubCase, Team
from contracts.roster.models.entries import RosterRole
from contracts.roster.permissions import Participant
from portal.fields import instant, text
from portal.lookups import LookupField

STATES_IN_WORDS = {
    Move.TAKE_UP: "is in progress",
    Move.RESUME: "is in progress again",
    Move.WAIT_FOR_RESELLER: "waits for the reseller",
    Move.WAIT_FOR_ENGINEERING: "waits for Engineering",
}
"""The moves that are an act by themselves, as one says them of a case."""


class TakeForm(CaseAct):
    """An engineer takes the case."""

    code, label, icon = Deed.TAKE, "Take the case", "hand-stop"
    group = Group.TEAM
    done = "it is yours."
    intro = "The case becomes yours. This answers nobody, so no clock stops."

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """While it is not the actor's already."""
        return super().fits(subject, actor) and subject.owner_id != actor.user.pk

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

    code, label, icon = Deed.ASSIGN, "Assign", "user-plus"
    group = Group.TEAM
    done = "assigned."
    to = LookupField("engineers", label="Engineer", help_text="Type a part of the name.")

    def prepare(self) -> None:
        """Offer the engineers."""
        self.choice("to").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Assign it."""
        assign(self.case, to=self.cleaned_data["to"], by=self.user, at=self.at)


class MoveForm(CaseAct):
    """Say where the case stands."""

    code, label, icon = Deed.MOVE, "Change the state", "progress"
    group = Group.TEAM
    done = "its state is changed."
    intro = "No state stops a clock. To tell the contact as well, reply and choose the state there."
    move = forms.ChoiceField(label="From now on it", widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the moves that its state allows."""
        self.choice("move").choices = [
            (each.value, STATES_IN_WORDS[each])
            for each in allowed_moves(State(self.case.state), Side.PROVIDER)
            if each in STATES_IN_WORDS
        ]

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """While its state allows one."""
        moves = allowed_moves(State(subject.state), Side.PROVIDER)
        return super().fits(subject, actor) and bool(set(moves) & set(STATES_IN_WORDS))

    def perform(self) -> None:
        """Change it."""
        change_state(self.case, Move(self.cleaned_data["move"]), by=self.user, at=self.at)


class HandOverForm(CaseAct):
    """Another Technical Contact answers for the case."""

    code, label, icon = Deed.HAND_OVER, "Change the contact", "user-share"
    group, submit = Group.TEAM, "Hand it over"
    done = "handed over; those concerned are notified."
    intro = "What we send goes to the contact of the case. Its clocks and the region it is charged to stay as they are."
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

    code, label, icon = Deed.SUB_CASE, "Open a sub-case", "subtask"
    group = Group.TEAM
    done = "the team is engaged and notified."
    team = forms.ChoiceField(label="Team", choices=Team.choices)
    request = text("What is asked of them", 3)
    due_at = instant("Wanted by", required=False, help_text="In your time zone; empty for no time.")

    def perform(self) -> None:
        """Open it."""
        open_sub_case(
            self.case,
            by=self.user,
            at=self.at,
            team=Team(self.cleaned_data["team"]),
            request=self.cleaned_data["request"],
            due_at=self.cleaned_data["due_at"],
        )


class CloseSubCaseForm(CaseAct):
    """Close a sub-case with what came of it."""

    code, label, icon = Deed.CLOSE_SUB_CASE, "Close a sub-case", "subtask"
    group = Group.TEAM
    done = "the sub-case is closed."
    sub_case = forms.ModelChoiceField(
        SubCase.objects.none(), label="Sub-case", widget=forms.RadioSelect, empty_label=None
    )
    outcome = text("What came of it", 3)

    def prepare(self) -> None:
        """Offer those that are open; a single one is chosen."""
        still = list(self.case.sub_cases.filter(closed_at=None))
        field = self.choice("sub_case")
        field.queryset = self.case.sub_cases.all()
        field.choices = [(one.pk, f"{one.get_team_display()}: {one.request}") for one in still]
        if len(still) == 1:
            field.initial = still[0].pk

    def perform(self) -> None:
        """Close it."""
        close_sub_case(
            self.case,
            self.cleaned_data["sub_case"],
            by=self.user,
            at=self.at,
            outcome=self.cleaned_data["outcome"],
        )


class DetermineForm(CaseAct):
    """What the case turned out to be, which settles the charge."""

    code, label, icon = Deed.DETERMINE, "Determine", "scale"
    group = Group.FINDINGS
    done = "determined; the charge follows."
    determination = forms.ChoiceField(label="The Problem is", widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the programme's determinations, each with what it does to the charge."""
        self.choice("determination").choices = [
            (each.code, f"{each.name}: {'charged' if each.charged else 'not charged'}")
            for each in self.case.programme.determinations
            if each.code != DUPLICATE or self.case.duplicate_of_id is not None
        ]
        self.fields["determination"].initial = self.case.determination

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

    code, label, icon = Deed.ARTICLE, "Link an article", "book"
    group = Group.FINDINGS
    done = "the article is linked."
    article = LookupField(
        "articles", label="Article", help_text="Its number, or words of its title."
    )

    def prepare(self) -> None:
        """Offer the articles."""
        self.choice("article").bind(self.user)

    def perform(self) -> None:
        """Link it."""
        link_article(self.case, self.cleaned_data["article"], by=self.user, at=self.at)


class ReplicatedForm(CaseAct):
    """The provider replicated the Problem."""

    code, label, icon = Deed.REPLICATED, "We replicated it", "copy"
    group = Group.FINDINGS
    done = "the replication is recorded."
    intro = (
        "Records that the provider had to replicate the Problem itself. The scorecard counts it."
    )

    def perform(self) -> None:
        """Record it."""
        mark_replicated(self.case, by=self.user, at=self.at)
