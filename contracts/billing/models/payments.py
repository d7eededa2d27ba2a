"""Payments of invoices, and credit notes set against them; append-only."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from contracts.billing.models.invoices import Invoice, OfMoneyQuerySet


class PaymentKind(models.TextChoices):
    """How money moved between the parties, or was set against what is owed."""

    PAYMENT = "payment", "payment received"
    CREDIT = "credit", "credit note used"
    REFUND = "refund", "paid to the reseller"
    TAKEN_BACK = "taken_back", "taken back"


class InvoicePaymentQuerySet(OfMoneyQuerySet):
    """Selects payments."""

    organisation = "invoice__agreement__reseller"


class InvoicePayment(models.Model):
    """Money that settles a document, append-only: received for an invoice, or given for a credit note.

    A credit note used for an invoice is one row that settles both. `amount` is positive; a row that takes another
    back has its negative. Together they never exceed the document: the database sees to it, one row at a time.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    credit_note = models.ForeignKey(
        Invoice, null=True, blank=True, on_delete=models.PROTECT, related_name="used_for"
    )
    kind = models.CharField(max_length=12, choices=PaymentKind.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    dated_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvoicePaymentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["dated_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="taken_back", amount__lt=0, takes_back__isnull=False)
                | ~Q(kind="taken_back") & Q(amount__gt=0, takes_back=None),
                name="payment_sign_follows_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="taken_back")
                | Q(kind="credit", credit_note__isnull=False)
                | Q(kind__in=["payment", "refund"], credit_note=None),
                name="payment_credit_names_its_note",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="payment_never_exceeds_its_document",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                declare=[("document", "record"), ("sum_of_all", "numeric")],
                func="""
                    FOR document IN
                        SELECT id, total FROM contracts_invoice
                        WHERE id IN (NEW.invoice_id, NEW.credit_note_id) ORDER BY id FOR UPDATE
                    LOOP
                        SELECT sum(amount) INTO sum_of_all
                            FROM contracts_invoicepayment
                            WHERE invoice_id = document.id OR credit_note_id = document.id;
                        IF sum_of_all < 0 OR sum_of_all > abs(document.total) THEN
                            RAISE EXCEPTION 'payments of % for a document of %', sum_of_all, document.total
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'payment_never_exceeds_its_document';
                        END IF;
                        UPDATE contracts_invoice SET settled = sum_of_all WHERE id = document.id;
                    END LOOP;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount}"
