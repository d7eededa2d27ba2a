"""By what of them contacts are found: words, digits and codes, written by the database (ADR 68)."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.scope import reach_of


class CallerQuerySet(models.QuerySet["CallerWords"]):
    """Selects contacts by what is said of them."""

    def visible_to(self, user: Any) -> Self:
        """Those of the resellers that a provider's person serves, as `organisations_served` says; nobody else's.

        Asked of each row that was found: nobody's reach is read as a whole.
        """
        if not user.is_authenticated or not user.is_active or not user.is_provider:
            return self.none()
        reach = reach_of(user)
        if reach.place is None and not reach.apart:
            return self.all()
        theirs = Agreement.objects.filter(reseller=OuterRef("contact__organisation"))
        served = Q(Exists(theirs.filter(reach.serves("provider"))))
        if reach.place is None:
            served |= Q(~Exists(theirs))
        return self.filter(served)


class CallerWords(models.Model):
    """What a contact is found by. Triggers write it with the contact, the organization, and its changes of name."""

    contact = models.OneToOneField(
        Contact, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    words = models.TextField(
        help_text="Folded: name, mail address, code, and all names of the organization."
    )
    digits = models.TextField(help_text="Of telephone, pager and the organization's telephone.")
    code = models.CharField(max_length=20, help_text="As `callers.rules.code_of` has it.")

    objects = CallerQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            GinIndex(
                OpClass("words", name="gin_trgm_ops"),
                OpClass("digits", name="gin_trgm_ops"),
                OpClass("code", name="gin_trgm_ops"),
                name="caller_words",
            ),
        ]

    def __str__(self) -> str:
        return self.words.strip()


class CallerWord(models.Model):
    """A word of three letters or more by which some contact was ever found, once. A trigger writes it.

    It is found by its sound too: by each of its two Double Metaphone keys.
    """

    word = models.CharField(max_length=40, primary_key=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(Func(F("word"), function="dmetaphone"), name="caller_word_sound"),
            models.Index(
                Func(F("word"), function="dmetaphone_alt"), name="caller_word_other_sound"
            ),
        ]

    def __str__(self) -> str:
        return self.word
