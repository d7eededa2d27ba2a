"""Cases: one distinct documented Problem each (ATSP 1.3)."""

import datetime as dt
from functools import cached_property
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.case.addresses import page_of
from cases.case.reported import ASKED_OF_A_REPORT, Replication, required_of_a_report
from cases.case.rules.vocabulary import Channel, Side, State
from cases.case.selecting import LESS_THAN_CRITICAL, LIFE, ORGANISATIONS, CaseManager
from cases.conversation.rules import FIRST_RESPONSES
from cases.knowledge.models import Article
from cases.products.models import Product
from cases.products.rules import blanks_of
from cases.resolution.rules import Charge
from cases.severity.rules import Proposal, SeverityState
from contracts.agreements.models.agreements import Agreement
from contracts.parties.calendars import calendar_of
from contracts.parties.models.parties import Contact, Organisation, Site
from contracts.programmes.models import ProgrammeVersion, programme_of
from contracts.programmes.rules.terms import ClosureReason, Programme, Severity
from portal.nested import rows_in
from portal.rules.business_time import BusinessCalendar

ORDERS_OF_THE_QUEUE: dict[str, tuple[Any, ...]] = {
    "due": (F("next_due_at").asc(nulls_last=True),),
    "severity": (F("severity"),),
    "state": (LIFE,),
    "reported": (F("reported_at"),),
    "number": (),
}
"""The orders by a column that the queue walks by an index each, however many cases there are."""


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.label) for word in words]


class Case(models.Model):
    """A case in its present state. The journal holds its history, the deadlines what is owed."""

    # the parties and the terms
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="cases")
    provider = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The agreement's: who may see the case is asked of every row of every list.",
    )
    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT)
    reseller = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        related_name="cases",
        help_text="Who answers for it: who reported it, or whom it was handed to.",
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where it was reported: its Business Day holds for all its clocks (D-6).",
    )
    region = models.CharField(max_length=20)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    reported_at = models.DateTimeField()
    end_user = models.CharField("End-User", max_length=120)
    updates_paid = models.BooleanField("the End-User has paid for Updates")
    answer_in_writing = models.BooleanField(
        default=False, help_text="The contact asked for a first answer in writing."
    )

    # the Problem, as reported
    title = models.CharField(max_length=200)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="cases")
    release = models.CharField(max_length=20)
    platform = models.CharField(max_length=120)
    operating_system = models.CharField(max_length=120)
    hardware = models.CharField(max_length=200, blank=True)
    other_software = models.CharField(max_length=200, blank=True)
    modified_software = models.BooleanField(default=False)
    description = models.TextField()
    business_impact = models.TextField()
    level_1_work = models.TextField("Level 1 work done")
    level_2_work = models.TextField("Level 2 work done")
    replication_steps = models.TextField()
    replication = models.CharField(max_length=20, choices=Replication.choices)
    replication_evidence = models.TextField(blank=True)
    limitations = models.JSONField(default=list, blank=True)
    product_answers = models.JSONField(
        default=list,
        blank=True,
        help_text="What its product asks of a report, each as it was asked then, with its answer.",
    )

    # severity
    requested_severity = models.PositiveSmallIntegerField()
    severity = models.PositiveSmallIntegerField()
    severity_since = models.DateTimeField()
    severity_confirmed = models.BooleanField(default=False)
    awaits_call_for = models.PositiveSmallIntegerField(null=True, blank=True)
    proposed_severity = models.PositiveSmallIntegerField(null=True, blank=True)
    proposed_by_side = models.CharField(
        max_length=10, blank=True, choices=[(side.value, side.value) for side in Side]
    )
    proposal_reason = models.TextField(blank=True)

    # life
    state = models.CharField(max_length=24, choices=_choices(State), default=State.NEW)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_cases",
    )
    responded_at = models.DateTimeField(null=True, blank=True)
    responded_how = models.CharField(
        max_length=20,
        blank=True,
        choices=[(way.value, words) for way, words in FIRST_RESPONSES.items()],
    )
    last_communication_at = models.DateTimeField(null=True, blank=True)
    status_every = models.CharField(max_length=40, blank=True, help_text="Agreed frequency (4.7).")
    proposed_status_every = models.CharField(max_length=40, blank=True)
    status_every_proposed_by = models.CharField(
        max_length=10, blank=True, choices=[(side.value, side.value) for side in Side]
    )
    information_asked_at = models.DateTimeField(null=True, blank=True)
    information_missing = models.JSONField(default=list, blank=True)
    information_received_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="The reseller sent it; the engineer has not said yet that it is complete.",
    )
    relieved_at = models.DateTimeField(null=True, blank=True)
    workaround_agreed_at = models.DateTimeField(null=True, blank=True)
    closing_proposed_at = models.DateTimeField(null=True, blank=True)
    closing_proposed_for = models.CharField(
        max_length=40, blank=True, help_text="The reason of the proposal to close that waits."
    )
    closing_due_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it closes without an answer (D-27); empty where it waits for one.",
    )
    open_sub_cases = models.PositiveSmallIntegerField(default=0)
    watchers = models.PositiveSmallIntegerField(default=0, help_text="How many watch it.")
    closed_at = models.DateTimeField(null=True, blank=True)
    closure_reason = models.CharField(max_length=40, blank=True)

    # what it turned out to be
    determination = models.CharField(max_length=40, blank=True)
    charge = models.CharField(
        max_length=20, choices=_choices(Charge), default=Charge.PROVISIONAL.value
    )
    replicated_by_provider_at = models.DateTimeField(null=True, blank=True)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )

    merged_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was merged into its original, with the contact."
    )

    # the queue reads these two: the earliest unfinished promise of the provider
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_due_kind = models.CharField(max_length=60, blank=True)

    objects = CaseManager()

    said = ""
    """What was written on it in the running act, for who watches it."""

    UNTOLD: ClassVar = frozenset({"next_due_at", "next_due_kind", "open_sub_cases", "watchers"})
    """What its journal does not tell: copies of what the deadlines, the sub-cases and the watches hold."""

    class Meta:
        indexes: ClassVar = [
            models.Index(
                LESS_THAN_CRITICAL,
                F("next_due_at").asc(nulls_last=True),
                "severity",
                "id",
                name="case_queue",
                include=["provider", "state"],
                condition=~Q(state="closed"),
            ),
            models.Index(
                fields=["state"],
                name="case_open_by_state",
                include=["provider"],
                condition=~Q(state="closed"),
            ),
            models.Index(
                fields=["reseller"], name="case_open_by_reseller", condition=~Q(state="closed")
            ),
            models.Index(fields=["reseller", "-reported_at"], name="case_by_reseller"),
            *(
                models.Index(
                    *key,
                    "id",
                    name=f"case_open_{name}",
                    include=["provider"],
                    condition=~Q(state="closed"),
                )
                for name, key in ORDERS_OF_THE_QUEUE.items()
            ),
            models.Index(
                fields=["owner", "next_due_at"],
                name="case_by_owner",
                include=["provider"],
                condition=~Q(state="closed"),
            ),
            models.Index(
                fields=["provider", "state"],
                name="case_severity_1_open",
                condition=Q(severity=1) & ~Q(state="closed"),
            ),
            models.Index(fields=["-reported_at", "-id"], name="case_newest"),
            models.Index(fields=["agreement", "reported_at"], name="case_by_agreement"),
            models.Index(fields=["agreement", "closed_at"], name="case_by_closure"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(closure_reason="")
                | ~Q(state="closed") & Q(closed_at=None, closure_reason=""),
                name="case_closed_has_time_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="relieved") | Q(relieved_at__isnull=False),
                name="case_relieved_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(proposed_severity=None, proposed_by_side="")
                | Q(proposed_severity__isnull=False) & ~Q(proposed_by_side=""),
                name="case_proposal_has_its_side",
            ),
            models.CheckConstraint(
                condition=Q(closing_proposed_at=None, closing_proposed_for="", closing_due_at=None)
                | Q(closing_proposed_at__isnull=False)
                & ~Q(closing_proposed_for="")
                & ~Q(state="closed"),
                name="case_closing_is_proposed_while_open",
            ),
            models.CheckConstraint(
                condition=Q(proposed_status_every="", status_every_proposed_by="")
                | ~Q(proposed_status_every="") & ~Q(status_every_proposed_by=""),
                name="case_frequency_has_its_side",
            ),
            models.CheckConstraint(
                condition=Q(merged_at=None) | Q(state="closed", duplicate_of__isnull=False),
                name="case_merged_is_a_closed_duplicate",
            ),
            models.CheckConstraint(
                condition=~Q(duplicate_of=F("id")), name="case_is_no_duplicate_of_itself"
            ),
            models.CheckConstraint(
                condition=~Q(replication="unsuccessful") | ~Q(replication_evidence=""),
                name="case_failed_replication_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(severity__gte=1) & Q(requested_severity__gte=1),
                name="case_severity_from_1",
            ),
        ]

    def __str__(self) -> str:
        return f"Case {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        """The case page."""
        return page_of(self.pk)

    def with_organizations(self) -> Self:
        """Itself, with its reseller, its agreement's provider, and the site that is its contact's too, read.

        Read beside what was joined, where the row has not brought them (`CaseQuerySet.with_organizations`): the
        database takes milliseconds to plan a join of eight tables.
        """
        brought = self.__dict__.get("organizations")
        if brought is None:
            named = ORGANISATIONS.in_bulk([self.reseller_id, self.agreement.provider_id])
        else:
            named = {one.pk: one for one in rows_in(Organisation, brought)}
        self.reseller = named[self.reseller_id]
        self.agreement.provider = named[self.agreement.provider_id]
        if self.site_id == self.contact.site_id:
            self.site = self.contact.site
        return self

    @property
    def number(self) -> str:
        """The case number that people quote (ATSP 1.3)."""
        return str(self.pk)

    @property
    def programme(self) -> Programme:
        """The terms the case runs under: those in force when it was opened, whatever is published later."""
        return programme_of(self.programme_version_id)

    @property
    def severity_terms(self) -> Severity:
        """Its severity as its programme defines it (ATSP 4.3)."""
        return self.programme.severity(self.severity)

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The Business Day of the site where it was reported, whoever has it now (ATSP 1.2, D-6); read once."""
        return calendar_of(self.site, self.programme)

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.state != State.CLOSED

    @property
    def waits_for_information(self) -> bool:
        """Whether information of 5.2.3 is asked for and has not come yet."""
        return self.information_asked_at is not None and self.information_received_at is None

    @property
    def standing(self) -> SeverityState:
        """Its severity as the rules take it."""
        proposal = None
        if self.proposed_severity is not None:
            proposal = Proposal(
                self.proposed_severity, Side(self.proposed_by_side), self.proposal_reason
            )
        return SeverityState(
            level=self.severity,
            confirmed=self.severity_confirmed,
            awaits_call=self.awaits_call_for,
            proposal=proposal,
        )

    @standing.setter
    def standing(self, standing: SeverityState) -> None:
        self.severity = standing.level
        self.severity_confirmed = standing.confirmed
        self.awaits_call_for = standing.awaits_call
        self.proposed_severity = standing.proposal.to if standing.proposal else None
        self.proposed_by_side = standing.proposal.side if standing.proposal else ""
        self.proposal_reason = standing.proposal.reason if standing.proposal else ""

    @property
    def closing_proposed(self) -> ClosureReason | None:
        """The reason of the proposal to close that waits for the contact's answer (D-27), if one does."""
        if not self.closing_proposed_for:
            return None
        return self.programme.closure_reason(self.closing_proposed_for)

    def closes_as(self, reason: ClosureReason) -> str:
        """What closing it comes to, in words: a duplicate first of all that, whose original goes on (ATSP 1.3)."""
        if self.duplicate_of_id is None:
            return reason.name
        return f"Duplicate of case {self.duplicate_of_id}, which goes on"

    @property
    def not_told(self) -> list[str]:
        """What 5.2.3 asks of a report and this one left out, of what its product needs too."""
        asked = required_of_a_report(self.programme)
        return [
            *(
                words
                for name, words in ASKED_OF_A_REPORT.items()
                if name in asked and not getattr(self, name)
            ),
            *blanks_of(self.product_answers, self.severity),
        ]

    def age(self, at: dt.datetime) -> dt.timedelta:
        """How long ago it was reported."""
        return at - self.reported_at
