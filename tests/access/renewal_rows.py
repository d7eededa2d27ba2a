"""Rows of the access matrix about renewal and end."""

from typing import Any

from tests.access.actors import Actor
from tests.access.rows import PRESENT, Row, of_the_provider, only, row

MANAGERS = (Actor.ACCOUNT_MANAGER, Actor.CONTRACT_ADMINISTRATOR)


def _edit(world: Any, side: Any) -> dict[str, Any]:
    version = side.agreement.programme_version_id
    return {"version": version, "tier": side.agreement.tier, "performance_status": ""}


def _act(method: str, provider: Any, **more: Any) -> Row:
    return row(
        "renewal_act",
        method,
        reseller={**dict.fromkeys(PRESENT, 403), Actor.LEFT: 404},
        provider=provider,
        about="renewal edit",
        foreign=404,
        **more,
    )


RENEWAL_ROWS: tuple[Row, ...] = (
    row(
        "renewal",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
        note="the right not to renew is shown to the provider only",
    ),
    row(
        "renewal_paper",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
    ),
    of_the_provider("renewals", provider=only(MANAGERS, 200, 403)),
    _act("GET", only(MANAGERS, 200, 403)),
    _act(
        "POST",
        only(MANAGERS, 302, 403),
        sends=_edit,
        note="here: change what is proposed; each act is of its own people",
    ),
)
