"""Who is calling: whether we may help who is found, why not, and what to say (ATSP 4.4, 5.2.1, 5.2.2)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from cases.calls.callers import caller_of, callers
from cases.case.rules.vocabulary import Channel
from cases.opening.rules import Ground
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.parties.models.provider_people import ProviderPerson
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.permissions import standing_of_contact, standings_of
from contracts.services.models.assignments import Absence
from portal.models import User
from portal.roles import Role
from tests.cases.pages import queries, words
from tests.cases.world import DAY, HOUR, NOW, World
from tests.contracts.factories import (
    load_back_line,
    make_agreement,
    make_contact,
    make_organisation,
    make_site,
    put_on_roster,
)

AsUser = Callable[..., Client]


def leave(world: World) -> None:
    Contact.objects.filter(pk=world.technical.pk).update(left_at=NOW - DAY)


def off_the_roster(world: World) -> None:
    RosterEntry.objects.filter(contact=world.technical).update(removed_at=NOW - DAY)


def administrative(world: World) -> None:
    off_the_roster(world)
    line = RosterEntry.objects.get(standing=RosterRole.ADMINISTRATIVE, agreement=world.agreement)
    line.removed_at = NOW - DAY
    line.save()
    put_on_roster(world.agreement, world.technical, RosterRole.ADMINISTRATIVE)


def waiting(world: World) -> None:
    RosterEntry.objects.filter(contact=world.technical).update(usable_from=NOW + 2 * DAY - HOUR)


def ended(world: World) -> None:
    Agreement.objects.filter(pk=world.agreement.pk).update(
        state="ended", ended_on=dt.date(2003, 2, 1), end_cause="cases_spent"
    )


def without_reseller_agreement(world: World) -> None:
    Agreement.objects.filter(pk=world.agreement.pk).update(reseller_agreement_in_force=False)


def in_a_region_without_cases(world: World) -> None:
    world.technical.site = make_site(
        world.technical.organisation, name="Tokyo", region="APAC", zone="Asia/Tokyo"
    )
    world.technical.save()


REASONS: tuple[tuple[Callable[[World], object], Ground, str, str, str], ...] = (
    (
        waiting,
        Ground.WAITING,
        "ATSP 5.2.1",
        "I’m sorry, you are new on the roster of Meridian Data, and we may help you from "
        "Fri 7 Mar 2003 09:00 PST (ATSP 5.2.1).",
        "Lionel Frost, Alma Reed or Sid Vance may call now.",
    ),
    (
        administrative,
        Ground.ADMINISTRATIVE,
        "ATSP 5.2.2, 1.1",
        "I’m sorry, as the Administrative Contact of Meridian Data you cannot open a case (ATSP 5.2.2, 1.1).",
        "Lionel Frost, Alma Reed or Sid Vance may call now. I can put you through about a case that is open already. "
        "To open cases yourself, put yourself on the roster as a Technical Contact.",
    ),
    (
        off_the_roster,
        Ground.NOT_ON_ROSTER,
        "ATSP 2.1",
        "I’m sorry, you are not on the roster of Meridian Data, and I may take no case from you (ATSP 2.1).",
        "Lionel Frost, Alma Reed or Sid Vance may call now. "
        "Ada Lindt, the Administrative Contact, can put you on Exhibit A.",
    ),
    (
        leave,
        Ground.LEFT,
        "ATSP 2.1, 5.2.1",
        "I’m sorry, I may take no case from you for Meridian Data: its roster names you no more (ATSP 2.1, 5.2.1).",
        "Lionel Frost, Alma Reed or Sid Vance may call now. "
        "Ada Lindt, the Administrative Contact, can put you on Exhibit A.",
    ),
    (
        ended,
        Ground.NO_AGREEMENT,
        "ATSP 2.1, ATSP page 1, 2.a",
        "I’m sorry, the support agreement of Meridian Data ended on 31 Jan 2003, and I can open no new case "
        "(ATSP 2.1, ATSP page 1, 2.a).",
        "Cases that are open go on to their closure. Your Administrative Contact can ask your account manager about a "
        "new agreement.",
    ),
    (
        without_reseller_agreement,
        Ground.RESELLER_AGREEMENT,
        "ATSP 5.1",
        "I’m sorry, the reseller agreement R-M-100 of Meridian Data is not in force or not complied with, and I may "
        "open no case (ATSP 5.1).",
        "Your Administrative Contact can settle it with your account manager.",
    ),
    (
        in_a_region_without_cases,
        Ground.NO_POOL,
        "ATSP 2.1",
        "I’m sorry, the agreement of Meridian Data has no prepaid cases for APAC, the region of your site (ATSP 2.1).",
        "Lionel Frost, Alma Reed or Sid Vance may call now.",
    ),
    (
        World.spend,
        Ground.SPENT,
        "ATSP 9.1",
        "I’m sorry, the prepaid cases of Meridian Data are spent (ATSP 9.1).",
        "I can take this case with a reason, which stays on record.",
    ),
)


@pytest.mark.clause("ATSP 1.1", "ATSP 2.1", "ATSP 5.1", "ATSP 5.2.1", "ATSP 5.2.2", "ATSP 9.1")
@pytest.mark.parametrize(
    ("happens", "ground", "clause", "say", "can"), REASONS, ids=[row[1].value for row in REASONS]
)
def test_each_reason_is_said_with_its_clause_and_a_way_out_that_exists(
    world: World,
    as_user: AsUser,
    happens: Callable[[World], object],
    ground: Ground,
    clause: str,
    say: str,
    can: str,
) -> None:
    happens(world)
    caller = caller_of(Contact.objects.get(pk=world.technical.pk), world.dispatch, NOW)
    [reason] = caller.verdict.reasons
    assert (reason.ground, reason.clause, reason.say, reason.can) == (ground, clause, say, can)

    page = as_user("dispatch").get("/telephone/", {"q": "C-4711"})
    text = words(page)
    taken = f'href="/telephone/?contact={world.technical.pk}"' in page.content.decode()
    assert f"Say {say} {can}" in text
    assert taken == caller.verdict.may_report == (ground is Ground.SPENT)
    assert ("Not authorized" in text) == (ground is not Ground.SPENT)


@pytest.mark.clause("ATSP 4.4", "ATSP 5.2.2")
def test_who_is_authorized_is_said_with_company_agreement_and_cases(
    world: World, as_user: AsUser
) -> None:
    case = world.open()
    page = as_user("dispatch").get("/telephone/", {"q": "tess"})
    text = words(page)
    assert "1 caller found" in text
    assert "Tess Ward Meridian Data, Anaheim code C-4711 714-555-0101" in text
    assert "Technical Contact ATSP Level II, M-100 Authorized Take the case of Tess Ward" in text
    assert f"{case.number} Index corrupt after the upgrade" in text
    assert "I’m sorry" not in text


@pytest.mark.clause("ATSP 5.2.1")
def test_nobody_who_may_not_call_is_named_as_one_who_may(world: World) -> None:
    RosterEntry.objects.filter(
        contact__in=[world.alternate, world.london, world.silent, world.technical]
    ).update(removed_at=NOW - DAY)
    [reason] = caller_of(world.waiting, world.dispatch, NOW).verdict.reasons
    assert reason.can == "Nobody else of Meridian Data may call before: please call again then."
    RosterEntry.objects.filter(standing=RosterRole.ADMINISTRATIVE).update(removed_at=NOW - DAY)
    [reason] = caller_of(world.technical, world.dispatch, NOW).verdict.reasons
    assert reason.can == (
        "Your company can put you on Exhibit A: its Administrative Contact does it on the portal."
    )


@pytest.mark.clause("ATSP 2.1")
def test_a_company_that_never_had_an_agreement_says_so(world: World) -> None:
    firm = make_organisation("Newcomer")
    caller = caller_of(make_contact(firm, name="Nora New"), world.dispatch, NOW)
    [reason] = caller.verdict.reasons
    assert reason.say == (
        "I’m sorry, the support agreement of Newcomer is not in force, and I can open no new case (ATSP 2.1, 9.1)."
    )
    assert caller.agreement is None


@pytest.mark.clause("SCL 8.4")
def test_after_a_back_line_agreement_ends_its_liaison_may_still_call(world: World) -> None:
    agreement = load_back_line()
    liaison = agreement.roster.filter(standing="technical").first().contact
    at = dt.datetime(2004, 12, 1, 18, tzinfo=dt.UTC)
    theirs = User.objects.create_user("gwen@caminosoft.example", name="Gwen", roles=[Role.DISPATCH])
    ProviderPerson.objects.create(organisation=agreement.provider, user=theirs)
    caller = caller_of(Contact.objects.get(pk=liaison.pk), theirs, at)
    assert (caller.standing.outlasting, caller.verdict.authorized) == (True, True)
    assert caller.role == "Liaison"
    ours = User.objects.get(pk=world.dispatch.pk)
    assert caller_of(Contact.objects.get(pk=liaison.pk), ours, at).agreement is None, (
        "only who serves it answers for it"
    )


def test_standings_read_together_are_those_read_one_by_one(world: World) -> None:
    back_line = load_back_line()
    make_agreement(
        reseller=world.agreement.reseller,
        contract_number="M-101",
        effective_on=world.agreement.ends_on + dt.timedelta(days=1),
        ends_on=world.agreement.ends_on + dt.timedelta(days=300),
    )
    leave(world)
    everybody = list(Contact.objects.select_related("organisation", "site"))
    assert len(everybody) >= 10
    for at in (
        NOW,
        NOW - 400 * DAY,
        NOW + 3 * DAY,
        NOW + 200 * DAY,
        NOW + 700 * DAY,
        dt.datetime(2004, 12, 1, 18, tzinfo=dt.UTC),
        dt.datetime(2008, 12, 1, 18, tzinfo=dt.UTC),
    ):
        together = standings_of(everybody, at)
        for one in everybody:
            alone, beside = standing_of_contact(one, at), together[one.pk].standing
            assert (beside.contact, beside.agreement, beside.entries, beside.outlasting) == (
                alone.contact,
                alone.agreement,
                alone.entries,
                alone.outlasting,
            ), (one.name, at)
    assert back_line.pk


def test_the_page_takes_as_many_statements_for_many_callers_as_for_one(
    world: World, as_user: AsUser
) -> None:
    browser = as_user("dispatch")
    browser.get("/telephone/?q=tess")
    with queries() as one:
        browser.get("/telephone/?q=tess")
    for n in range(7):
        firm = make_organisation(f"Tess Trading {n}")
        agreement = make_agreement(reseller=firm)
        contact = make_contact(firm, name=f"Tess {n}")
        put_on_roster(agreement, contact)
        world.open(title=f"Of {n}", channel=Channel.TELEPHONE)
    with queries() as many:
        page = browser.get("/telephone/?q=tess")
    assert words(page).count("Authorized") >= 1
    assert len(many) <= len(one) + 1, "the search for who is alike falls away, the pools are read"
    assert len(many) <= 24
    with queries() as part:
        browser.get("/telephone/?q=tess", headers={"HX-Target": "callers", "HX-Request": "true"})
    assert len(part) <= 16


def test_while_one_types_only_the_callers_are_sent(world: World, as_user: AsUser) -> None:
    part = as_user("dispatch").get(
        "/telephone/", {"q": "tess"}, headers={"HX-Target": "callers", "HX-Request": "true"}
    )
    assert "Tess Ward" in words(part)
    assert "<html" not in part.content.decode()
    assert "Last calls" not in words(part)


@pytest.mark.clause("ATSP 4.4")
def test_beside_it_stand_the_last_calls_and_who_is_there(world: World, as_user: AsUser) -> None:
    world.open(title="By the web")
    case = world.open(channel=Channel.TELEPHONE)
    critical = world.open(severity=1, channel=Channel.TELEPHONE)
    critical.owner = world.engineer
    critical.save()
    Absence.objects.create(
        user=world.colleague, starts_at=NOW - HOUR, ends_at=NOW + DAY, reason="Training"
    )
    text = words(as_user("dispatch").get("/telephone/"))
    calls = text[text.index("Last calls") : text.index("Who is there now")]
    assert f"{case.number} Tess Ward Meridian Data" in calls
    assert "Dina Patel" in calls
    assert calls.count("Tess Ward") == 2, "what came by the web was no call"
    people = text[text.index("Who is there now") :]
    assert "Carla Stone on a severity 1" in people
    assert people.index("Edith Sorel") < people.index("Carla Stone"), "who is free comes first"
    assert people.index("Away") < people.index("Colin Reyes") < people.index("back")


def test_the_search_is_bounded_and_says_when_there_are_more(world: World, as_user: AsUser) -> None:
    firm = make_organisation("Many Hands")
    for n in range(9):
        make_contact(firm, name=f"Hand {n}")
    assert len(callers("many hands", world.dispatch, NOW).rows) == 8
    assert "More than 8 fit: type more of the name" in words(
        as_user("dispatch").get("/telephone/?q=many+hands")
    )
    for odd in ("%", "'", '"', "\x00x", "<b>", "x" * 4000):
        assert as_user("dispatch").get("/telephone/", {"q": odd}).status_code == 200
