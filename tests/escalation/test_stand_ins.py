"""Nobody who cannot act hears of an escalation or bears its duties: somebody stands in, never in silence (D-29)."""

import datetime as dt

import pytest

from contracts.programmes.rules.terms import Role
from contracts.services.models.assignments import Absence
from escalation.people import Bearers
from portal.models import Notice, User
from portal.roles import Role as Held
from tests.escalation.test_telling import alarms, mails
from tests.escalation.world import (
    HOUR,
    MINUTE,
    SECOND,
    T,
    World,
    journalled,
    swept,
    timeline_of,
    told,
)


def away(user: User, start: dt.datetime = T, end: dt.datetime = T + 48 * HOUR) -> None:
    Absence.objects.create(user=user, starts_at=start, ends_at=end, reason="vacation")


def gone(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.clause("D-29", "ATSP Ex.C")
@pytest.mark.parametrize("cannot_act", [away, gone])
def test_an_owner_who_cannot_act_is_told_nothing_and_dispatch_and_the_other_cses_are(
    world: World, cannot_act: object
) -> None:
    case = world.open_case()
    cannot_act(world.cse)  # type: ignore[operator]

    swept(T + 30 * MINUTE + SECOND)

    heard = {"dispatch@legato.example", "other.cse@legato.example"}
    assert set(told(case, "commitment")) == {*heard, "tom.contact@mti.example"}
    missed = set(mails(case, "escalation-missed:1:initial-response"))
    assert missed == {*heard, "management@legato.example"}
    since = Notice.objects.about(case).filter(recipient=world.cse, created_at__gt=T)
    assert not since.exists()


@pytest.mark.clause("D-29", "ATSP Ex.C")
@pytest.mark.parametrize("cannot_act", [away, gone])
def test_a_hotshot_without_its_vp_goes_to_dispatch_with_an_alarm(
    world: World, cannot_act: object
) -> None:
    cannot_act(world.vp)  # type: ignore[operator]
    case = world.open_case()

    swept(T + 12 * HOUR)

    assert told(case, "hotshot-12h") == ["director@legato.example", "dispatch@legato.example"]
    assert set(alarms(case)) == {"administrator@legato.example", "dispatch@legato.example"}
    entries = journalled(case, "escalation.nobody_to_tell")
    assert {entry.data["step"] for entry in entries} == {"1:senior-managers-8h", "1:hotshot-12h"}
    assert "due to Vice President Technical Support" in entries[-1].text


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_the_posts_next_holder_hears_instead_of_a_manager_who_is_away(
    world: World, make_user
) -> None:
    second = make_user("Max Second", Held.SUPPORT_MANAGEMENT, email="second@legato.example")
    away(world.management)
    case = world.open_case()

    swept(T + 4 * HOUR + SECOND)

    assert told(case, "management-4h") == ["second@legato.example"]
    assert set(mails(case, "escalation-missed:1:update-psam-4h")) == {second.email}
    assert alarms(case) == []


@pytest.mark.clause("D-29", "ATSP 14.2")
def test_dispatch_bears_the_duties_of_a_post_with_nobody_there(world: World) -> None:
    away(world.psam)
    away(world.alternate)
    case = world.open_case()
    people = Bearers([timeline_of(case)], T)

    assert people.of(Role.PSAM, timeline_of(case).case) == [world.dispatch]
    assert people.may_act(world.dispatch, Role.PSAM, timeline_of(case).case)


@pytest.mark.clause("D-29")
def test_dispatch_who_is_away_is_not_alarmed_while_somebody_else_is_there(world: World) -> None:
    away(world.dispatch)
    away(world.vp)
    case = world.open_case()

    swept(T + 12 * HOUR)

    assert set(alarms(case)) == {"administrator@legato.example"}
    assert "dispatch@legato.example" not in told(case, "hotshot-12h")
    assert "administrator@legato.example" in told(case, "hotshot-12h")


@pytest.mark.clause("D-29", "ATSP Ex.C")
def test_a_contact_whose_account_is_disabled_is_not_written_to(world: World) -> None:
    case = world.open_case()
    gone(world.contact.user)  # type: ignore[arg-type]

    swept(T)

    assert "tom.contact@mti.example" not in told(case, "commitment")
    assert alarms(case) == ["administrator@legato.example", "dispatch@legato.example"]
