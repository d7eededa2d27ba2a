"""Rows of the access matrix about the roster: everybody of the agreement reads it, those who keep it change it."""

from typing import Any

from contracts.roster.models.entries import RosterEntry
from tests.access.actors import Actor
from tests.access.rows import PRESENT, Row, only, row

_ADMINISTRATOR = (Actor.CONTRACT_ADMINISTRATOR,)
_READS: dict[str, Any] = {
    "reseller": only(PRESENT, 200, 404),
    "provider": 200,
    "foreign": 404,
}


def _kept(status: int, note: str = "") -> dict[str, Any]:
    """The answer to those who keep the roster; 403 to other readers of the agreement, 404 to who left."""
    return {
        "reseller": {**only(PRESENT, 403, 404), Actor.ADMINISTRATIVE: status},
        "provider": only(_ADMINISTRATOR, status, 403),
        "foreign": 404,
        "note": note or "who keeps the roster (ATSP 1.1)",
    }


def _person(world: Any, side: Any) -> dict[str, str]:
    """A new contact, as a form's fields."""
    site = side.contact.site.name
    return {
        "standing": "management",
        "name": "Ines Vega",
        "email": "ines.vega@new.example",
        "site": site,
    }


def _heir(world: Any, side: Any) -> dict[str, str]:
    heir = RosterEntry.objects.get(pk=side.things["roster line"][1])
    return {"to": str(heir.contact_id)}


def _confirmed(world: Any, side: Any) -> dict[str, str]:
    return {"confirm": "yes"}


ROSTER_ROWS: tuple[Row, ...] = (
    row("agreement_roster", about="agreement", **_READS),
    row("roster_file", about="roster file", **_READS),
    row("roster_add", about="agreement", **_kept(200)),
    row("roster_add", "POST", about="agreement", sends=_person, **_kept(302)),
    row("roster_hand_over", about="agreement", **_kept(200)),
    row("roster_hand_over", "POST", about="agreement", sends=_heir, **_kept(302)),
    row("roster_import", about="agreement", **_kept(200)),
    row(
        "roster_import",
        "POST",
        about="agreement",
        **_kept(409, note="here: no file is chosen"),
    ),
    row("roster_line", about="roster line", **_kept(200)),
    row("roster_act", "POST", about="roster act", **_kept(302, note="here: made alternate")),
    row(
        "roster_training",
        "POST",
        about="training",
        sends=_confirmed,
        **_kept(302, note="confirming is the contract administrator's; others are told so"),
    ),
)
