"""Time spent: noted, summed, exported, never billed."""

import pytest
from django.test import Client

from cases.time_spent.actions import note_time, take_back_time
from cases.time_spent.models import TimeSpent
from contracts.billing.models.charges import Charge
from portal.rules.refusal import Refusal
from tests.cases.world import HOUR, NOW, World

pytestmark = pytest.mark.django_db


@pytest.mark.clause("ATSP 7", "D-23")
def test_time_is_noted_when_it_happened_and_bills_nothing(world: World) -> None:
    case, charges = world.open(), Charge.objects.count()
    spent = note_time(
        case, by=world.engineer, at=NOW + HOUR, minutes=25, what="Trace", happened_at=NOW
    )
    assert (spent.happened_at, spent.logged_at) == (NOW, NOW + HOUR)
    assert Charge.objects.count() == charges
    with pytest.raises(Refusal, match="in the future"):
        note_time(case, by=world.engineer, at=NOW, minutes=5, what="x", happened_at=NOW + HOUR)
    with pytest.raises(Refusal, match="no time of one sitting"):
        note_time(case, by=world.engineer, at=NOW, minutes=0, what="x")
    with pytest.raises(Refusal, match="on what"):
        note_time(case, by=world.engineer, at=NOW, minutes=5, what=" ")
    with pytest.raises(Refusal, match="Carla Stone's"):
        take_back_time(spent, by=world.colleague, at=NOW + HOUR)
    take_back_time(spent, by=world.engineer, at=NOW + HOUR)
    assert not TimeSpent.objects.exists()


@pytest.mark.clause("ATSP 7")
def test_sums_by_person_case_and_reseller_and_the_export(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases.time_spent import views

    monkeypatch.setattr(views.clock, "now", lambda: NOW + HOUR)
    case = world.open()
    note_time(case, by=world.engineer, at=NOW, minutes=25, what="Trace")
    note_time(case, by=world.colleague, at=NOW, minutes=40, what="=Call")
    client.force_login(world.engineer)
    assert "65 min" in client.get("/time-spent/").content.decode()
    for by in ("case", "reseller"):
        assert ">65<" in client.get(f"/time-spent/?by={by}").content.decode()
    csv = b"".join(client.get("/time-spent/csv/").streaming_content).decode()
    assert "'=Call" in csv
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Never billed" in page
    client.force_login(world.technical.user)
    assert "Never billed" not in client.get(case.get_absolute_url()).content.decode()


def test_minutes_are_noted_beside_a_reply_and_a_call(
    world: World, at_now: None, client: Client
) -> None:
    case = world.open()
    client.force_login(world.engineer)
    at = case.get_absolute_url()
    client.post(f"{at}reply/", {"reply-body": "We look.", "reply-spent": "12"})
    client.post(f"{at}call/", {"call-body": "We spoke.", "call-reached": "yes", "call-spent": ""})
    spent = TimeSpent.objects.get()
    assert (spent.minutes, spent.what, spent.person) == (12, "Reply", world.engineer)
