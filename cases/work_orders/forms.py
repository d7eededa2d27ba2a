"""Work on a case beyond the calls: asking for it, and the notice that the Problem may not be in the Software."""

from typing import ClassVar

from django import forms

from cases.case.forms.act import CaseAct, Group
from cases.case.rules.deeds import Deed
from cases.work_orders import actions
from contracts.billing.rules.money import money_text
from portal.fields import text

_OWN, _END_USERS = "own", "end_user"


class AskForWorkForm(CaseAct):
    """The reseller asks for replication or on-site support; an engineer proposes it."""

    code, label, icon = Deed.WORK, "Ask for work", "briefcase"
    group = Group.WORK
    done = "the work is requested; its page shows who is next."
    field_names: ClassVar = {"site": "place"}
    intro = (
        "Work by the day, on a purchase order or an e-mail authorizing the fee. Asking costs nothing: you see the "
        "estimate before anybody authorizes it."
    )
    rate = forms.ChoiceField(label="What is wanted", widget=forms.RadioSelect)
    problem = text("Problem to be resolved", 4)
    place = forms.ChoiceField(label="Site, for work on site", required=False)
    end_user_site = forms.CharField(
        label="The End-User and its address",
        max_length=250,
        required=False,
        help_text="Where the site is the End-User's.",
    )

    def prepare(self) -> None:
        """Offer the programme's work with its fee, and the contact's own site."""
        programme = self.case.programme
        self.choice("rate").choices = [
            (
                rate.code,
                f"{rate.name}: {money_text(rate.per_day, programme.currency)} a day"
                + (", plus travel and living" if rate.plus_expenses else ""),
            )
            for rate in programme.work_rates
        ]
        self.choice("place").choices = [
            (_OWN, f"{self.case.reseller.name}, {self.case.contact.site.name}"),
            (_END_USERS, "The End-User's"),
        ]
        self.fields["problem"].initial = self.case.title

    def perform(self) -> None:
        """Ask for it."""
        at_end_users = self.cleaned_data["place"] == _END_USERS
        actions.ask_for_work(
            self.case,
            rate=self.cleaned_data["rate"],
            problem=self.cleaned_data["problem"],
            site=None if at_end_users else self.case.contact.site,
            end_user_site=self.cleaned_data["end_user_site"] if at_end_users else "",
            by=self.user,
            at=self.at,
        )


class NotSoftwareForm(CaseAct):
    """An engineer notifies that the Problem may not be in the Software (ATSP 7.1)."""

    code, label, icon = Deed.NOT_SOFTWARE, "May not be the Software", "help-circle"
    group, submit = Group.WORK, "Notify the reseller"
    done = "the reseller is notified."
    grounds = text("Why it may not be the Software")
    hours = forms.DecimalField(
        label="Hours it may take",
        required=False,
        min_value=0,
        max_digits=5,
        decimal_places=2,
        help_text="For an estimate at the then-current rate.",
    )

    @property
    def intro(self) -> str:
        """Explain what the reseller answers, where it does."""
        if self.case.programme.other_errors is None:
            return "The contact is notified in writing; nothing is charged."
        return (
            "The contact and the Administrative Contact choose: proceed at your possible expense, or do not pursue the "
            "Problem. Work before they answer is not billable (7.3.2)."
        )

    def prepare(self) -> None:
        """Ask for the hours where they are paid."""
        if self.case.programme.other_errors is None:
            del self.fields["hours"]

    def perform(self) -> None:
        """Notify."""
        actions.may_not_be_software(
            self.case,
            grounds=self.cleaned_data["grounds"],
            hours=self.cleaned_data.get("hours") or None,
            by=self.user,
            at=self.at,
        )
