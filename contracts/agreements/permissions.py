"""Who may draw up, sign, change and end an agreement: the contract administrators of its provider."""

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import require_serving
from portal.access import require_role
from portal.models import User
from portal.roles import Role


def require_administrator(by: User, agreement: Agreement, act: str) -> None:
    """Raise Refusal unless the person is a contract administrator of the agreement's provider."""
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act=act)
    require_serving(by, agreement.provider_id, act)


def require_administrator_or_portal(by: User | None, agreement: Agreement, act: str) -> None:
    """Let the portal itself and the contract administrators of its provider pass. Raises Refusal for others."""
    if by is not None:
        require_administrator(by, agreement, act)
