"""Who reads and moves an agreement's money: the Administrative Contact, and few of the provider's people (ATSP 1.1)."""

from typing import Any

from django.db.models import Q, QuerySet

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import Authorisation
from contracts.billing.models.invoices import MONEY_READERS, administered_by
from contracts.parties.people import require_serving
from contracts.work_orders.models import WorkOrder
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 1.1"


def is_administrative(user: Any, agreement: Agreement) -> bool:
    """Whether the user is the Administrative Contact of the agreement's reseller, on any year's roster."""
    if not user.is_authenticated or not user.is_active or user.is_provider:
        return False
    return bool(administered_by(user).filter(agreement__reseller=agreement.reseller_id).exists())


def may_read_money(user: Any, agreement: Agreement) -> bool:
    """Whether the user reads what is owed and paid under an agreement that they may see."""
    if getattr(user, "is_provider", False):
        return bool(user.has_role(*MONEY_READERS))
    return is_administrative(user, agreement)


def authorisations_read_by(user: Any) -> QuerySet[Authorisation]:
    """The authorizations whose papers the user reads: those who read the money read all, others a work order's."""
    seen: QuerySet[Authorisation] = Authorisation.objects.visible_to(user)
    of_work = Q(pk__in=WorkOrder.objects.values("authorisations"))
    if not getattr(user, "is_provider", False):
        return seen.filter(of_work | Q(agreement__reseller__in=administered_by(user)))
    return seen if user.has_role(*MONEY_READERS) else seen.filter(of_work)


def may_move_money(user: Any) -> bool:
    """Whether the user invoices, records payments and settles disputes."""
    return bool(getattr(user, "is_provider", False) and user.has_role(Role.CONTRACT_ADMINISTRATOR))


def require_keeper(user: User, agreement: Agreement, *, act: str) -> User:
    """The user, if they keep the books of the agreement's provider. Raises Refusal otherwise."""
    require_role(user, Role.CONTRACT_ADMINISTRATOR, act=act)
    require_serving(user, agreement.provider_id, act)
    return user


def require_money_reader(user: Any, agreement: Agreement, *, act: str = "see invoices") -> User:
    """The user, if they read the agreement's money. Raises Refusal with who does."""
    if may_read_money(user, agreement):
        found: User = user
        return found
    if getattr(user, "is_provider", False):
        require_role(user, *MONEY_READERS, act=act)
    raise Refusal(
        f"You may not {act}: they are for your Administrative Contact.",
        clause=CLAUSE,
        way_out="Ask your company's Administrative Contact; the agreement's first page names them.",
    )


def require_administrative(user: Any, agreement: Agreement, *, act: str) -> User:
    """The user, if they are the reseller's Administrative Contact. Raises Refusal otherwise."""
    if is_administrative(user, agreement):
        found: User = user
        return found
    raise Refusal(
        f"You may not {act}: that is for the reseller's Administrative Contact.",
        clause=CLAUSE,
        way_out="Ask the reseller's Administrative Contact to do it in the portal.",
    )
