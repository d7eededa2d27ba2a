"""The acts on a case as forms. Each knows whom it is shown to, when, and which action it calls.

The case page shows the forms that `acts_for` returns; the view of an act binds one and performs it. A refusal comes
back to the same form with everything typed still in it.
"""

import datetime as dt
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from cases import actions
from cases.actions.frame import ENGINEERS, INTAKE
from cases.actions.resolution import closure_choices
from cases.models import Article, Case, Team
from cases.rules.lifecycle import Move
from cases.rules.severity import DowngradeGround
from cases.rules.vocabulary import Side, State
from portal.models import User
from portal.rules.refusal import Refusal


def _text(label: str, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **options)


class ActForm(forms.Form):
    """An act on a case. `engineers`, `intake` and `contacts` say to whom it may be shown."""

    code: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str] = "point"
    clause: ClassVar[str] = ""
    engineers: ClassVar[bool] = False
    intake: ClassVar[bool] = False
    contacts: ClassVar[bool] = False
    primary: ClassVar[bool] = False
    refusal: Refusal | None = None

    def __init__(self, *args: Any, case: Case, user: User, at: dt.datetime, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", self.code)
        super().__init__(*args, **kwargs)
        self.case = case
        self.user = user
        self.at = at
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.prepare()

    def prepare(self) -> None:
        """Set choices that depend on the case."""

    def choice(self, name: str) -> Any:
        """A field whose choices or queryset depend on the case."""
        return self.fields[name]

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """Whether the act makes sense on the case as it stands."""
        return case.is_open

    def perform(self) -> Case:
        """Do it. Raises Refusal."""
        raise NotImplementedError

    @property
    def has_fields(self) -> bool:
        """Whether there is something to fill in."""
        return bool(self.fields)


class ReplyForm(ActForm):
    """An engineer answers the contact, and may move the case at once."""

    code, label, icon, clause = "reply", "Reply to the contact", "message", "ATSP 4.7"
    engineers = primary = True
    body = _text("Reply", 6)
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

    def perform(self) -> Case:
        """Reply."""
        then = self.cleaned_data["then"]
        return actions.reply(
            self.case,
            by=self.user,
            at=self.at,
            body=self.cleaned_data["body"],
            then=Move(then) if then else None,
        )


class LogCallForm(ActForm):
    """An engineer logs a call with the contact, at the time it took place."""

    code, label, icon, clause = "call", "Log a call", "phone", "ATSP 4.6"
    engineers = True
    body = _text("What was said")
    minutes_ago = forms.IntegerField(
        label="Minutes ago", min_value=0, max_value=1440, initial=0, required=False
    )

    def perform(self) -> Case:
        """Log the call."""
        ago = dt.timedelta(minutes=self.cleaned_data["minutes_ago"] or 0)
        return actions.log_call(
            self.case,
            by=self.user,
            at=self.at - ago,
            logged_at=self.at,
            body=self.cleaned_data["body"],
        )


class NoteForm(ActForm):
    """An internal note."""

    code, label, icon = "note", "Internal note", "lock"
    engineers = intake = True
    body = _text("Note", help_text="The reseller does not see it; it stops no clock.")

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """Always: a closed case may be noted too."""
        return True

    def perform(self) -> Case:
        """Write the note."""
        return actions.note(self.case, by=self.user, at=self.at, body=self.cleaned_data["body"])


class AddInformationForm(ActForm):
    """The contact adds information or answers."""

    code, label, icon, clause = "add", "Write to the engineer", "message", "ATSP 5.2.7"
    contacts = primary = True
    body = _text("Message", 6)

    def perform(self) -> Case:
        """Add it."""
        return actions.add_information(
            self.case, by=self.user, at=self.at, body=self.cleaned_data["body"]
        )


class RequestInformationForm(ActForm):
    """An engineer asks for what is missing of 5.2.3."""

    code, label, icon, clause = "ask", "Ask for information", "help-circle", "ATSP 5.2.3"
    engineers = True
    missing = _text("What is missing, one a line", 3)
    body = _text("Message", 3, required=False)

    def perform(self) -> Case:
        """Ask."""
        return actions.request_information(
            self.case,
            by=self.user,
            at=self.at,
            missing=self.cleaned_data["missing"].splitlines(),
            body=self.cleaned_data["body"],
        )


class AcceptInformationForm(ActForm):
    """An engineer confirms that what was asked for is here."""

    code, label, icon, clause = "accept", "Information received", "check", "ATSP 5.2.3"
    engineers = True

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While information is asked for."""
        return case.is_open and case.information_asked_at is not None

    def perform(self) -> Case:
        """Accept it."""
        return actions.accept_information(self.case, by=self.user, at=self.at, received_at=self.at)


class ConfirmCallForm(ActForm):
    """Dispatch confirms the telephone call that makes the case severity 1."""

    code, label, icon, clause = "confirm-call", "Confirm the telephone call", "phone", "ATSP 4.5"
    intake = True
    caller = forms.CharField(label="Who called", max_length=120)

    def prepare(self) -> None:
        """Suggest the contact as the caller."""
        self.fields["caller"].initial = self.case.contact.name

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While the case is not severity 1."""
        return case.is_open and case.severity != 1

    def perform(self) -> Case:
        """Confirm it: severity 1 from now."""
        return actions.confirm_call(
            self.case, by=self.user, at=self.at, caller=self.cleaned_data["caller"]
        )


class ConfirmSeverityForm(ActForm):
    """The provider confirms the severity in force."""

    code, label, icon, clause = "confirm-severity", "Confirm the severity", "check", "ATSP 4.3"
    engineers = True

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While it is not confirmed."""
        return case.is_open and not case.severity_confirmed and case.proposed_severity is None

    def perform(self) -> Case:
        """Confirm it."""
        return actions.confirm_severity(self.case, by=self.user, at=self.at)


class ProposeSeverityForm(ActForm):
    """Either side proposes another severity."""

    code, label, icon, clause = "propose", "Propose another severity", "arrows-up-down", "ATSP 4.3"
    engineers = contacts = True
    to = forms.TypedChoiceField(label="Severity", coerce=int)
    reason = _text("Reason", 3)

    def prepare(self) -> None:
        """Offer the other severities in the agreement's words."""
        self.choice("to").choices = [
            (term.level, f"{term.level} {term.name}")
            for term in self.case.programme.severities
            if term.level != self.case.severity
        ]

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While no proposal waits for an answer."""
        return case.is_open and case.proposed_severity is None

    def perform(self) -> Case:
        """Propose it."""
        return actions.propose_severity(
            self.case,
            by=self.user,
            at=self.at,
            to=self.cleaned_data["to"],
            reason=self.cleaned_data["reason"],
        )


class AnswerSeverityForm(ActForm):
    """The other side answers a proposed severity."""

    code, label, icon, clause = "answer", "Answer the proposed severity", "check", "ATSP 4.3"
    engineers = contacts = True
    agree = forms.TypedChoiceField(
        label="Your answer",
        choices=[("yes", "Agree"), ("no", "Decline")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While the other side's proposal waits."""
        side = Side.PROVIDER if user.is_provider else Side.RESELLER
        return case.is_open and case.proposed_by_side == side.other

    def perform(self) -> Case:
        """Answer."""
        return actions.answer_severity(
            self.case, by=self.user, at=self.at, agree=self.cleaned_data["agree"]
        )


class DowngradeForm(ActForm):
    """The provider alone lowers the severity."""

    code, label, icon, clause = "downgrade", "Downgrade", "arrow-down", "ATSP 4.9"
    engineers = True
    to = forms.TypedChoiceField(label="Severity", coerce=int)
    ground = forms.ChoiceField(
        label="Ground",
        choices=[(ground.value, ground.label) for ground in DowngradeGround],
        widget=forms.RadioSelect,
    )
    reason = _text("Reason", 3)

    def prepare(self) -> None:
        """Offer the lower severities."""
        self.choice("to").choices = [
            (term.level, f"{term.level} {term.name}")
            for term in self.case.programme.severities
            if term.level > self.case.severity
        ]

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While there is a lower severity."""
        return case.is_open and any(
            term.level > case.severity for term in case.programme.severities
        )

    def perform(self) -> Case:
        """Lower it."""
        return actions.downgrade(
            self.case,
            by=self.user,
            at=self.at,
            to=self.cleaned_data["to"],
            ground=DowngradeGround(self.cleaned_data["ground"]),
            reason=self.cleaned_data["reason"],
        )


class GiveReliefForm(ActForm):
    """An engineer gives a solution, Fix or Workaround."""

    code, label, icon, clause = "relief", "Give relief", "bandage", "ATSP Ex.B"
    engineers = True
    body = _text("The solution, Fix or Workaround", 6)

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While no relief stands given."""
        return case.is_open and case.state != State.RELIEVED

    def perform(self) -> Case:
        """Give it."""
        return actions.give_relief(
            self.case, by=self.user, at=self.at, body=self.cleaned_data["body"]
        )


class FailReliefForm(ActForm):
    """Either side says that the relief did not hold."""

    code, label, icon, clause = "fail", "The relief did not hold", "rotate", "ATSP 4.10"
    engineers = contacts = True
    reason = _text("What still happens", 3)

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While relief stands given."""
        return case.state == State.RELIEVED

    def perform(self) -> Case:
        """Back to work."""
        return actions.fail_relief(
            self.case, by=self.user, at=self.at, reason=self.cleaned_data["reason"]
        )


class AgreeWorkaroundForm(ActForm):
    """The contact agrees to the workaround."""

    code, label, icon, clause = "agree", "Agree to the workaround", "check", "ATSP 4.10.3"
    contacts = True

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While relief stands given and is not agreed to."""
        return case.state == State.RELIEVED and case.workaround_agreed_at is None

    def perform(self) -> Case:
        """Agree."""
        return actions.agree_workaround(self.case, by=self.user, at=self.at)


class CloseForm(ActForm):
    """An engineer closes the case for one reason of 4.10."""

    code, label, icon, clause = "close", "Close", "circle-check", "ATSP 4.10"
    engineers = True
    reason = forms.ChoiceField(label="Reason", widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Offer the reasons that hold now; a reason that needs a relief or an agreement is refused with its clause."""
        reasons = closure_choices(self.case)
        self.choice("reason").choices = [
            (reason.code, f"{reason.name} ({reason.clause})") for reason in reasons
        ]

    def perform(self) -> Case:
        """Close it."""
        return actions.close(
            self.case, by=self.user, at=self.at, reason=self.cleaned_data["reason"]
        )


class ReopenForm(ActForm):
    """Either side reopens a closed case."""

    code, label, icon, clause = "reopen", "Reopen", "rotate", "ATSP 1.3"
    engineers = contacts = True
    reason = _text(
        "What happens again",
        3,
        help_text="For the same Problem, and not charged again. A distinct Problem is a new case.",
    )

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """Once closed."""
        return not case.is_open

    def perform(self) -> Case:
        """Reopen it."""
        return actions.reopen(
            self.case, by=self.user, at=self.at, reason=self.cleaned_data["reason"]
        )


class TakeForm(ActForm):
    """An engineer takes the case."""

    code, label, icon = "take", "Take the case", "hand-stop"
    engineers = True

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """While it is somebody else's or nobody's."""
        return case.is_open and case.owner_id != user.pk

    def perform(self) -> Case:
        """Take it."""
        return actions.take(self.case, by=self.user, at=self.at)


class AssignForm(ActForm):
    """Give the case to an engineer."""

    code, label, icon = "assign", "Assign", "user-plus"
    engineers = intake = True
    to = forms.ModelChoiceField(User.objects.none(), label="Engineer")

    def prepare(self) -> None:
        """Offer the engineers."""
        self.choice("to").queryset = User.objects.with_role(*ENGINEERS)

    def perform(self) -> Case:
        """Assign it."""
        return actions.assign(self.case, to=self.cleaned_data["to"], by=self.user, at=self.at)


class DetermineForm(ActForm):
    """What the case turned out to be, which settles the charge."""

    code, label, icon, clause = "determine", "Determine", "scale", "ATSP 2.3"
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
    def fits(cls, case: Case, user: User) -> bool:
        """Always: a closed case may be determined too."""
        return True

    def perform(self) -> Case:
        """Determine it."""
        return actions.determine(
            self.case,
            by=self.user,
            at=self.at,
            determination=self.cleaned_data["determination"],
        )


class LinkArticleForm(ActForm):
    """Link the article that answers the case."""

    code, label, icon, clause = "article", "Link an article", "book", "ATSP Ex.B"
    engineers = True
    article = forms.CharField(label="Article number", max_length=20)

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """Always."""
        return True

    def clean_article(self) -> Article:
        """The article of that number."""
        number = self.cleaned_data["article"].strip()
        article = Article.objects.visible_to(self.user).filter(number__iexact=number).first()
        if article is None:
            raise forms.ValidationError(
                f"There is no article {number}. Write its number as in the knowledge base."
            )
        return article

    def perform(self) -> Case:
        """Link it."""
        return actions.link_article(
            self.case, self.cleaned_data["article"], by=self.user, at=self.at
        )


class ReplicatedForm(ActForm):
    """The provider replicated the Problem."""

    code, label, icon, clause = "replicated", "We replicated it", "copy", "ATSP Ex.B"
    engineers = True

    @classmethod
    def fits(cls, case: Case, user: User) -> bool:
        """Once a case."""
        return case.replicated_by_provider_at is None

    def perform(self) -> Case:
        """Record it."""
        return actions.mark_replicated(self.case, by=self.user, at=self.at)


class SubCaseForm(ActForm):
    """Engage another team."""

    code, label, icon, clause = "sub-case", "Open a sub-case", "sitemap", "ATSP Ex.C"
    engineers = True
    team = forms.ChoiceField(label="Team", choices=Team.choices)
    request = _text("What is asked of them", 3)

    def perform(self) -> Case:
        """Open it."""
        return actions.open_sub_case(
            self.case,
            by=self.user,
            at=self.at,
            team=Team(self.cleaned_data["team"]),
            request=self.cleaned_data["request"],
        )


ACTS: dict[str, type[ActForm]] = {
    form.code: form
    for form in (
        ReplyForm,
        AddInformationForm,
        LogCallForm,
        NoteForm,
        ConfirmCallForm,
        TakeForm,
        ConfirmSeverityForm,
        AnswerSeverityForm,
        RequestInformationForm,
        AcceptInformationForm,
        GiveReliefForm,
        AgreeWorkaroundForm,
        FailReliefForm,
        CloseForm,
        ReopenForm,
        DetermineForm,
        LinkArticleForm,
        ReplicatedForm,
        ProposeSeverityForm,
        DowngradeForm,
        SubCaseForm,
        AssignForm,
    )
}


def acts_for(
    case: Case, user: User, at: dt.datetime, *, is_technical: bool, bound: ActForm | None = None
) -> list[ActForm]:
    """The acts to show a user on a case, in order; `bound` takes the place of its own kind, with what was typed."""
    shown = []
    for form in ACTS.values():
        allowed = (
            (form.engineers and user.has_role(*ENGINEERS))
            or (form.intake and user.has_role(*INTAKE))
            or (form.contacts and not user.is_provider and is_technical)
        )
        if bound is not None and isinstance(bound, form):
            shown.append(bound)
        elif allowed and form.fits(case, user):
            shown.append(form(case=case, user=user, at=at))
    return shown
