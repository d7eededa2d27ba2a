"""Watching as acts on a case."""

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.watching.actions import let_follow, unwatch, watch
from cases.watching.page import is_watched_by
from contracts.roster.permissions import Participant
from portal.lookups import LookupField


class WatchForm(CaseAct):
    """Watch the case."""

    code, label, icon = Deed.WATCH, "Watch the case", "eye"
    group = Group.TEAM
    done = "you hear of what happens on it."
    intro = (
        "You are told of messages, states and severity. What the agreement owes goes on as before."
    )

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """While they do not watch it, and it is not theirs to answer for."""
        contact = actor.standing.contact if not actor.user.is_provider else None
        if contact is not None and contact.pk == subject.contact_id:
            return False
        return super().fits(subject, actor) and not is_watched_by(subject, actor.user)

    def perform(self) -> None:
        """Watch it."""
        watch(self.case, by=self.user, at=self.at)


class UnwatchForm(CaseAct):
    """Watch it no more."""

    code, label, icon = Deed.UNWATCH, "Stop watching", "eye-off"
    group = Group.TEAM
    done = "you hear no more of it than is yours."

    @classmethod
    def fits(cls, subject: Case, actor: Participant) -> bool:
        """While they watch it."""
        return super().fits(subject, actor) and is_watched_by(subject, actor.user)

    def perform(self) -> None:
        """End it."""
        unwatch(self.case, by=self.user, at=self.at)


class FollowForm(CaseAct):
    """Let a contact of the reseller follow the case."""

    code, label, icon = Deed.FOLLOW, "Let a contact follow", "user-plus"
    group, submit = Group.TEAM, "Let them follow"
    done = "they follow the case, and are told."
    intro = "They get what the case's contact gets in writing, and leave by a link in the mail. The contact stays."
    contact = LookupField(
        "case-followers", label="Contact of the roster", help_text="Type a part of the name."
    )

    def prepare(self) -> None:
        """Offer the roster's others."""
        self.choice("contact").bind(self.user, self.case.pk)

    def perform(self) -> None:
        """Let them follow."""
        let_follow(self.case, self.cleaned_data["contact"], by=self.user, at=self.at)
