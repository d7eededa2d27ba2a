"""Rows of the access matrix about an agreement's services: people, absences, calls, profile, the PSAM's home."""

from typing import Any

from contracts.services.forms import AgendaForm
from tests.access.actors import Actor
from tests.access.rows import PRESENT, Outcomes, Row, of_the_provider, only, row

ASSIGNERS = (Actor.CONTRACT_ADMINISTRATOR, Actor.SUPPORT_MANAGEMENT)
MANAGERS = (*ASSIGNERS, Actor.DIRECTOR_PREMIUM_SUPPORT, Actor.PSAM)
PROFILE_KEEPERS = (Actor.PSAM, Actor.ESS, Actor.SUPPORT_MANAGEMENT)
REFUSED: Outcomes = only(PRESENT, 403, 404)
READ: Outcomes = only(PRESENT, 200, 404)


def _assignment(world: Any, side: Any) -> dict[str, Any]:
    return {"duty": "psam", "user": side.things["newcomer"][0], "starts_on": side.agreement.ends_on}


def _absence(world: Any, side: Any) -> dict[str, Any]:
    return {
        "user": world.people[Actor.PSAM].pk,
        "starts_on": side.agreement.ends_on,
        "ends_on": side.agreement.ends_on,
        "reason": "vacation",
    }


SERVICES_ROWS: tuple[Row, ...] = (
    row("services", reseller=READ, provider=200, about="agreement", foreign=404),
    row(
        "assign_person",
        reseller=REFUSED,
        provider=only(ASSIGNERS, 200, 403),
        about="agreement",
        foreign=404,
    ),
    row(
        "assign_person",
        "POST",
        reseller=REFUSED,
        provider=only(ASSIGNERS, 302, 403),
        about="agreement",
        foreign=404,
        sends=_assignment,
    ),
    row(
        "end_assignment",
        reseller=REFUSED,
        provider=only(ASSIGNERS, 200, 403),
        about="assignment",
        foreign=404,
    ),
    row(
        "end_assignment",
        "POST",
        reseller=REFUSED,
        provider=only(ASSIGNERS, 302, 403),
        about="assignment",
        foreign=404,
        sends=lambda world, side: {"ends_on": side.agreement.ends_on},
    ),
    row("account_profile", reseller=READ, provider=200, about="agreement", foreign=404),
    row(
        "edit_profile",
        reseller=REFUSED,
        provider=only(PROFILE_KEEPERS, 200, 403),
        about="agreement",
        foreign=404,
    ),
    row(
        "edit_profile",
        "POST",
        reseller=REFUSED,
        provider=only(PROFILE_KEEPERS, 302, 403),
        about="agreement",
        foreign=404,
        sends=lambda world, side: {"based_on": 1, "notes": "Written anew."},
    ),
    row("call", reseller=READ, provider=200, about="call", foreign=404),
    row(
        "call_act",
        "POST",
        reseller=REFUSED,
        provider=only(MANAGERS, 302, 403),
        about="call act",
        foreign=404,
        sends=lambda world, side: {
            "agenda-text": "Open cases",
            "seen": AgendaForm.seen_of(side.agreement.calls.get(number=side.things["call"][1])),
        },
        note="here: the agenda; each act is of those in the PSAM's place, and their management",
    ),
    of_the_provider("absences", provider=200),
    of_the_provider(
        "absences",
        "POST",
        provider=only(MANAGERS, 302, 409),
        sends=_absence,
        note="here: the PSAM's; everybody enters their own",
    ),
    of_the_provider(
        "end_absence", "POST", provider=only(MANAGERS, 302, 403), about="absence", note="the PSAM's"
    ),
    of_the_provider("my_resellers", provider=only((Actor.PSAM,), 200, 403)),
)
