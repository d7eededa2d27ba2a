"""Work orders: work charged by the day, or under section 7, tied to a case (ATSP 7.1, 16, 17, 18, Ex.D).

The case stands in an outer room: an order keeps its number and title, and the description of the Problem.
"""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.billing.models.charges import Authorisation, Charge
from contracts.parties.models.parties import Contact, Organisation, Site
from contracts.scope import ScopedQuerySet
from contracts.work_orders.rules.billing import Facts
from contracts.work_orders.rules.orders import Basis, Outcome, State, WorkTerms, terms_of

_OVER = [state.value for state in State if state.is_over]
_PEOPLE: dict[str, Any] = {
    "null": True,
    "blank": True,
    "on_delete": models.PROTECT,
    "related_name": "+",
}


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word.value, getattr(word, "label", word.value)) for word in words]


class WorkOrderQuerySet(OfAgreementQuerySet):
    """Selects work orders."""

    def open(self) -> Self:
        """Orders that still need something done."""
        return self.exclude(state__in=_OVER)

    def matching(self, text: str) -> Self:
        """Those of the case of that number, else whose case's title or reseller's name has the text."""
        if text.isdecimal() and len(text) < 18:
            return self.filter(case_number=int(text))
        named = Organisation.objects.named(text).values("pk")
        return self.filter(Q(case_title__icontains=text) | Q(agreement__reseller__in=named))

    def for_list(self) -> Self:
        """With what a row of a list shows, the newest first."""
        return self.select_related("agreement__reseller", "engineer").order_by("-pk")


class WorkOrder(models.Model):
    """A work order in its present state. The journal holds its history.

    `rate` is the work rate of the programme, by code; "" is work on what may not be the Software (ATSP 7.1).
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="work_orders")
    basis = models.CharField(max_length=20, choices=_choices(Basis))
    rate = models.CharField(max_length=60, blank=True)
    case_number = models.PositiveBigIntegerField()
    case_title = models.CharField(max_length=200)
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The case's contact, who is told.",
    )
    engineer = models.ForeignKey(settings.AUTH_USER_MODEL, **_PEOPLE)
    problem = models.TextField(help_text="The Problem to be resolved; under section 7, why not.")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_user_site = models.CharField(
        max_length=250, blank=True, help_text="The End-User and the address of its site."
    )
    state = models.CharField(max_length=20, choices=_choices(State))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    estimated_quantity = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    estimated_expenses = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    estimated_total = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    estimate_words = models.TextField(blank=True)

    authorisations = models.ManyToManyField(Authorisation, blank=True, related_name="work_orders")
    authorised_at = models.DateTimeField(null=True, blank=True)
    authorised_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PEOPLE)
    started_at = models.DateTimeField(null=True, blank=True)
    stop_received_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, choices=_choices(Outcome))
    outcome_words = models.TextField(blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    charges = models.ManyToManyField(Charge, blank=True, related_name="work_orders")

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["agreement", "state"], name="work_order_by_agreement"),
            models.Index(fields=["case_number"], name="work_order_by_case"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(basis=Basis.DAY.value) & ~Q(rate="")
                | Q(basis=Basis.TIME_AND_MATERIALS.value, rate=""),
                name="work_order_rate_follows_its_basis",
            ),
            models.CheckConstraint(condition=~Q(problem=""), name="work_order_names_the_problem"),
            models.CheckConstraint(
                condition=Q(site=None) | Q(end_user_site=""), name="work_order_at_one_site"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.AUTHORISED.value, State.UNDER_WAY.value, "finished"])
                | Q(authorised_at__isnull=False),
                name="work_order_starts_authorised",
            ),
            models.CheckConstraint(
                condition=Q(authorised_at=None, authorised_by=None)
                | Q(authorised_at__isnull=False, authorised_by__isnull=False),
                name="work_order_authorised_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.STOPPED.value) | Q(stop_received_at__isnull=False),
                name="work_order_stopped_by_a_notice",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SETTLED.value)
                | Q(settled_at__isnull=False) & (Q(basis=Basis.DAY.value) | ~Q(outcome="")),
                name="work_order_settled_with_its_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"Work order {self.number}"

    def get_absolute_url(self) -> str:
        """The page of the order."""
        return reverse("work_order", args=[self.pk])

    @property
    def number(self) -> str:
        """The number that people quote: "W-12"."""
        return f"W-{self.pk}"

    @property
    def terms(self) -> WorkTerms:
        """Its terms in the agreement's programme."""
        return terms_of(self.agreement.programme, self.rate)

    @property
    def stands(self) -> State:
        """Its state as the rules take it."""
        return State(self.state)

    @property
    def facts(self) -> Facts:
        """What decides whether its work is billable."""
        return Facts(
            self.authorised_at,
            self.stop_received_at,
            Outcome(self.outcome) if self.outcome else None,
        )

    @property
    def where(self) -> str:
        """The site in words; "" for work done from afar."""
        if self.site is not None:
            return f"{self.site.name}, {', '.join(self.site.address_lines)}".rstrip(", ")
        return self.end_user_site


class OfWorkOrderQuerySet(ScopedQuerySet):
    """Selects parts of work orders."""

    organisation = "order__agreement__reseller"

    def standing(self) -> Self:
        """Those not taken back."""
        return self.filter(taken_back_at=None)


class _PartOfOrder(models.Model):
    """What is logged on an order; a mistake is taken back, never changed."""

    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PEOPLE)

    class Meta:
        abstract = True


class WorkLog(_PartOfOrder):
    """A stretch of work: who, from when to when, what, and how many days it counts, or hours to the hundredth.

    Hours are billed by the exact time, not by what is shown of it.
    """

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="logs")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    quantity = models.DecimalField(max_digits=6, decimal_places=2)
    text = models.TextField()

    objects = OfWorkOrderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "began_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("began_at")), name="work_log_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="work_log_not_negative"),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="work_log_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} from {self.began_at:%Y-%m-%d %H:%M}"


class ExpenseKind(models.TextChoices):
    """What an expense was for (ATSP 17, Ex.D)."""

    TRAVEL = "travel", "travel"
    LIVING = "living", "living"
    OTHER = "other", "other related expense"


class WorkExpense(_PartOfOrder):
    """An expense of an order, with its receipt attached."""

    order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="expenses")
    kind = models.CharField(max_length=10, choices=ExpenseKind.choices)
    incurred_at = models.DateTimeField(help_text="The instant at which it was committed.")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    text = models.CharField(max_length=200)

    objects = OfWorkOrderQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "incurred_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="work_expense_is_something"),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="work_expense_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.amount}"
