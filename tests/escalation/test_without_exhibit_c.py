"""Severity 1 under an agreement without the PSAM option: somebody is told at once, and it is in everybody's sight."""

import datetime as dt
import re
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.models import Case
from cases.handling.actions import assign
from cases.resolution.actions.closing import close, fail_relief, give_relief, reopen
from cases.severity.actions import confirm_call, downgrade
from cases.severity.rules import DowngradeGround
from contracts.parties.on_duty import OnDuty
from contracts.services.models.assignments import Absence, Assignment, Duty
from escalation import board
from escalation.models import Timeline
from portal.models import Channel, Notice, User
from tests.atsp import local
from tests.escalation.world import (
    HOUR,
    MINUTE,
    T,
    World,
    journalled,
    make_reseller,
    swept,
)

BOARD, WALL, QUEUE = (reverse(name) for name in ("escalations", "escalation_wall", "queue"))
ON_DUTY = {"dispatch", "cse", "other_cse", "management"}


@pytest.fixture
def plain(world: World) -> World:
    """A reseller without the option, beside the one that has it; the same people serve both."""
    agreement, contact = make_reseller(
        world.version, world.agreement.provider, "Plainview", world.people, psam_option=False
    )
    return World(world.people, world.version, agreement, contact, world.product)


def addresses(names: set[str]) -> set[str]:
    return {f"{name.replace('_', '.')}@legato.example" for name in names}


def alerted(case: Case) -> list[str]:
    rows = Notice.objects.about(case).filter(template="severity_1", channel=Channel.EMAIL)
    return list(rows.order_by("pk").values_list("address", flat=True))


def mails(case: Case) -> Counter[str]:
    rows = Notice.objects.about(case).filter(channel=Channel.EMAIL)
    return Counter(rows.values_list("address", flat=True))


@pytest.mark.clause("ATSP 4.5", "D-22")
def test_a_telephone_report_tells_the_engineers_dispatch_and_management_at_once(
    plain: World,
) -> None:
    case = plain.open_case(owner=None)

    assert not Timeline.objects.exists()
    assert sorted(alerted(case)) == sorted(addresses(ON_DUTY)), "each once, and at once"
    inbox = Notice.objects.about(case).filter(template="severity_1", channel=Channel.INBOX)
    assert inbox.count() == len(ON_DUTY)
    [entry] = journalled(case, "escalation.severity_1_told")
    assert set(entry.data["told"]) == {plain.people[name].name for name in ON_DUTY}
    assert entry.at == T
    assert not entry.public


@pytest.mark.clause("ATSP 15.1", "D-22")
def test_the_resellers_ess_is_told_by_day_and_by_night(plain: World) -> None:
    Assignment.objects.create(
        agreement=plain.agreement,
        user=plain.pse,
        duty=Duty.ESS,
        starts_on=plain.agreement.effective_on,
    )
    night = plain.open_case(T + 10 * HOUR, owner=None)
    assert set(alerted(night)) == addresses(ON_DUTY | {"pse"})
    assert night.owner is None
    day = plain.open_case(T, owner=None)
    assert day.owner == plain.pse
    assert set(alerted(day)) == addresses(ON_DUTY | {"pse"})


@pytest.mark.clause("ATSP 15.1", "D-29")
def test_an_ess_is_on_duty_on_each_day_of_the_agreements_zone_that_they_serve(plain: World) -> None:
    def serves(name: str, at: str) -> bool:
        duty = OnDuty([plain.agreement.pk], local(at))
        return plain.people[name] in duty.engineers(plain.agreement.pk, plain.agreement.provider_id)

    for name, duty in (("pse", Duty.ESS), ("psam", Duty.PSAM)):
        Assignment.objects.create(
            agreement=plain.agreement,
            user=plain.people[name],
            duty=duty,
            starts_on="2003-03-06",
            ends_on="2003-03-06",
        )
    instants = ("2003-03-05 23:59", "2003-03-06 00:00", "2003-03-06 23:59", "2003-03-07 00:00")
    assert [serves("pse", at) for at in instants] == [False, True, True, False]
    assert not serves("psam", "2003-03-06 12:00")
    Absence.objects.create(
        user=plain.pse, starts_at=local("2003-03-06 12:00"), ends_at=local("2003-03-06 18:00")
    )
    assert not serves("pse", "2003-03-06 12:00")


@pytest.mark.clause("ATSP 4.5", "D-9")
def test_the_call_that_makes_a_case_severity_1_tells_them_and_its_owner(plain: World) -> None:
    case = plain.open_case(severity=3, owner="engineering")
    assert alerted(case) == []
    confirm_call(case, by=plain.dispatch, at=T + HOUR)
    assert set(alerted(case)) == addresses(ON_DUTY | {"engineering"})
    notice = Notice.objects.about(case).filter(template="severity_1").latest("pk")
    assert notice.context["due"] == "First response"
    assert notice.context["due_at"] == T + 90 * MINUTE


@pytest.mark.clause("ATSP 4.5", "D-29")
def test_who_is_away_is_not_on_duty(plain: World) -> None:
    def away(name: str) -> None:
        Absence.objects.create(
            user=plain.people[name], starts_at=T - HOUR, ends_at=T + 8 * HOUR, reason="Training"
        )

    owned = plain.open_case(T - 2 * HOUR, owner="other_cse", severity=2)
    away("other_cse")
    assert set(alerted(plain.open_case(owner=None))) == addresses(ON_DUTY - {"other_cse"})
    away("management")
    confirm_call(owned, by=plain.dispatch, at=T + MINUTE)
    assert set(alerted(owned)) == addresses({"dispatch", "cse"}), "its owner is away too"


@pytest.mark.clause("ATSP 4.10", "D-22")
def test_each_time_it_is_worked_on_again_they_are_told(plain: World) -> None:
    case = plain.open_case()
    give_relief(case, by=plain.cse, at=T + HOUR, body="Restart the server.")
    fail_relief(case, by=plain.contact.user, at=T + 2 * HOUR, reason="It hangs again.")
    assert len(alerted(case)) == 2 * len(ON_DUTY)
    close(case, by=plain.cse, at=T + 3 * HOUR, reason="other-vendor", agreed_by=plain.contact.name)
    reopen(case, by=plain.contact.user, at=T + 4 * HOUR, reason="It is back.")
    assert len(alerted(case)) == 2 * len(ON_DUTY), "it awaits the call anew"
    confirm_call(case, by=plain.dispatch, at=T + 5 * HOUR)
    assert len(alerted(case)) == 3 * len(ON_DUTY)


@pytest.mark.clause("ATSP 4.5", "D-22", "ATSP Ex.B")
def test_relief_ends_the_haste_also_of_a_case_whose_call_is_confirmed_then(plain: World) -> None:
    case = plain.open_case(severity=2)
    give_relief(case, by=plain.cse, at=T + MINUTE, body="Restart the server.")
    confirm_call(case, by=plain.dispatch, at=T + HOUR)
    assert alerted(case) == []


@pytest.mark.clause("ATSP 14.3")
def test_exhibit_c_tells_by_itself(world: World) -> None:
    case = world.open_case(owner=None)
    assert alerted(case) == []
    swept(T + 31 * MINUTE)
    assert mails(case)["management@legato.example"] == 1, "of the missed response, once"


@pytest.mark.clause("D-22")
@pytest.mark.parametrize("owner", [None, "cse"])
def test_it_is_never_quieter_than_with_exhibit_c(
    world: World, plain: World, owner: str | None
) -> None:
    """Nobody answers for a day: whoever hears in an hour with it hears in that hour without it."""
    watched, unwatched = world.open_case(owner=owner), plain.open_case(owner=owner)
    people = addresses({"management", "cse"} | (set() if owner else {"dispatch", "other_cse"}))
    with_it, without_it = Counter[str](), Counter[str]()
    for hour in range(26):
        swept(
            T + hour * HOUR + 45 * MINUTE
        )  # of all that was due in the hour, at half past and before
        heard, also = mails(watched) - with_it, mails(unwatched) - without_it
        assert people & heard.keys() <= also.keys(), hour
        with_it, without_it = mails(watched), mails(unwatched)
    assert all(with_it[address] > 24 for address in people), "hourly, that is"


@pytest.mark.clause("D-22")
def test_it_counts_in_the_badge_of_every_provider_person(plain: World, client: Client) -> None:
    assert board.how_many(User.objects.get(pk=plain.cse.pk)) == 0
    cases = [plain.open_case(), plain.open_case(owner=None)]
    for name in ("cse", "dispatch", "management", "sales"):
        assert board.how_many(User.objects.get(pk=plain.people[name].pk)) == 2
    client.force_login(plain.cse)
    html = client.get(QUEUE).content.decode()
    entry = re.search(rf'<a[^>]*href="{BOARD}".*?</a>', html, re.DOTALL)
    assert entry is not None
    assert re.search(r">\s*2\s*<", entry.group())

    give_relief(cases[0], by=plain.cse, at=T + HOUR, body="Restart it.")
    assert board.how_many(User.objects.get(pk=plain.cse.pk)) == 1


@pytest.mark.clause("D-22")
def test_board_and_wall_show_it_before_the_timelines_with_its_promise(
    world: World, plain: World, client: Client, set_clock
) -> None:
    watched = world.open_case(title="Index server refuses connections")
    unwatched = plain.open_case(owner=None, title="Client will not install")
    swept(T + 40 * MINUTE)
    set_clock(T + 40 * MINUTE)
    client.force_login(plain.cse)
    for page, name in ((BOARD, "without"), (WALL, "wall-without")):
        html = client.get(page).content.decode()
        assert f'id="{name}-{unwatched.pk}"' in html
        assert html.index("Client will not install") < html.index(
            f'id="escalation-title-{watched.pk}"'
        )
        own = html.split(f'id="{name}-{unwatched.pk}"')[1].split("escalation-title-")[0]
        assert "late so far" in own or "overdue" in own
    wall = client.get(WALL).content.decode()
    assert "<strong>2</strong> missed" in wall, "the response of the one, and of the other"


@pytest.mark.clause("D-22")
def test_board_and_wall_are_not_calm_while_it_runs(plain: World, client: Client, set_clock) -> None:
    case = plain.open_case()
    set_clock(T + MINUTE)
    client.force_login(plain.cse)
    for page in (BOARD, WALL):
        html = client.get(page).content.decode()
        assert case.number in html
        assert "No severity 1 case is at work" not in html
    downgrade(
        case,
        by=plain.cse,
        at=T + HOUR,
        to=2,
        ground=DowngradeGround.IMPACT_LESSENED,
        reason="A way round is found.",
    )
    for page in (BOARD, WALL):
        assert "No severity 1 case is at work" in client.get(page).content.decode()


def test_the_one_whose_promise_breaks_first_is_on_top(plain: World) -> None:
    first, second = plain.open_case(T), plain.open_case(T + MINUTE)
    plain.reply(first, T + 2 * MINUTE)
    shown = board.without_exhibit_c(User.objects.get(pk=plain.cse.pk))
    assert [one.case.pk for one in shown] == [second.pk, first.pk]


@pytest.mark.parametrize("page", [BOARD, WALL, QUEUE])
def test_pages_ask_no_more_for_more_of_them(
    plain: World, client: Client, set_clock, page: str
) -> None:
    set_clock(T + HOUR)
    client.force_login(plain.cse)
    costs = []
    for number in (1, 6):
        for _ in range(number):
            plain.open_case(T, owner=None)
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_alert_costs_the_same_however_many_hear_it(plain: World) -> None:
    case = plain.open_case(severity=2, owner="cse")
    other = plain.open_case(severity=2, owner="cse")
    costs = []
    for each in (case, other):
        with CaptureQueriesContext(connection) as queries:
            confirm_call(each, by=plain.dispatch, at=T + HOUR)
        costs.append(len(queries))
        for number in range(10 if each == case else 0):
            User.objects.create_user(
                f"more{number}@legato.example", name=f"More {number}", roles=["cse"]
            )
    assert costs[0] == costs[1]
    assert len(alerted(other)) == len(ON_DUTY) + 10


def test_an_assignment_tells_nobody_again(plain: World) -> None:
    case = plain.open_case(owner=None)
    before = len(alerted(case))
    assign(case, to=plain.cse, by=plain.dispatch, at=T + MINUTE)
    swept(T + dt.timedelta(minutes=20))
    assert len(alerted(case)) == before
