"""Timelines: the escalation policy copied onto a case when it became severity 1 (ATSP Ex.C).

What a timeline says stays as it was when it began, whatever is published later. When each step is due and what became
of it stands in the deadlines, under the case, step `key`; here stand the words, the bearer, and who did or waived it.
"""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, Expression, F, OuterRef, Q, Subquery

from cases.case.models import Case
from contracts.parties.models.parties import Contact, Organisation
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules.terms import Act, Role
from contracts.scope import ScopedQuerySet
from escalation.rules.exhibit_c import Ending, PlannedStep, StepKind
from portal.models import User

KEPT = dt.timedelta(hours=26)
"""How long an hourly update stands on a page after it was due."""
Instant = dt.datetime | Expression
"""An instant, or its place in a prepared read."""


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ")) for word in words]


class TimelineQuerySet(ScopedQuerySet):
    """Selects timelines: those of a case are seen by whoever sees the case."""

    organisation = "case__reseller"

    def running(self) -> Self:
        """Those that no relief, downgrade or closure has ended."""
        return self.filter(ended_at=None)

    def most_to_mend_first(self, now: Instant, since: Instant) -> Self:
        """Those with an open duty past due in front, then those that have run longest."""
        missed = Step.objects.open_duties().filter(timeline=OuterRef("pk"), due_at__lt=now)
        return self.annotate(to_mend=Exists(missed.recent(since))).order_by(
            "-to_mend", "started_at", "pk"
        )

    def with_case(self) -> Self:
        """With what a page or a notice says about the case, in one statement."""
        return self.select_related(
            "case__agreement__provider", "case__reseller", "case__contact__user", "case__owner"
        )

    def for_board(self) -> Self:
        """With no more of the case than a drawn timeline says, and what tells who bears its duties.

        Its parties are read by their names, beside the join: the database takes longer to plan one of six tables than
        to answer it. ``with_parties`` gives them to the case.
        """
        return (
            self.select_related("case__agreement")
            .only(
                "case_id",
                "number",
                "started_at",
                "ended_at",
                "case__title",
                "case__severity",
                "case__programme_version_id",
                "case__region",
                "case__reseller_id",
                "case__contact_id",
                "case__owner_id",
                "case__agreement__zone",
                "case__agreement__provider_id",
            )
            .annotate(**{party: _name_of(model, party) for party, model in _PARTIES.items()})
        )


_PARTIES: dict[str, type[models.Model]] = {
    "reseller": Organisation,
    "contact": Contact,
    "owner": User,
}


def _name_of(model: type[models.Model], party: str) -> Subquery:
    named = model._default_manager.filter(pk=OuterRef(f"case__{party}")).order_by()
    return Subquery(named.values("name"))


class Timeline(models.Model):
    """One escalation of a case, from the moment it became severity 1 (T) until relief, downgrade or closure.

    `commitments` counts the hourly updates set so far: there is always one to come (D-13).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="timelines")
    number = models.PositiveSmallIntegerField(help_text="Of the case's timelines, from 1.")
    programme_version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT)
    started_at = models.DateTimeField(help_text="T: when the case became severity 1.")
    commitments = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, blank=True, choices=_choices(Ending))
    ended_cause = models.CharField(max_length=200, blank=True)

    objects = TimelineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["case", "number"]
        indexes: ClassVar = [
            models.Index(
                fields=["started_at"], name="timeline_running", condition=Q(ended_at=None)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="timeline_number_once"),
            models.UniqueConstraint(
                fields=["case"], name="timeline_one_running", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="", ended_cause="")
                | Q(ended_at__isnull=False) & ~Q(ending="") & ~Q(ended_cause=""),
                name="timeline_ended_with_its_cause",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="timeline_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"Escalation {self.number} of case {self.case_id}"

    def with_parties(self) -> Self:
        """Itself as ``for_board`` read it, its case with the parties of whom it read the name alone."""
        for party, model in _PARTIES.items():
            key, name = getattr(self.case, f"{party}_id"), getattr(self, party)
            found = model.from_db(None, ("id", "name"), (key, name)) if key else None
            setattr(self.case, party, found)
        return self

    @property
    def is_running(self) -> bool:
        """Whether nothing has ended it."""
        return self.ended_at is None

    def key(self, code: str) -> str:
        """The step's name among the case's deadlines and notices, "1:update-2h"."""
        return f"{self.number}:{code}"

    def elapsed(self, now: dt.datetime) -> dt.timedelta:
        """How long the case has been severity 1, or was, around the clock."""
        return max((self.ended_at or now) - self.started_at, dt.timedelta(0))


class StepQuerySet(models.QuerySet["Step"]):
    """Selects steps."""

    def open_duties(self) -> Self:
        """Duties that nobody has done or waived. (On a timeline that runs: its end calls off the rest.)"""
        return self.filter(kind=StepKind.DUTY, done_at=None, waived_at=None)

    def recent(self, since: Instant) -> Self:
        """Without hourly updates that were due earlier, by KEPT as a rule: of a long escalation they are history."""
        return self.filter(Q(commitment=False) | Q(due_at__gte=since))

    def in_order(self) -> Self:
        """By due time, at the same time as the plan has them."""
        return self.order_by("timeline_id", "due_at", "mark", "id")


class Step(models.Model):
    """A duty or notice of a timeline, as the programme had it when the timeline began (see ``PlannedStep``)."""

    timeline = models.ForeignKey(Timeline, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=_choices(StepKind))
    title = models.CharField(max_length=200)
    role = models.CharField(max_length=40, blank=True, choices=_choices(Role))
    act = models.CharField(max_length=40, blank=True, choices=_choices(Act))
    audience = ArrayField(
        models.CharField(max_length=40, choices=_choices(Role)), default=list, blank=True
    )
    mark = models.DurationField(help_text="After T, as Exhibit C puts it.")
    position = models.PositiveSmallIntegerField(help_text="In the plan; 0 for what came after it.")
    clause = models.CharField(max_length=60)
    words = models.TextField(help_text="How the due time comes about.")
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    if_necessary = models.BooleanField(default=False)
    commitment = models.BooleanField(default=False)
    hotshot = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    opens_at = models.DateTimeField(help_text="An act from then on does it (D-15).")

    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_note = models.TextField(blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waived_note = models.TextField(blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["timeline", "due_at", "mark", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["timeline", "code"], name="step_once_a_timeline"),
            models.CheckConstraint(
                condition=Q(kind="duty") & ~Q(role="") & ~Q(act="")
                | Q(kind="notice", role="", act="", done_at=None, waived_at=None),
                name="step_duty_has_bearer_and_act",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="step_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(waived_at=None, waived_by=None, waived_note="")
                | Q(waived_at__isnull=False, waived_by__isnull=False, if_necessary=True)
                & ~Q(waived_note=""),
                name="step_waived_by_somebody_with_a_note",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(waived_at=None), name="step_not_done_and_waived"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of timeline {self.timeline_id}"

    @classmethod
    def planned(cls, timeline: Timeline, planned: PlannedStep) -> Self:
        """The unsaved row of a planned step."""
        return cls(
            timeline=timeline,
            code=planned.code,
            kind=planned.kind,
            title=planned.title,
            role=planned.role or "",
            act=planned.act or "",
            audience=[role.value for role in planned.audience],
            mark=planned.mark,
            position=planned.position,
            clause=planned.clause,
            words=planned.words,
            data=dict(planned.data),
            if_necessary=planned.if_necessary,
            commitment=planned.commitment,
            hotshot=planned.hotshot,
            due_at=planned.due_at,
            opens_at=planned.opens_at,
        )

    @property
    def plan(self) -> PlannedStep:
        """The step as the rules take it."""
        return PlannedStep(
            code=self.code,
            kind=StepKind(self.kind),
            title=self.title,
            mark=self.mark,
            due_at=self.due_at,
            opens_at=self.opens_at,
            position=self.position,
            clause=self.clause,
            words=self.words,
            role=Role(self.role) if self.role else None,
            act=Act(self.act) if self.act else None,
            if_necessary=self.if_necessary,
            commitment=self.commitment,
            audience=tuple(Role(role) for role in self.audience),
            hotshot=self.hotshot,
            data=self.data,
        )

    @property
    def is_duty(self) -> bool:
        """Whether somebody must do it; otherwise the portal sends it."""
        return self.kind == StepKind.DUTY
