"""Invoices and credit notes: which charges were billed when, and what of them is still to be paid (ATSP 3.2)."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, Expression, F, Func, OuterRef, Q, Sum, Value
from django.db.models.functions import Abs, Cast
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Charge
from contracts.billing.rules import invoicing
from contracts.parties.models.parties import Organisation
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.scope import ScopedQuerySet
from portal.roles import Role
from portal.rules.business_time import from_wall_clock

MONEY_READERS = (Role.CONTRACT_ADMINISTRATOR, Role.ACCOUNT_MANAGER)
"""The provider's people who read what a reseller owes and pays."""


def administered_by(user: Any) -> models.QuerySet[Any, Any]:
    """The resellers for which the user is the Administrative Contact, in any year, as a subquery of ids (1.1)."""
    return RosterEntry.objects.filter(
        contact__user=user,
        contact__left_at=None,
        standing=RosterRole.ADMINISTRATIVE,
        removed_at=None,
    ).values("agreement__reseller_id")


class OfMoneyQuerySet(ScopedQuerySet):
    """Rows that tell what a reseller owes: for its Administrative Contact, and few of the provider's people."""

    def visible_to(self, user: Any) -> Self:
        """The rows that the user may see, for which being a contact of the reseller is not enough."""
        seen = super().visible_to(user)
        if not user.is_authenticated or not user.is_active:
            return seen
        if user.is_provider:
            return seen if user.has_role(*MONEY_READERS) else seen.none()
        return seen.filter(**{f"{self.organisation}__in": administered_by(user)})


class DocumentKindChoice(models.TextChoices):
    """What a document is; the values are those of ``contracts.billing.rules.invoicing.DocumentKind``."""

    INVOICE = "invoice", "invoice"
    CREDIT_NOTE = "credit_note", "credit note"


class PaymentTermsChoice(models.TextChoices):
    """When an invoice is to be paid; the values are those of ``contracts.billing.rules.invoicing.PaymentTerms``."""

    NET = "net", "within the term of payment"
    ON_RECEIPT = "on_receipt", "upon receipt"


# At the end of the transaction: an invoice and its lines, written together, agree.
_ADDS_UP = """
    IF (SELECT total FROM contracts_invoice WHERE id = NEW.{key}) IS DISTINCT FROM (
        SELECT sum(charge.amount) FROM contracts_invoiceline line
        JOIN contracts_charge charge ON charge.id = line.charge_id
        WHERE line.invoice_id = NEW.{key}
    ) THEN
        RAISE EXCEPTION 'the total of an invoice is not the sum of its lines'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_adds_up';
    END IF;
    RETURN NULL;
"""


class InvoiceNumber(models.Model):
    """The last number that a provider gave to a document. Counting on locks the row, so numbers leave no gap."""

    provider = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="invoice_number"
    )
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.provider}: {self.last}"


class InvoiceQuerySet(OfMoneyQuerySet):
    """Selects invoices and credit notes."""

    organisation = "agreement__reseller"

    def with_dispute(self) -> Self:
        """With `disputed`, whether a dispute about it is open."""
        return self.annotate(disputed=_in_dispute())

    def in_state(self, state: str, at: dt.datetime) -> Self:
        """Filter by balance and dispute: "open", "overdue", "disputed" or "paid" invoices, or "credit" notes."""
        instant = Value(at, models.DateTimeField())
        return self._in_state(state, instant, at.astimezone(dt.UTC).date())

    def by_state(self, at: Expression, day: dt.date) -> dict[str, Self]:
        """Those in each state at an instant, whose date in UTC is `day`."""
        return {state: self._in_state(state, at, day) for state in STATES}

    def _in_state(self, state: str, at: Expression, day: dt.date) -> Self:
        if state == "overdue":
            local = Func(F("agreement__zone"), at, function="timezone")
            there = self.alias(there=Cast(local, models.DateField()))
            return there.filter(OPEN, due_on__lte=day, due_on__lt=F("there"))
        if state == "disputed":
            return self.filter(_in_dispute())
        return self.filter(_STATES[state])

    def newest_first(self) -> Self:
        """In the order of their dates, the newest first."""
        return self.order_by("-issued_on", "-number", "-pk")

    def for_lists(self) -> Self:
        """With dispute and agreement, of both what a row of a list shows and no more."""
        return self.select_related("agreement").only(*_IN_LISTS).with_dispute()

    def for_pages(self) -> Self:
        """With dispute and parties, the newest first."""
        parties = self.select_related("agreement__reseller", "agreement__provider")
        return parties.with_dispute().newest_first()


OPEN = Q(kind="invoice", balance__gt=0)
"""An invoice of which something is still to be paid."""

_STATES = {
    "open": OPEN,
    "paid": Q(kind="invoice", balance=0),
    "credit": Q(kind="credit_note"),
}
_IN_LISTS = (
    "number",
    "kind",
    "issued_on",
    "due_on",
    "currency",
    "total",
    "balance",
    "purchase_orders",
    "reseller_name",
    "agreement__reference",
    "agreement__contract_number",
    "agreement__zone",
)
STATES = ("open", "overdue", "disputed", "paid", "credit")
"""The states by which lists of invoices are narrowed."""


def _in_dispute() -> Exists:
    """Whether a dispute about the invoice is open."""
    disputes = apps.get_model("contracts", "Dispute")._default_manager
    return Exists(disputes.filter(invoice=OuterRef("pk"), settled_at=None))


class Invoice(models.Model):
    """An invoice or a credit note as issued. The database refuses every change.

    `total` is the sum of its lines, below zero on a credit note; `due_on` is the last day on which a payment is in
    time, a date in the agreement's zone. Names and addresses are those of the day it was issued.

    What stands beside the paper, `settled`, is the sum of its payments. The database alone writes it, with each of
    them, and refuses any other number; `balance` is what is still to be paid, or to be given for a credit note.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="invoices")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=DocumentKindChoice.choices)
    terms = models.CharField(max_length=12, choices=PaymentTermsChoice.choices)
    issued_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    clause = models.CharField(max_length=60)
    words = models.CharField(max_length=250, blank=True, help_text="How the due date comes about.")
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=12, decimal_places=2)
    purchase_orders = models.CharField(max_length=200, blank=True)
    provider_name = models.CharField(max_length=400, help_text="A successor's with the old one.")
    provider_address = models.TextField(blank=True)
    reseller_name = models.CharField(max_length=160)
    reseller_address = models.TextField(blank=True)
    attention = models.CharField(max_length=160, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled = models.DecimalField(max_digits=12, decimal_places=2, default=0, editable=False)
    balance = models.GeneratedField(
        expression=Abs(F("total")) - F("settled"),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "-issued_on", "-number"]
        indexes: ClassVar = [
            models.Index(fields=["-issued_on", "-number"], name="invoice_newest"),
            models.Index(
                fields=["-issued_on", "-number"],
                name="invoice_open",
                condition=OPEN,
                include=["agreement", "due_on"],  # the list counts the open and overdue from it
            ),
            models.Index(
                fields=["-issued_on", "-number"],
                name="invoice_credit_note",
                condition=Q(kind="credit_note"),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="invoice_numbers_from_one"),
            models.CheckConstraint(
                condition=Q(kind="credit_note", total__lt=0, due_on=None)
                | Q(kind="invoice", total__gte=0, due_on__isnull=False),
                name="invoice_asks_and_credit_note_gives",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("issued_on")),
                name="invoice_due_after_its_date",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="immutable",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["settled", "balance"]),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="invoice_settled_by_its_payments",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("settled"),
                func="""
                    IF NEW.settled IS DISTINCT FROM (
                        SELECT coalesce(sum(amount), 0) FROM contracts_invoicepayment
                        WHERE invoice_id = NEW.id OR credit_note_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'what is settled of a document is the sum of its payments'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'invoice_settled_by_its_payments';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="invoice_adds_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_ADDS_UP.format(key="id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.label}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("invoice", args=[self.agreement.reference, self.number])

    @property
    def label(self) -> str:
        """Its number as people quote it: "INV-00012"; "CRN-00013" for a credit note."""
        return f"{'CRN' if self.is_credit_note else 'INV'}-{self.number:05d}"

    @property
    def title(self) -> str:
        """Its name in a sentence: "Invoice INV-00012"."""
        return f"{self.get_kind_display().capitalize()} {self.label}"

    @property
    def is_credit_note(self) -> bool:
        """Whether it gives money back."""
        return self.kind == DocumentKindChoice.CREDIT_NOTE

    @property
    def amount(self) -> Decimal:
        """What it is about, without sign."""
        return abs(self.total)

    @property
    def due_at(self) -> dt.datetime | None:
        """The instant, UTC, up to which a payment is in time: the end of its due day in the agreement's zone."""
        if self.due_on is None:
            return None
        after = dt.datetime.combine(self.due_on + dt.timedelta(days=1), dt.time())
        return from_wall_clock(after, self.agreement.zone)

    def given_back(self) -> Decimal:
        """The amount given back: by upheld disputes, lines taken back, and a termination. One query."""
        credits = Charge.objects.filter(
            Q(upholds__invoice=self)
            | Q(takes_back__billed__invoice=self)
            | Q(gives_back__billed__invoice=self)
        )
        return -(credits.aggregate(given=Sum("amount"))["given"] or Decimal(0))

    def credit_notes(self) -> "InvoiceQuerySet":
        """The credit notes that give back a part of it, the oldest first. One query."""
        found = Charge.objects.filter(
            Q(upholds__invoice=self)
            | Q(takes_back__billed__invoice=self)
            | Q(gives_back__billed__invoice=self)
        )
        return Invoice.objects.filter(lines__charge__in=found).distinct().order_by("number")

    def gives_back_of(self) -> "InvoiceQuerySet":
        """The invoices of which a credit note gives back a part, the oldest first. One query."""
        charges = Charge.objects.filter(billed__invoice=self)
        return (
            Invoice.objects.filter(
                Q(disputes__credit__in=charges)
                | Q(lines__charge__in=charges.values("takes_back"))
                | Q(lines__charge__in=charges.values("gives_back"))
            )
            .distinct()
            .order_by("number")
        )

    def standing_on(self, today: dt.date) -> invoicing.PaymentState:
        """Where it stands on a day of the agreement's zone."""
        return invoicing.standing(self.total, self.balance, self.due_on, today)


class InvoiceLine(models.Model):
    """A charge as a document bills it: each charge on one document at most. Append-only."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="billed")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["invoice", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["charge"], name="charge_billed_once"),
            models.UniqueConstraint(
                fields=["invoice", "position"], name="invoice_line_position_once"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="invoice_line_of_its_agreement",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM contracts_invoice invoice
                        JOIN contracts_charge charge ON charge.agreement_id = invoice.agreement_id
                            AND charge.currency = invoice.currency
                        WHERE invoice.id = NEW.invoice_id AND charge.id = NEW.charge_id
                    ) THEN
                        RAISE EXCEPTION 'the line is another agreement''s, or in another currency'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'invoice_line_of_its_agreement';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="line_puts_its_charge_on_document",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE contracts_charge SET on_document = true WHERE id = NEW.charge_id;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="invoice_adds_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=_ADDS_UP.format(key="invoice_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice.label} {self.position}"
