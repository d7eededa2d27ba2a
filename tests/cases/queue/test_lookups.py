"""Search fields that choose one of many: with type-ahead, and without scripts by what is typed."""

from collections.abc import Callable

import pytest
from django.test import Client

from cases.case.models import Case
from portal.lookups import MOST
from tests.cases.pages import complaints, queries, words
from tests.cases.queue.test_page import shown
from tests.cases.world import World, again
from tests.contracts.factories import make_agreement, make_organisation

AsUser = Callable[..., Client]


def offered(client: Client, code: str, text: str, within: object = "") -> list[str]:
    """The names that are offered for a text."""
    answer = client.get(f"/lookups/{code}/", {"q": text, "within": str(within)})
    assert answer.status_code == 200
    return [one["text"] for one in answer.json()["options"]]


def many(count: int) -> None:
    """Resellers called Harbour 1, Harbour 2, …"""
    for n in range(count):
        make_agreement(reseller=make_organisation(f"Harbour {n:02}"), contract_number=f"H-{n}")


def test_matches_are_few_and_cost_one_statement(world: World, as_user: AsUser) -> None:
    many(MOST + 2)
    client = as_user("engineer")
    client.get("/inbox/")
    with queries() as seen:
        answer = client.get("/lookups/resellers/?q=harb").json()
    assert len(answer["options"]) == MOST
    assert answer["more"]
    assert len(seen) <= 4, "the session, the reader, how far they see, the matches"
    assert offered(client, "resellers", "") == []
    assert offered(client, "resellers", "\0") == []
    assert client.get("/lookups/nonsense/?q=a").status_code == 404


@pytest.mark.clause("D-27")
def test_the_original_of_a_duplicate_is_offered_by_its_number(
    world: World, as_user: AsUser
) -> None:
    case, original = world.open(), world.open(title="Label fails")
    client = as_user("engineer")
    assert offered(client, "original-cases", str(original.pk), case.pk) == [
        f"{original.pk} Label fails"
    ]
    assert offered(client, "original-cases", "label", case.pk) == [f"{original.pk} Label fails"]
    assert offered(client, "original-cases", str(case.pk), case.pk) == []


def test_a_reseller_s_person_is_offered_only_their_own(world: World, as_user: AsUser) -> None:
    case = world.open()
    theirs, foreign = as_user("technical"), as_user("foreign")
    assert offered(theirs, "resellers", "data") == [world.agreement.reseller.name]
    assert offered(theirs, "resellers", "nordwind") == []
    assert offered(theirs, "engineers", "c", case.pk) == []
    assert offered(theirs, "colleagues", "c") == []
    assert offered(theirs, "account-people", "c", world.agreement.pk) == []
    assert offered(theirs, "agreement-resellers", "o", 1) == []
    assert world.london.name in offered(theirs, "case-contacts", world.london.name, case.pk)
    assert offered(foreign, "case-contacts", world.london.name, case.pk) == []
    assert offered(theirs, "case-contacts", "o", "x") == []
    assert Client().get("/lookups/resellers/?q=o").status_code == 302


def test_one_match_is_chosen_without_scripts(world: World, as_user: AsUser) -> None:
    case = world.open(contact=world.foreign)
    world.open()
    page = as_user("engineer").get("/queue/?reseller=nordwind")
    assert shown(page) == [case.pk]
    assert 'value="Nordwind Systeme"' in page.content.decode()


def test_several_matches_are_shown_to_choose_from(world: World, as_user: AsUser) -> None:
    many(2)
    world.open()
    client = as_user("engineer")
    page = client.get("/queue/?reseller=harbour")
    assert "Several resellers match “harbour”: choose one." in words(page)
    assert shown(page) == []
    chosen = page.context["chosen"].reseller.options[1]
    assert chosen.text == "Harbour 01"
    again_page = client.get(f"/queue/?reseller=harbour&reseller={chosen.value}")
    assert again_page.context["chosen"].reseller.text == "Harbour 01"
    assert "Harbour 00" in words(client.get("/queue/?reseller=Harbour 0"))


def test_no_match_names_the_field_and_lists_nothing(world: World, as_user: AsUser) -> None:
    world.open()
    page = as_user("engineer").get("/queue/?reseller=zzz")
    assert "No reseller matches “zzz”." in words(page)
    assert shown(page) == []


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("Colin Reyes", ""),
        ("reyes", ""),
        ("", "This field is required."),
        ("nobody", "No engineer matches “nobody”."),
        ("co", ""),
        ("c", "Several engineers match “c”: choose one."),
    ],
)
def test_an_engineer_is_assigned_by_what_is_typed(
    world: World, as_user: AsUser, typed: str, error: str
) -> None:
    case = world.open()
    page = as_user("engineer").post(f"/cases/{case.pk}/assign/", {"assign-to": typed})
    if error:
        assert page.status_code == 409
        assert complaints(page, "assign-to") == [error]
        assert Case.objects.get(pk=case.pk).owner is None
    else:
        assert page.status_code == 302
        assert again(case).owner == world.colleague
