"""What messages say about a case, and who answers for it: for many cases in two statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import connection

from cases.case.addresses import page_of
from cases.case.models import Case
from cases.case.selecting import USERS
from portal import bulk
from portal.models import SubjectKey, User

# Names are looked up one by one: to join them, the database would read every contact there is for a batch of cases.
_READ = """
    SELECT c.id, c.title, c.severity,
           (SELECT name FROM contracts_organisation WHERE id = c.reseller_id),
           (SELECT name FROM contracts_contact WHERE id = c.contact_id),
           provider.id, CASE WHEN provider.own_people THEN provider.telephone END, c.agreement_id, c.owner_id
      FROM cases_case AS c
      JOIN contracts_agreement AS agreement ON agreement.id = c.agreement_id
      JOIN contracts_organisation AS provider ON provider.id = agreement.provider_id
     WHERE c.id = ANY(%s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class CaseInWords:
    """A case as messages name it. `telephone` is that of a provider with people of its own, None for the house's."""

    pk: int
    title: str
    severity: int
    reseller: str
    contact: str
    provider_id: int
    telephone: str | None
    agreement_id: int
    owner: User | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """One case, read with its agreement, provider, reseller, contact and owner."""
        provider = case.agreement.provider
        return cls(
            case.pk,
            case.title,
            case.severity,
            case.reseller.name,
            case.contact.name,
            provider.pk,
            provider.telephone if provider.own_people else None,
            case.agreement_id,
            case.owner,
        )

    @property
    def number(self) -> str:
        """The case number that people quote."""
        return str(self.pk)

    @property
    def key(self) -> SubjectKey:
        """Its name as the subject of a notice."""
        return SubjectKey(Case._meta.label_lower, self.pk)

    @property
    def url(self) -> str:
        """The path of its page."""
        return page_of(self.pk)

    def context(self, **more: Any) -> dict[str, Any]:
        """What every message about it may use: plain values only, since they are kept with the notice."""
        context = {
            "case": self.number,
            "case_title": self.title,
            "severity": self.severity,
            "reseller": self.reseller,
            "contact": self.contact,
        }
        if self.telephone is not None:
            context["telephone"] = self.telephone
        context.update(more)
        return context


def in_words(case_ids: Iterable[int]) -> dict[int, CaseInWords]:
    """The cases of those ids, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [bulk.array(case_ids)])
        rows = cursor.fetchall()
    owners = USERS.in_bulk({owner for *_, owner in rows if owner})
    return {
        pk: CaseInWords(
            pk,
            title,
            severity,
            reseller,
            contact,
            provider,
            telephone,
            agreement,
            owners.get(owner),
        )
        for pk, title, severity, reseller, contact, provider, telephone, agreement, owner in rows
    }
