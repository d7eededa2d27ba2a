"""The acts on requests for enhancement (ATSP 1.5, 10.1, 14.1.4)."""

from django import forms

from cases.case.models import Case
from cases.enhancements.actions import REVIEWERS, WRITERS, dispose, link_case, submit_enhancement
from cases.enhancements.models import Enhancement
from cases.enhancements.rules import Disposition, next_of
from cases.products.models import Product
from contracts.roster.permissions import Participant
from portal.acts import Act
from portal.fields import text
from portal.rules.refusal import Refusal


def may_submit(actor: Participant) -> bool:
    """Whether somebody submits requests and links cases to them."""
    if actor.user.is_provider:
        return actor.user.has_role(*WRITERS)
    return actor.standing.is_technical


class EnhancementForm(Act[Case | None, Participant]):
    """A request for enhancement as it is submitted, from a case or from none."""

    code, label, icon = "submit", "Submit a request for enhancement", "send"
    clause = "ATSP 10.1"
    submit = "Submit the request"
    intro = "Other resellers read it only after its review, in words that do not name you."
    product = forms.ModelChoiceField(
        label="Product", queryset=Product.objects.all(), empty_label="Choose a product"
    )
    title = forms.CharField(label="What is asked for, in a line", max_length=200)
    request = text("What it should do, and what for", 8)
    case = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def require(cls, subject: Case | None, actor: Participant) -> None:
        """Let those act who submit requests."""
        if not may_submit(actor):
            raise Refusal(
                "You may not submit a request for enhancement.",
                clause="ATSP 14.1.4",
                way_out="A Technical Contact of the reseller, an engineer or the PSAM submits it.",
            )

    def prepare(self) -> None:
        """Begin with the case."""
        case = self.subject
        if case is not None:
            self.initial = {"case": case.pk, "product": case.product_id, "title": case.title}

    def perform(self) -> str:
        """Submit it."""
        typed = self.cleaned_data
        self.submitted = submit_enhancement(
            product=typed["product"],
            title=typed["title"],
            request=typed["request"],
            case=self.subject,
            by=self.user,
            at=self.at,
        )
        return f"{self.submitted.number} is submitted."

    @property
    def leads_to(self) -> Enhancement:
        """The request."""
        return self.submitted


class DisposeForm(Act[Enhancement, Participant]):
    """What becomes of a request."""

    code, label, icon, clause = "dispose", "Decide", "gavel", "ATSP 14.1.4"
    submit = "Decide and tell"
    prefixed = True
    state = forms.ChoiceField(label="It is now")
    disposition = text(
        "Disposition", 4, help_text="What was decided, and why. Those who voted are notified."
    )
    release = forms.CharField(
        label="Release", required=False, max_length=20, help_text="The Release that brings it."
    )
    title = forms.CharField(label="Title", max_length=200)
    summary = text(
        "Summary for all resellers", 5, help_text="Name nobody who asked: every reseller reads it."
    )

    @classmethod
    def is_for(cls, subject: Enhancement, actor: Participant) -> bool:
        """Whether somebody reviews requests."""
        return actor.user.has_role(*REVIEWERS)

    @classmethod
    def fits(cls, subject: Enhancement, actor: Participant) -> bool:
        """While something can become of it."""
        return bool(next_of(subject.standing))

    @classmethod
    def require(cls, subject: Enhancement, actor: Participant) -> None:
        """Let those act who review requests."""
        if not cls.is_for(subject, actor):
            raise Refusal(
                "You may not dispose of a request for enhancement.",
                clause="ATSP 14.1.4",
                way_out="The PSAM is the liaison to product management.",
            )

    def prepare(self) -> None:
        """Offer what it may become; begin with what stands."""
        found = self.subject
        self.choice("state").choices = [
            (each.value, each.label.capitalize()) for each in next_of(found.standing)
        ]
        self.initial = {
            "title": found.title,
            "summary": found.summary,
            "release": found.release,
        }

    def perform(self) -> str:
        """Decide it."""
        typed = dict(self.cleaned_data)
        to = Disposition(typed.pop("state"))
        done = dispose(self.subject, to=to, by=self.user, at=self.at, **typed)
        return f"{done.number} is {done.standing.label}; those who voted are notified."


class LinkCaseForm(Act[Enhancement, Participant]):
    """Which case asks for it."""

    code, label, icon, submit = "link", "Link a case", "link", "Link the case"
    prefixed = True
    case = forms.IntegerField(label="Case number", min_value=1)

    @classmethod
    def is_for(cls, subject: Enhancement, actor: Participant) -> bool:
        """Whether somebody links cases."""
        return may_submit(actor)

    @classmethod
    def require(cls, subject: Enhancement, actor: Participant) -> None:
        """Let those act who link cases."""
        if not cls.is_for(subject, actor):
            raise Refusal(
                "You may not link a case to a request for enhancement.",
                clause="ATSP 14.1.4",
                way_out="A Technical Contact of the reseller, an engineer or the PSAM links it.",
            )

    def perform(self) -> str:
        """Link it. Raises Refusal for a number that is no case of the reader's."""
        number = self.cleaned_data["case"]
        case = Case.objects.visible_to(self.user).filter(pk=number).first()
        if case is None:
            raise Refusal(
                f"There is no case {number}.",
                clause="ATSP 4.10.7",
                way_out="Look up its number in the list of cases.",
                field="case",
            )
        link_case(self.subject, case, by=self.user, at=self.at)
        return f"The case is linked to {self.subject.number}."


ACTS: dict[str, type[Act[Enhancement, Participant]]] = {
    act.code: act for act in (DisposeForm, LinkCaseForm)
}
