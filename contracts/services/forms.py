"""The acts on an agreement's services: assignments, absences, conference calls, the account profile (ATSP 14, 15)."""

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.services.actions import calls
from contracts.services.actions.absences import enter_absence, in_words
from contracts.services.actions.assignments import assign, end_assignment
from contracts.services.actions.profile import CLAUSE, write_profile
from contracts.services.models.assignments import Assignment, Duty
from contracts.services.models.calls import ConferenceCall
from contracts.services.models.profile import ProfileRevision
from contracts.services.permissions import (
    PROFILE_KEEPERS,
    require_assigner,
    require_manager,
)
from contracts.services.rules.profile import SECTIONS
from portal.access import require_role
from portal.acts import Act, Actor
from portal.fields import day, instant, text
from portal.lookups import LookupField
from portal.rules.business_time import from_wall_clock


class AssignForm(Act[Agreement, Actor]):
    """Who serves the agreement, as what, and from when to when."""

    code, label, icon, clause = "assign", "Assign somebody", "user-check", "ATSP 14.1"
    submit = "Assign"
    duty = forms.ChoiceField(label="As", choices=Duty.choices)
    user = LookupField(  # type: ignore[assignment]  # a field, not an attribute
        "account-people", label="Person", help_text="Type a part of the name."
    )
    starts_on = day("First day")
    ends_on = day(
        "Last day", required=False, help_text="Empty: to the end of the agreement's year."
    )

    @classmethod
    def require(cls, subject: Agreement, actor: Actor) -> None:
        """Let those act who say who serves the agreement."""
        require_assigner(actor.user, subject, "assign people to an agreement")

    def prepare(self) -> None:
        """Offer who has the role, from today on."""
        self.choice("user").bind(self.actor.user, self.subject.pk)
        today = self.subject.date_at(self.at)
        self.initial["starts_on"] = max(self.subject.effective_on, today)

    def perform(self) -> str:
        """Assign them."""
        typed = self.cleaned_data
        done = assign(
            self.subject,
            typed["user"],
            Duty(typed["duty"]),
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            by=self.actor.user,
            at=self.at,
        )
        return f"{done.user.name} is {done.get_duty_display()}, from {done.starts_on:%-d %b %Y}."

    @property
    def leads_to(self) -> str:
        """The agreement's services."""
        return reverse("services", args=[self.subject.reference])


class EndAssignmentForm(Act[Assignment, Actor]):
    """Until when a person serves the agreement."""

    code, label, icon = "end-assignment", "Until when they serve", "calendar-event"
    clause = "ATSP 14.1"
    submit = "Save the last day"
    ends_on = day("Last day", help_text="They serve on that day, and no longer.")

    @classmethod
    def require(cls, subject: Assignment, actor: Actor) -> None:
        """Let those act who say who serves the agreement."""
        require_assigner(actor.user, subject.agreement, "say who serves an agreement")

    @classmethod
    def label_on(cls, subject: Assignment) -> str:
        """The person and the duty."""
        return f"Until when {subject.user.name} is {subject.get_duty_display()}"

    def prepare(self) -> None:
        """Begin with the last day there is, else with today."""
        found, agreement = self.subject, self.subject.agreement
        today = max(found.starts_on, agreement.date_at(self.at))
        self.initial["ends_on"] = found.ends_on or min(agreement.ends_on, today)

    def perform(self) -> str:
        """End it."""
        ends_on = self.cleaned_data["ends_on"]
        done = end_assignment(self.subject, ends_on=ends_on, by=self.user, at=self.at)
        return f"{self.subject.user.name} serves until {done.ends_on:%-d %b %Y}."

    @property
    def leads_to(self) -> str:
        """The agreement's services."""
        return reverse("services", args=[self.subject.agreement.reference])


class AbsenceForm(Act[None, Actor]):
    """When a person is away: whole days of their zone, or from and to a time."""

    code, label, icon = "absence", "Enter an absence", "calendar-event"
    user = LookupField(  # type: ignore[assignment]  # a field, not an attribute
        "colleagues", label="Who", help_text="Type a part of the name."
    )
    starts_on = day("First day")
    starts_time = forms.TimeField(
        label="From",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text="Without times: the whole days, in the person's zone.",
    )
    ends_on = day("Last day")
    ends_time = forms.TimeField(
        label="Until", required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        help_text="Training, vacation or other. Resellers see who stands in, not why.",
    )

    def prepare(self) -> None:
        """Offer the colleagues, the reader first chosen."""
        self.choice("user").bind(self.actor.user, chosen=self.actor.user)

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The instants from which and up to which the person is away."""
        data = self.cleaned_data
        zone = zoneinfo.ZoneInfo(data["user"].zone).key
        start = dt.datetime.combine(data["starts_on"], data["starts_time"] or dt.time())
        end = (
            dt.datetime.combine(data["ends_on"], data["ends_time"])
            if data["ends_time"]
            else dt.datetime.combine(data["ends_on"], dt.time()) + dt.timedelta(days=1)
        )
        return from_wall_clock(start, zone), from_wall_clock(end, zone)

    def perform(self) -> str:
        """Enter it."""
        start, end = self.span()
        typed = self.cleaned_data
        self.entered = enter_absence(
            typed["user"],
            starts_at=start,
            ends_at=end,
            reason=typed["reason"],
            by=self.actor.user,
            at=self.at,
        )
        return f"{self.entered.user.name} is away {in_words(self.entered)}."

    @property
    def leads_to(self) -> str:
        """The month in which it begins."""
        month = self.entered.starts_at.astimezone(timezone.get_current_timezone())
        return f"{reverse('absences')}?month={month:%Y-%m}"


class CallAct(Act[ConferenceCall, Actor]):
    """An act on a conference call; its agreement's account management does it."""

    prefixed = True

    @classmethod
    def require(cls, subject: ConferenceCall, actor: Actor) -> None:
        """Let the account management act."""
        agreement = subject.agreement
        require_manager(actor.user, agreement, actor.at, "manage the conference calls")


class AgendaForm(CallAct):
    """The agenda of a call, and when it is planned."""

    code, label, icon, submit = "agenda", "Make the agenda", "check", "Keep the agenda"
    done = "The agenda is saved; the reseller reads it on this page."
    planned_at = instant("Planned for", required=False)
    text = text(
        "Agenda", 16, help_text="Made from the cases; change it as you need. The reseller reads it."
    )

    @classmethod
    def label_on(cls, subject: ConferenceCall) -> str:
        """Whether there is one."""
        return "Change the agenda" if subject.agenda else cls.label

    @classmethod
    def is_primary(cls, subject: ConferenceCall) -> bool:
        """While there is none."""
        return not subject.agenda

    @classmethod
    def fits(cls, subject: ConferenceCall, actor: Actor) -> bool:
        """Until it is held."""
        return subject.held_at is None

    @classmethod
    def rests_on(cls, subject: ConferenceCall) -> tuple[Any, ...]:
        """The agenda that the form began with."""
        return (subject.agenda, subject.planned_at, subject.agenda_at)

    @classmethod
    def stands(cls, subject: ConferenceCall) -> str:
        """That there is another agenda."""
        return "The agenda was changed since you opened this page."

    def prepare(self) -> None:
        """Begin with the current agenda, else with what the cases suggest."""
        call = self.subject
        self.initial = {"planned_at": call.planned_at, "text": call.agenda}
        if not call.agenda and call.held_at is None and not self.is_bound:
            self.initial["text"] = calls.agenda_from_cases(call, at=self.at)

    def perform(self) -> None:
        """Keep it."""
        calls.prepare_agenda(self.subject, by=self.user, at=self.at, **self.cleaned_data)


class HeldForm(CallAct):
    """When a call took place, and with whom."""

    code, label, icon, submit = "held", "It was held", "phone", "Record the call"
    done = "The call is recorded; its minutes are due next."
    held_at = instant("It began", help_text="It counts at the time it took place.")
    participants = forms.ModelMultipleChoiceField(
        queryset=Contact.objects.none(),
        required=False,
        label="Who took part for the reseller",
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(label="Who else", required=False, max_length=200)

    @classmethod
    def fits(cls, subject: ConferenceCall, actor: Actor) -> bool:
        """Until it is held."""
        return subject.held_at is None

    def prepare(self) -> None:
        """Offer the contacts on the roster; begin with when it was planned, if that is past, else with now."""
        self.choice("participants").queryset = (
            Contact.objects.present()
            .filter(roster_entries__in=self.subject.agreement.roster.current(self.at))
            .distinct()
            .order_by("name", "pk")
        )
        planned = self.subject.planned_at
        now = self.at.astimezone(timezone.get_current_timezone()).replace(second=0, microsecond=0)
        self.initial["held_at"] = planned if planned and planned <= self.at else now

    def perform(self) -> None:
        """Record it."""
        calls.record_held(self.subject, by=self.user, at=self.at, **self.cleaned_data)


class MinutesForm(CallAct):
    """The minutes of a call."""

    code, label, icon = "minutes", "Publish the minutes", "send"
    submit = "Publish and mail them"
    done = "The minutes are published and on their way to those who took part."
    primary = True
    text = text(
        "Minutes",
        12,
        help_text="They go to those who took part, and stay as they are from then on.",
    )

    @classmethod
    def fits(cls, subject: ConferenceCall, actor: Actor) -> bool:
        """Once it was held."""
        return subject.held_at is not None and subject.minutes_published_at is None

    def prepare(self) -> None:
        """Begin with the agenda."""
        self.initial["text"] = self.subject.agenda

    def perform(self) -> None:
        """Publish them."""
        calls.publish_minutes(self.subject, by=self.user, at=self.at, **self.cleaned_data)


class ActionForm(CallAct):
    """Something that the call agreed to be done."""

    code, label, icon, submit = "action", "Note an action", "plus", "Add the action"
    done = "The action is noted."
    text = forms.CharField(label="What is to be done", max_length=250)
    owner = forms.CharField(label="By whom", max_length=120)
    due_on = day("Until", required=False)

    def perform(self) -> None:
        """Note it."""
        calls.agree_action(self.subject, by=self.user, at=self.at, **self.cleaned_data)


class DoneForm(CallAct):
    """Which action is done; the page has a button beside each."""

    code, label, icon = "done", "Done", "check"
    done = "The action is done."
    action = forms.IntegerField(widget=forms.HiddenInput)

    def perform(self) -> None:
        """Finish it. Raises Http404 for one of another call."""
        actions = self.subject.actions.select_related("call__agreement")
        found = actions.filter(pk=self.cleaned_data["action"]).first()
        if found is None:
            raise Http404
        calls.finish_action(found, by=self.user, at=self.at)


CALL_ACTS: dict[str, type[CallAct]] = {
    act.code: act for act in (AgendaForm, HeldForm, MinutesForm, ActionForm, DoneForm)
}


class ProfileForm(Act[Agreement, Actor]):
    """The account profile, section by section, one thing a line."""

    code, label, icon, clause = "profile", "Account profile", "check", CLAUSE
    submit = "Save a new revision"
    intro = "One thing per line, so that changes between revisions show line by line."
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    products = text(SECTIONS["products"], 4, required=False)
    platforms = text(SECTIONS["platforms"], 4, required=False)
    topology = text(SECTIONS["topology"], 5, required=False)
    contacts = text(SECTIONS["contacts"], 4, required=False)
    notes = text(SECTIONS["notes"], 4, required=False)

    @classmethod
    def require(cls, subject: Agreement, actor: Actor) -> None:
        """Let those act who keep profiles."""
        require_role(actor.user, *PROFILE_KEEPERS, act="change an account profile", clause=CLAUSE)

    def prepare(self) -> None:
        """Begin with the last revision."""
        last = ProfileRevision.objects.of(self.subject.reseller_id).first()
        self.initial = {
            **(last.sections if last else {}),
            "based_on": last.number if last else 0,
        }

    def perform(self) -> str:
        """Keep the next revision."""
        typed = self.cleaned_data
        based_on = typed["based_on"]
        done = write_profile(self.subject, typed, based_on=based_on, by=self.user, at=self.at)
        return f"The profile is saved as revision {done.number}."

    @property
    def leads_to(self) -> str:
        """The profile."""
        return reverse("account_profile", args=[self.subject.reference])
