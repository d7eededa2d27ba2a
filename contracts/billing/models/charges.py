"""What a reseller owes: charges as append-only lines, standing fees, authorizations (ATSP 3.1, 9.1, 16)."""

import datetime as dt
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from contracts.agreements.models.agreements import Agreement, AgreementQuerySet, OfAgreementQuerySet
from portal.ui.words import day as day_words


class FeeCode(models.TextChoices):
    """A fee that the agreements call "then-current": it is not in the paper, so it is kept here by its day."""

    ADDITIONAL_CONTACT = "additional_contact", "additional Technical Contact, a year"
    TIME_AND_MATERIALS = "time_and_materials", "professional services, an hour"


class StandardFeeQuerySet(models.QuerySet["StandardFee"]):
    """Selects standard fees."""

    def on(self, code: str, currency: str, day: dt.date) -> "StandardFee | None":
        """The fee that is current on a day; None while none was ever set."""
        known = self.filter(code=code, currency=currency, starts_on__lte=day)
        return known.order_by("-starts_on").first()


class StandardFee(models.Model):
    """A provider's then-current standard fee from a day on (ATSP 2.1). Append-only: a new day is a new row."""

    code = models.CharField(max_length=30, choices=FeeCode.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="USD")
    starts_on = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = StandardFeeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code", "starts_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "currency", "starts_on"], name="standard_fee_once_a_day"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="standard_fee_not_negative"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}: {self.amount} from {day_words(self.starts_on)}"


class AuthorisationKind(models.TextChoices):
    """How a reseller takes on a charge (ATSP 9.1, 16, 17)."""

    PURCHASE_ORDER = "purchase_order", "purchase order"
    EMAIL = "email", "e-mail authorizing the fee"


class Authorisation(models.Model):
    """A purchase order, or an e-mail with the intention to pay, as received. Append-only.

    `amount` is the most it covers, None when it names none. `text` keeps an e-mail word for word; the paper itself
    may be attached to the row (``portal.attachments``).
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="authorisations"
    )
    kind = models.CharField(max_length=20, choices=AuthorisationKind.choices)
    number = models.CharField(max_length=60, blank=True, help_text="The purchase order's number.")
    given_by = models.CharField(max_length=160, help_text="Who gave it, as it says.")
    dated_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    text = models.TextField(blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "received_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="purchase_order") & ~Q(number="")
                | Q(kind="email") & ~Q(text="") & ~Q(given_by=""),
                name="authorisation_is_a_number_or_a_text",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gt=0), name="authorisation_covers_something"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        if self.kind == AuthorisationKind.PURCHASE_ORDER:
            return f"purchase order {self.number}"
        return f"e-mail of {self.given_by}, {day_words(self.dated_on)}"


class ChargeKind(models.TextChoices):
    """What a charge is for."""

    CASES = "cases", "prepaid cases"
    OPTION = "option", "option"
    EXTENSION = "extension", "extension"
    CONTACT = "contact", "additional Technical Contact"
    WORK = "work", "work by the day"
    EXPENSES = "expenses", "travel and living expenses"
    TIME_AND_MATERIALS = "time_and_materials", "time and materials"
    CREDIT = "credit", "credit"
    REFUND = "refund", "refund"
    TAX = "tax", "tax"


class ChargeQuerySet(OfAgreementQuerySet):
    """Selects charges."""

    def open(self) -> Self:
        """Those that no later line takes back."""
        return self.filter(taken_back_by=None)

    def to_bill(self) -> Self:
        """Those not yet on an invoice or credit note, without pairs in which one takes back the other."""
        unbilled = Charge.objects.filter(on_document=False)
        return self.filter(
            ~Exists(unbilled.filter(takes_back=OuterRef("pk"))),
            ~Exists(unbilled.filter(pk=OuterRef("takes_back"))),
            on_document=False,
        )

    def agreements(self) -> AgreementQuerySet:
        """The agreements that they stand in."""
        return Agreement.objects.filter(pk__in=self.order_by().values("agreement"))


class Charge(models.Model):
    """One line of what is owed, append-only, with its clause and its arithmetic in words.

    `amount` is positive for what the reseller owes and negative for a credit or refund; it is never computed anew.
    `reference` names what it is about where that is a case or a work order. A line is taken back by one of the
    opposite amount, never by a change; `gives_back` is the line of which a credit or refund gives back a part. The
    database alone writes `on_document`, with the line that bills it.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=20, choices=ChargeKind.choices)
    text = models.CharField(max_length=250, help_text="What it is for, as the invoice says it.")
    words = models.TextField(help_text="The arithmetic, in words.")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    clause = models.CharField(max_length=60)
    reference = models.CharField(max_length=60, blank=True)
    incurred_on = models.DateField()
    authorisation = models.ForeignKey(
        Authorisation, null=True, blank=True, on_delete=models.PROTECT, related_name="charges"
    )
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )
    gives_back = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="given_back_by"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    on_document = models.BooleanField(default=False, editable=False)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "incurred_on", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["agreement"], name="charge_to_bill", condition=Q(on_document=False)
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["credit", "refund"], amount__lte=0)
                | ~Q(kind__in=["credit", "refund"]) & Q(amount__gte=0),
                name="charge_sign_follows_its_kind",
            ),
            models.CheckConstraint(condition=~Q(clause=""), name="charge_names_its_clause"),
            models.CheckConstraint(
                condition=Q(takes_back=None) | ~Q(takes_back=F("id")),
                name="charge_takes_back_another",
            ),
            models.CheckConstraint(
                condition=Q(gives_back=None)
                | Q(kind__in=["credit", "refund"], takes_back=None) & ~Q(gives_back=F("id")),
                name="charge_gives_back_as_a_credit",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["on_document"]),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="charge_on_document_by_its_line",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("on_document"),
                func="""
                    IF NEW.on_document IS DISTINCT FROM EXISTS (
                        SELECT 1 FROM contracts_invoiceline WHERE charge_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'a charge is on a document when a line bills it'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'charge_on_document_by_its_line';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.amount}"
