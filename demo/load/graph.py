"""Which rows belong to a reseller of the mould, found by following the models' foreign keys."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Authorisation
from contracts.billing.models.invoices import InvoiceNumber
from contracts.callers.models import CallerWords
from contracts.parties.models.parties import Contact, Organisation
from contracts.work_orders.models import WorkExpense, WorkLog, WorkOrder
from portal.models import User

Model = type[models.Model]
_ROOMS = ("contracts",)
_NOT_COPIED: tuple[Model, ...] = (
    WorkOrder,
    WorkLog,
    WorkExpense,
    Authorisation,
    InvoiceNumber,
    CallerWords,
)
"""Work orders are tied to one case of the mould; the counter of invoices is set at the end; a trigger writes what
contacts are found by."""


@dataclass(slots=True)
class Graph:
    """The rows of one reseller: their keys by model, in order.

    A contact's user stands at the same position among the users as the contact among the contacts.
    """

    reseller: Organisation
    keys: dict[Model, list[int]] = field(default_factory=dict)

    def position(self, model: Model, key: int) -> int:
        """The position of a row among the reseller's rows of its model. Raises ValueError for another's row."""
        return self.keys[model].index(key)


def graph_of(reseller: Organisation) -> Graph:
    """Collect what belongs to a reseller. Raises ValueError when one of its contacts cannot be matched to a user."""
    found: dict[Model, set[int]] = {Organisation: {reseller.pk}}
    grown = True
    while grown:
        grown = False
        for model in _candidates():
            for relation in _relations(model, found):
                known = found.setdefault(model, set())
                before = len(known)
                wanted = {f"{relation.name}__in": list(found[_target(relation)])}
                known.update(model._base_manager.filter(**wanted).values_list("pk", flat=True))
                grown = grown or len(known) > before
    agreements = Agreement.objects.filter(reseller=reseller).values_list("pk", flat=True)
    found[Agreement] = set(agreements)
    keys = {model: sorted(rows) for model, rows in found.items() if rows}
    users = dict(Contact.objects.filter(pk__in=keys.get(Contact, [])).values_list("pk", "user_id"))
    if users:
        keys[User] = [users[key] or -key for key in keys[Contact]]
    return Graph(reseller, keys)


def _candidates() -> Iterator[Model]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in _ROOMS and model not in _NOT_COPIED and not _left_out(model):
            yield model


def _left_out(model: Model) -> bool:
    """Whether it only ties together rows of a kind that is not copied."""
    return bool(model._meta.auto_created) and any(
        relation.related_model in _NOT_COPIED
        for relation in model._meta.concrete_fields
        if isinstance(relation, models.ForeignKey)
    )


def _relations(model: Model, found: dict[Model, set[int]]) -> list[models.ForeignKey]:
    return [
        relation
        for relation in model._meta.concrete_fields
        if isinstance(relation, models.ForeignKey)
        and _target(relation) in found
        and not (model is Agreement and relation.name == "provider")
    ]


def _target(relation: models.ForeignKey) -> Model:
    return relation.related_model
