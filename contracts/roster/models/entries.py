"""The roster: Exhibit A as rows, each contact's standing from when to when (ATSP 5.2.1)."""

import datetime as dt
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.parties.models.parties import Contact


class RosterRole(models.TextChoices):
    """What a contact is under an agreement."""

    ADMINISTRATIVE = "administrative", "Administrative Contact"
    TECHNICAL = "technical", "Technical Contact"
    ALTERNATE = "alternate", "Alternate Technical Contact"
    MANAGEMENT = "management", "Escalation management contact"


TECHNICAL_ROLES = (RosterRole.TECHNICAL, RosterRole.ALTERNATE)
_TECHNICAL = Q(standing__in=[standing.value for standing in TECHNICAL_ROLES])


class RosterQuerySet(OfAgreementQuerySet):
    """Selects roster entries."""

    def on_the_form(self, at: dt.datetime) -> Self:
        """The lines that Exhibit A has at an instant, of people who left too."""
        return self.filter(Q(removed_at=None) | Q(removed_at__gt=at), submitted_at__lte=at)

    def current(self, at: dt.datetime) -> Self:
        """Those on the roster at an instant, whether or not they may ask for assistance yet."""
        return self.on_the_form(at).filter(contact__left_at=None)

    def usable(self, at: dt.datetime) -> Self:
        """Those past the waiting time at an instant (ATSP 5.2.1)."""
        return self.current(at).filter(usable_from__lte=at)

    def technical(self) -> Self:
        """Technical Contacts and their alternates."""
        return self.filter(_TECHNICAL)

    def in_form_order(self) -> Self:
        """As Exhibit A lists them: the Administrative Contact, then the slots of each pool, then the others."""
        rank = models.Case(
            models.When(standing=RosterRole.ADMINISTRATIVE, then=0),
            models.When(_TECHNICAL, then=1),
            default=2,
            output_field=models.SmallIntegerField(),
        )
        return self.order_by(rank, "pool", F("slot").asc(nulls_last=True), "contact__name", "pk")


class RosterEntry(models.Model):
    """One line of Exhibit A. A changed line is removed and a new one submitted, so that the history stays.

    `slot` numbers the prepaid places of the pool; a contact added beyond them has none (ATSP 2.1).
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="roster")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="roster_entries")
    standing = models.CharField(max_length=20, choices=RosterRole.choices)
    pool = models.CharField(max_length=60, blank=True, help_text="The tier's pool, by code.")
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    submitted_at = models.DateTimeField()
    usable_from = models.DateTimeField(help_text="They may ask for assistance from then on.")
    trained_on = models.DateField(null=True, blank=True)
    certified_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = RosterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "standing", "pool", "slot", "pk"]
        verbose_name_plural = "roster entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agreement", "contact"],
                name="roster_one_technical_line_each",
                condition=_TECHNICAL & Q(removed_at=None),
            ),
            models.UniqueConstraint(
                fields=["agreement", "contact", "standing"],
                name="roster_one_line_a_standing",
                condition=Q(removed_at=None),
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                name="roster_one_administrative_contact",
                condition=Q(standing="administrative", removed_at=None),
            ),
            models.UniqueConstraint(
                fields=["agreement", "pool", "slot"],
                name="roster_slot_taken_once",
                condition=Q(removed_at=None, slot__isnull=False),
            ),
            models.CheckConstraint(
                condition=_TECHNICAL | Q(slot=None, pool=""), name="roster_slots_are_technical"
            ),
            models.CheckConstraint(
                condition=Q(slot=None) | Q(slot__gte=1), name="roster_slots_count_from_one"
            ),
            models.CheckConstraint(
                condition=Q(usable_from__gte=F("submitted_at")),
                name="roster_usable_after_submission",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(removed_at__gte=F("submitted_at")),
                name="roster_removed_after_submission",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="roster_of_resellers_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM contracts_contact contact
                        JOIN contracts_agreement agreement
                            ON agreement.reseller_id = contact.organisation_id
                        WHERE contact.id = NEW.contact_id AND agreement.id = NEW.agreement_id
                    ) THEN
                        RAISE EXCEPTION 'the contact is not one of the agreement''s reseller'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'roster_of_resellers_people';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact} as {self.get_standing_display()}"

    @property
    def called(self) -> str:
        """The standing as the agreement's own paper calls it: "Technical Contact", "Liaison"."""
        return self.agreement.programme.paper.name(self.standing)

    @property
    def is_technical(self) -> bool:
        """Whether the line is a Technical Contact's or an alternate's."""
        return self.standing in TECHNICAL_ROLES
