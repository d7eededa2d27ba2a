"""The parties: organizations, their sites, and the people at them (ATSP page 1, Ex.A)."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from contracts.scope import ScopedQuerySet
from portal.models.text import contains_index
from portal.models.user import validate_zone


class Address(models.Model):
    """Where something is, as the paper writes it."""

    address = models.CharField(max_length=200, blank=True, help_text="Street and number.")
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=60, blank=True, help_text="State or province.")
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        """The address line by line, without empty lines."""
        city = ", ".join(part for part in (self.city, self.state) if part)
        lines = (self.address, f"{city} {self.postal_code}".strip(), self.country)
        return [line for line in lines if line]


class OrganisationKind(models.TextChoices):
    """Which side an organization first came to the portal on; an agreement says on which it stands there."""

    PROVIDER = "provider", "provider"
    RESELLER = "reseller", "reseller"


class OrganisationQuerySet(ScopedQuerySet):
    """Selects organizations."""

    organisation = "pk"

    def called(self, name: str) -> Self:
        """The one that has the name, or had it (ATSP 20.2)."""
        return self.filter(Q(name__iexact=name) | Q(changes__name__iexact=name)).distinct()

    def named(self, text: str) -> Self:
        """Those whose name has the text."""
        return self.filter(name__icontains=text)


class Organisation(Address):
    """A party to agreements."""

    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices)
    telephone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    own_people = models.BooleanField(
        default=False,
        help_text="As a provider it is served by its own people, not by those of the house.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="organisation_name_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["name"], name="organisation_by_name"),
            models.Index(
                fields=["id"], name="organisation_of_its_own", condition=Q(own_people=True)
            ),
            contains_index("name", name="organisation_name_words"),
        ]

    def __str__(self) -> str:
        return self.name


class SiteQuerySet(ScopedQuerySet):
    """Selects sites."""

    organisation = "organisation"


class Site(Address):
    """A place of an organization. Its region says which cases it draws on, its zone when its clocks run (D-6)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=100)
    region = models.CharField(max_length=20, help_text="A region of the programme, such as US.")
    zone = models.CharField(max_length=64, validators=[validate_zone])

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint("organisation", Lower("name"), name="site_name_once"),
            models.CheckConstraint(condition=~Q(region=""), name="site_has_a_region"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(ScopedQuerySet):
    """Selects contacts."""

    organisation = "organisation"

    def present(self) -> Self:
        """Those who have not left."""
        return self.filter(left_at=None)


class Contact(models.Model):
    """A person at an organization, as Exhibit A lists them (ATSP 5.2.1). With a user they can sign in."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contacts"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="contacts")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contact",
    )
    name = models.CharField(max_length=120)
    telephone = models.CharField(max_length=40, blank=True)
    telephone_digits = models.GeneratedField(
        expression=Func(
            F("telephone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"
        ),
        output_field=models.CharField(max_length=40),
        db_persist=True,
        help_text="By which the number is found in any spelling.",
    )
    fax = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    pager = models.CharField(max_length=40, blank=True, help_text="Pager or cell number.")
    code = models.CharField(max_length=20, blank=True, help_text="The provider's contact code.")
    left_at = models.DateTimeField(null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                name="contact_email_once",
                condition=~Q(email="") & Q(left_at=None),
            ),
            models.UniqueConstraint(
                fields=["code"], name="contact_code_once", condition=~Q(code="")
            ),
        ]
        indexes: ClassVar = [
            GinIndex(
                OpClass("telephone_digits", name="gin_trgm_ops"), name="contact_telephone_digits"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="contact_at_own_site",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM contracts_site
                        WHERE id = NEW.site_id AND organisation_id = NEW.organisation_id
                    ) THEN
                        RAISE EXCEPTION 'the contact''s site is another organisation''s'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'contact_at_own_site';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name
