"""Agreements: which terms two parties signed, for which year, with which options (ATSP page 1)."""

import datetime as dt
import zoneinfo
from typing import Any, ClassVar, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Greatest, Least

from contracts.agreements.rules.life import Cause, begins_at, expires_at, words_of_end
from contracts.parties.models.parties import Organisation
from contracts.programmes.models import ProgrammeVersion, programme_of, version_of
from contracts.programmes.rules.terms import TECHNICAL_SUPPORT, OptionKind, Programme, Tier
from contracts.scope import ScopedQuerySet
from portal.models.text import contains_index
from portal.models.user import validate_zone


def days(first: str, last: str) -> Func:
    """The range of days from a field to another, both inclusive; an empty last day leaves it open."""
    return Func(
        F(first),
        F(last),
        RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="daterange",
        output_field=DateRangeField(),
    )


def days_in_force() -> Func:
    """The range of days on which an agreement is in force: its year, cut off by an earlier end; empty for none."""
    after = Least(F("ends_on") + Value(1, models.IntegerField()), F("ended_on"))
    return Func(
        F("effective_on"),
        Greatest(F("effective_on"), after),
        function="daterange",
        output_field=DateRangeField(),
    )


def local_date(at: dt.datetime) -> Cast:
    """The date of an instant in an agreement's own zone."""
    local = Func(F("zone"), Value(at, models.DateTimeField()), function="timezone")
    return Cast(local, models.DateField())


class AgreementState(models.TextChoices):
    """Where an agreement is in its life."""

    DRAFT = "draft", "draft"
    SIGNED = "signed", "signed"
    IN_FORCE = "in_force", "in force"
    ENDED = "ended", "ended"


AS_SIGNED = (
    "programme_version_id",
    "tier",
    "tier_initials",
    "reseller_id",
    "provider_id",
    "contract_number",
    "reseller_agreement_number",
    "reference",
    "renews_id",
    "effective_on",
    "ends_on",
    "zone",
    "provider_name_as_signed",
    "reseller_name_as_signed",
    "reseller_address_as_signed",
)
"""What the paper of a signed agreement says: the database lets none of it change."""


def _any_changed(*columns: str) -> pgtrigger.Q:
    changed = pgtrigger.Q()
    for column in columns:
        changed |= pgtrigger.Q(**{f"old__{column}__df": pgtrigger.F(f"new__{column}")})
    return changed


def stays_when_signed(name: str, what: str) -> pgtrigger.Trigger:
    """A trigger that keeps the rows of a part of an agreement as they were signed; a draft's may change."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF EXISTS (
                SELECT 1 FROM contracts_agreement
                WHERE id = OLD.agreement_id AND state <> 'draft'
            ) THEN
                RAISE EXCEPTION '{what} of a signed agreement stays as signed'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own
    )


class EndCause(models.TextChoices):
    """Why an agreement ended; the clause of each is in ``contracts.agreements.rules.life``."""

    EXPIRED = "expired", "the contract year is over"
    CASES_SPENT = "cases_spent", "all cases are spent"
    TERMINATED = "terminated", "terminated with cause"


class AgreementQuerySet(ScopedQuerySet):
    """Selects agreements."""

    organisation = "reseller"

    def visible_to(self, user: Any) -> Self:
        """All to the provider; to a reseller's people their own once they are signed: a draft is the provider's."""
        seen = super().visible_to(user)
        if user.is_authenticated and user.is_provider:
            return seen
        return seen.exclude(state=AgreementState.DRAFT)

    def matching(self, text: str) -> Self:
        """Those whose reference or reseller's name has the text."""
        named = Organisation.objects.named(text).values("pk")
        return self.filter(Q(reference__icontains=text) | Q(reseller__in=named))

    def of_the_same(self, agreement: "Agreement") -> Self:
        """Those between the same provider and reseller about the same kind of support, under whatever programme."""
        return self.filter(
            provider=agreement.provider_id,
            reseller=agreement.reseller_id,
            support=agreement.programme.kind_of_support,
        )

    def by_reseller(self) -> Self:
        """In the order of their resellers' names, the latest year of each first."""
        return self.order_by("reseller__name", "-effective_on", "-pk")

    def in_force(self, at: dt.datetime) -> Self:
        """Those in force at an instant: on the days of their year before their end, by the date in their own zone."""
        return (
            self.alias(_today=local_date(at))
            .filter(state__in=[AgreementState.IN_FORCE, AgreementState.ENDED])
            .filter(effective_on__lte=F("_today"), ends_on__gte=F("_today"))
            .filter(Q(ended_on=None) | Q(ended_on__gt=F("_today")))
        )

    def begun(self, at: dt.datetime) -> Self:
        """Those in force at an instant or before it, by the date in their own zone."""
        return (
            self.alias(_today=local_date(at))
            .filter(state__in=[AgreementState.IN_FORCE, AgreementState.ENDED])
            .filter(Q(ended_on=None) | Q(ended_on__gt=F("effective_on")))
            .filter(effective_on__lte=F("_today"))
        )


class Agreement(models.Model):
    """A support agreement for one contract year, under one published version of a programme.

    `effective_on` and `ends_on` are the first and the last day of the year, dates in `zone`, the reseller's own.
    The names of the parties stay as they were signed, whoever succeeds them later (ATSP 19.3).
    """

    reseller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="agreements_provided"
    )
    programme_version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.PROTECT, related_name="agreements"
    )
    programme_code = models.CharField(
        max_length=60, blank=True, default="", editable=False, help_text="Set by the database."
    )
    support = models.CharField(
        max_length=60,
        blank=True,
        default="",
        editable=False,
        help_text="The kind of support. Set by the database.",
    )
    tier = models.CharField(
        max_length=60, blank=True, help_text="A tier of the programme, by code."
    )
    tier_initials = models.CharField(max_length=10, blank=True)
    contract_number = models.CharField(max_length=40)
    reference = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text="Names this year of the contract in addresses and in the ledger.",
    )
    renews = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="renewal",
        help_text="The year that this one follows under the same contract (REN).",
    )
    reseller_agreement_number = models.CharField(max_length=40, blank=True)
    reseller_agreement_in_force = models.BooleanField(
        default=True, help_text="In force and substantially complied with (ATSP 5.1)."
    )
    effective_on = models.DateField()
    ends_on = models.DateField(help_text="The last day of the year.")
    zone = models.CharField(
        max_length=64,
        validators=[validate_zone],
        help_text="The zone in which the agreement's dates count.",
    )
    state = models.CharField(
        max_length=10, choices=AgreementState.choices, default=AgreementState.DRAFT
    )
    ended_on = models.DateField(
        null=True, blank=True, help_text="The first day without the agreement."
    )
    end_cause = models.CharField(max_length=20, choices=EndCause.choices, blank=True)
    end_reason = models.TextField(blank=True)
    provider_name_as_signed = models.CharField(max_length=160, blank=True)
    reseller_name_as_signed = models.CharField(max_length=160, blank=True)
    reseller_address_as_signed = models.TextField(
        blank=True, default="", help_text="Line by line, where the paper of the year names it."
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["reseller", "-effective_on"]
        indexes: ClassVar = [
            contains_index("reference", name="agreement_reference_words"),
            models.Index(fields=["ends_on"], name="agreement_by_end"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="agreement_reference_once"),
            models.UniqueConstraint(
                fields=["contract_number", "effective_on"], name="contract_year_once"
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="agreement_has_a_reference"),
            models.CheckConstraint(
                condition=Q(state=AgreementState.ENDED.value, ended_on__isnull=False)
                & ~Q(end_cause="")
                | ~Q(state=AgreementState.ENDED.value) & Q(ended_on=None, end_cause=""),
                name="agreement_ends_on_a_day_for_a_cause",
            ),
            models.CheckConstraint(
                condition=~Q(contract_number=""), name="agreement_has_a_contract_number"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("effective_on")), name="agreement_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(reseller=F("provider")), name="agreement_has_two_parties"
            ),
            ExclusionConstraint(
                name="agreement_years_do_not_overlap",
                expressions=[
                    ("provider", RangeOperators.EQUAL),
                    ("reseller", RangeOperators.EQUAL),
                    ("support", RangeOperators.EQUAL),
                    (days_in_force(), RangeOperators.OVERLAPS),
                ],
                condition=~Q(state=AgreementState.DRAFT.value),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="programme_code_of_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    SELECT code, coalesce(terms -> 'programme' ->> 'support', '{TECHNICAL_SUPPORT}')
                        INTO NEW.programme_code, NEW.support
                        FROM contracts_programmeversion WHERE id = NEW.programme_version_id;
                    RETURN NEW;
                """,  # noqa: S608  # a constant
            ),
            pgtrigger.Protect(
                name="signed_terms_stay",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="draft") & _any_changed(*AS_SIGNED),
            ),
        ]

    def __str__(self) -> str:
        return self.contract_number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; a new one gets its reference: the contract's number, with the year after a renewal."""
        if not self.reference:
            self.reference = self._free_reference()
        super().save(*args, **kwargs)

    @property
    def programme(self) -> Programme:
        """The terms it was signed under."""
        return programme_of(self.programme_version_id)

    @property
    def version(self) -> ProgrammeVersion:
        """The version of its terms, by code and number."""
        return version_of(self.programme_version_id)

    @property
    def tier_terms(self) -> Tier | None:
        """The terms of its tier; None in a programme that has no tiers."""
        return self.programme.tier(self.tier) if self.tier else None

    def _free_reference(self) -> str:
        others = Agreement.objects.filter(contract_number=self.contract_number)
        if not others.exists():
            return self.contract_number
        return f"{self.contract_number}-{self.effective_on:%Y}"

    def has_option(self, kind: OptionKind, on: dt.date | None = None) -> bool:
        """Whether an option of that kind was taken (by that day, when one is given)."""
        return any(
            option.kind == kind and (on is None or option.taken_on <= on)
            for option in self.options.all()
        )

    @property
    def end_words(self) -> str:
        """Why it ended, as its paper has it; "" while it has not."""
        return words_of_end(Cause(self.end_cause), self.programme) if self.end_cause else ""

    @property
    def anniversary(self) -> dt.date:
        """The first day after the contract year."""
        return self.ends_on + dt.timedelta(days=1)

    @property
    def term_began_on(self) -> dt.date:
        """The first day of the Term: a renewal extends it, so that of the first year renewed since (REN; D-26).

        One query for a renewed year, none for another.
        """
        began, earlier = self.effective_on, self.renews_id
        if earlier is None:
            return began
        years = Agreement.objects.filter(contract_number=self.contract_number)
        known = {pk: row for pk, *row in years.values_list("pk", "effective_on", "renews_id")}
        while earlier in known:
            began, earlier = known[earlier]
        return began

    @property
    def last_day(self) -> dt.date:
        """The last day with the agreement: its year's, or the one before an earlier end."""
        if self.ended_on is None:
            return self.ends_on
        return min(self.ends_on, self.ended_on - dt.timedelta(days=1))

    def overlapping(self) -> AgreementQuerySet:
        """Other signed agreements of the same parties and kind of support whose days overlap this one's year."""
        return (
            Agreement.objects.of_the_same(self)
            .filter(
                effective_on__lte=self.ends_on,
                ends_on__gte=self.effective_on,
            )
            .exclude(state=AgreementState.DRAFT)
            .exclude(pk=self.pk)
            .filter(
                Q(ended_on=None)
                | Q(ended_on__gt=self.effective_on) & Q(ended_on__gt=F("effective_on"))
            )
        )

    @property
    def starts_at(self) -> dt.datetime:
        """The instant, UTC, at which its first day begins in its zone."""
        return begins_at(self.effective_on, self.zone)

    @property
    def expires_at(self) -> dt.datetime:
        """The instant, UTC, at which its year is over, whether or not it ended before."""
        return expires_at(self.ends_on, self.zone)

    def date_at(self, at: dt.datetime) -> dt.date:
        """The date of an instant in the agreement's zone."""
        return at.astimezone(zoneinfo.ZoneInfo(self.zone)).date()

    def is_in_force(self, at: dt.datetime) -> bool:
        """Whether it is in force at an instant, as `AgreementQuerySet.in_force` selects."""
        began = self.state in (AgreementState.IN_FORCE, AgreementState.ENDED)
        return began and self.effective_on <= self.date_at(at) <= self.last_day


class OfAgreementQuerySet(ScopedQuerySet):
    """Selects parts of agreements."""

    organisation = "agreement__reseller"
