"""What bears on an agreement's end: the reseller agreement, notices that support ends, the provider's successor."""

import datetime as dt
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contracts.agreements.models.agreements import Agreement, OfAgreementQuerySet
from contracts.agreements.models.signing import Side
from contracts.ending.rules.breach import Notice
from contracts.parties.models.changes import party_on
from contracts.parties.models.parties import Organisation
from portal.ui.words import day as day_words


class ResellerAgreementState(models.TextChoices):
    """How the reseller agreement stands, which is a condition of support (ATSP 5.1, 9.4)."""

    IN_FORCE = "in_force", "in force and substantially complied with"
    NOT_COMPLIED = "not_complied", "in force, not substantially complied with"
    LAPSED = "lapsed", "not in force"
    TERMINATED = "terminated", "terminated by the provider for cause"


class ResellerAgreementChange(models.Model):
    """The standing of the reseller agreement, since when, and why. Append-only: a change is a new row (ATSP 5.1)."""

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="reseller_agreement_changes"
    )
    standing = models.CharField(max_length=20, choices=ResellerAgreementState.choices)
    since = models.DateField()
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "recorded_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="reseller_agreement_change_has_a_reason"
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_standing_display()} since {day_words(self.since)}"


class NoticeGround(models.TextChoices):
    """Why support for a Software may end (ATSP 9.3)."""

    NO_LONGER_SUPPORTED = (
        "no_longer_supported",
        "Technical Support for this Software is no longer generally provided",
    )
    NO_LONGER_OFFERED = (
        "no_longer_offered",
        "upon renewal, the specific services are no longer provided",
    )


class SoftwareNoticeQuerySet(OfAgreementQuerySet):
    """Selects notices that support for a Software ends."""

    def standing(self) -> "SoftwareNoticeQuerySet":
        """Those not withdrawn."""
        return self.filter(withdrawn_at=None)

    def of_contract(self, agreement: Agreement) -> "SoftwareNoticeQuerySet":
        """Those given under any year of the agreement's contract."""
        return self.filter(agreement__contract_number=agreement.contract_number)

    def ended(self, contract_number: str, software: str, day: dt.date) -> "SoftwareNoticeQuerySet":
        """Those by which support for a Software has ended on a day of the agreement's zone, the earliest first.

        A notice that is withdrawn, or still runs, takes nothing away (ATSP 9.3).
        """
        given = self.standing().filter(agreement__contract_number=contract_number)
        return given.filter(software__iexact=software, ends_on__lte=day).order_by("ends_on", "pk")


class SoftwareNotice(models.Model):
    """Written notice that Technical Support for a Software ends (ATSP 9.3).

    `given_on` is the day on which it was given, `ends_on` the first day without support for that Software.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="software_notices"
    )
    software = models.CharField(max_length=120)
    ground = models.CharField(max_length=30, choices=NoticeGround.choices)
    given_on = models.DateField()
    ends_on = models.DateField()
    text = models.TextField(help_text="The notice as it was written.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SoftwareNoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "ends_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("given_on")),
                name="software_notice_ends_after_it_is_given",
            ),
            models.CheckConstraint(
                condition=~Q(software="") & ~Q(text=""), name="software_notice_is_in_writing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.software}: no support from {day_words(self.ends_on)}"


class BreachNoticeQuerySet(OfAgreementQuerySet):
    """Selects notices of breach."""

    def standing(self) -> "BreachNoticeQuerySet":
        """Those not cured."""
        return self.filter(cured_on=None)

    def curable(self) -> "BreachNoticeQuerySet":
        """Those that can be cured, and are not yet."""
        return self.standing().exclude(cure_until=None)


class BreachNotice(models.Model):
    """Written notice of a breach by the other party, or of another cause to terminate (SCL 10.1, 10.2, 18).

    `received_on` is the day on which it counts as delivered, `cure_until` the last day to cure, None where nothing is
    to be cured; dates of the agreement's zone. `ground` is a further cause of the programme, by code.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="breach_notices"
    )
    by_side = models.CharField(max_length=10, choices=Side.choices)
    ground = models.CharField(max_length=60, blank=True)
    text = models.TextField(help_text="The notice as it was written.")
    delivery = models.CharField(max_length=60, help_text="A delivery of the programme, by code.")
    sent_on = models.DateField()
    received_on = models.DateField()
    cure_until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cured_on = models.DateField(null=True, blank=True)
    cured_how = models.TextField(blank=True)

    objects = BreachNoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["agreement", "sent_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text=""), name="breach_notice_is_in_writing"),
            models.CheckConstraint(
                condition=Q(received_on__gte=F("sent_on")),
                name="breach_notice_received_after_it_went",
            ),
            models.CheckConstraint(
                condition=Q(cure_until=None) | Q(cure_until__gte=F("received_on")),
                name="breach_cure_ends_after_receipt",
            ),
            models.CheckConstraint(
                condition=Q(cured_on=None, cured_how="")
                | Q(cured_on__isnull=False, cure_until__isnull=False) & ~Q(cured_how=""),
                name="breach_cured_on_a_day_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}, {day_words(self.sent_on)}: {self.text[:60]}"

    @property
    def party(self) -> str:
        """Who gave it."""
        side = self.agreement.provider if self.by_side == Side.PROVIDER else self.agreement.reseller
        return side.name

    @property
    def clause(self) -> str:
        """The clause that it rests on: the cause's, else that of a breach."""
        ending = self.agreement.programme.ending
        if ending is None:
            return ""
        return next(
            (one.clause for one in ending.grounds if one.code == self.ground), ending.clause
        )

    @property
    def words(self) -> str:
        """The notice in words: who gave it, when it was received, what it says."""
        return f"Notice of {self.party}, received on {day_words(self.received_on)}: {self.text}"

    @property
    def facts(self) -> Notice:
        """The notice as the rules read it."""
        return Notice(self.received_on, self.cure_until, self.cured_on, self.clause)


class Succession(models.Model):
    """From a day on a party is named otherwise: its successor in interest (ATSP 19.3; SCL 19.1; REN). Append-only.

    The organization keeps the name under which it signed before; what is made from that day on carries the new one.
    `under` is the provider whose agreements it concerns, None for a provider's own: what one provider's people record
    of a customer is told in their agreements alone.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="successions"
    )
    under = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to = models.CharField(
        max_length=200, blank=True, help_text="The kind of successor, in the paper's words."
    )
    other_party_on = models.DateField(
        null=True,
        blank=True,
        help_text="When the other party consented or was notified in writing, where it must (SCL 19.1).",
    )
    name = models.CharField(max_length=160)
    predecessor = models.CharField(max_length=160, help_text="The name before, as it was then.")
    incorporated_in = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    reason = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["organisation", "since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "since"],
                name="succession_once_a_day",
                condition=Q(under=None),
            ),
            models.UniqueConstraint(
                fields=["organisation", "under", "since"],
                name="customers_succession_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(other_party_on=None) | Q(other_party_on__lte=F("since")),
                name="succession_after_the_other_party_knew",
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(predecessor="") & ~Q(reason=""),
                name="succession_names_both",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name}, successor in interest to {self.predecessor}"


def succession_on(
    organisation: Organisation, day: dt.date, under: int | None = None
) -> Succession | None:
    """The succession that names a party on a day; None while it has the name of its first paper (one query).

    `under` is the key of the provider in whose agreements a customer is named, None for a provider itself.
    """
    known: list[Succession] = [
        one for one in organisation.successions.all() if one.since <= day and one.under_id == under
    ]
    return max(known, key=lambda one: one.since, default=None)


def name_on(organisation: Organisation, day: dt.date, under: int | None = None) -> str:
    """How a party is named in what is made on a day: "EMC Corporation, successor in interest to …" (ATSP 19.3)."""
    succession = succession_on(organisation, day, under)
    return str(succession) if succession else party_on(organisation, day).name
