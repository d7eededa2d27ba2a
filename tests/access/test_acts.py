"""Every act on a case, by everybody: who is shown it, who may do it, and that a refused one leaves nothing behind."""

import re

import pytest
from django.test import Client

from cases.case.forms.acts import ACTS as FORMS
from cases.case.models import Case
from contracts.roster.permissions import Participant
from portal.acts import offers
from portal.lookups import LookupField
from portal.rules.refusal import Refusal
from tests.access.actors import Actor
from tests.access.matrix import ACTS
from tests.access.requests import act_form, acted
from tests.access.rows import ActRow
from tests.access.world import NOW, SECRET, AccessWorld, undone, written

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

SIGNED_IN = [actor for actor in Actor if actor.signs_in]
AT_THE_PAGE = (
    Actor.TECHNICAL,
    Actor.WAITING,
    Actor.ADMINISTRATIVE,
    Actor.LEFT,
    Actor.CSE,
    Actor.DISPATCH,
    Actor.SALES,
)
"""One of each kind of people whom the acts tell apart; the forms and actions are asked for everybody."""
SITUATIONS = tuple(dict.fromkeys(each.situation for each in ACTS))


def case_of(world: AccessWorld, situation: str) -> Case:
    """The case of that situation, of the reseller whose people most actors are."""
    return Case.objects.get(pk=world.mti.cases[situation].pk)


def test_every_act_has_its_row() -> None:
    assert {each.code for each in ACTS} == set(FORMS)


@pytest.mark.clause("ATSP 5.2.2", "ATSP 1.1", "ATSP 5.2.1")
@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_is_shown_the_acts_that_are_theirs(world: AccessWorld, situation: str) -> None:
    case = case_of(world, situation)
    here = {each.code: each for each in ACTS if each.situation == situation}
    elsewhere = set(FORMS) - set(here)
    for actor in SIGNED_IN:
        user = world.people[actor]
        if actor in (Actor.LEFT, Actor.NORDLICHT):
            continue  # they never reach the page
        shown = {offer.code for offer in offers(FORMS.values(), case, Participant(user, NOW))}
        expected = {code for code, each in here.items() if each.is_shown_to(actor)}
        assert shown - elsewhere == expected, f"{actor.label} on a case {situation}"
        assert shown <= {each.code for each in ACTS if each.is_shown_to(actor)}, actor.label
        if actor in AT_THE_PAGE:
            page = world.client(actor).get(case.get_absolute_url()).content.decode()
            assert set(re.findall(r'data-act="([\w-]+)"', page)) == shown, actor.label


@pytest.mark.clause("ATSP 5.2.2", "ATSP 1.1", "ATSP 1.20", "ATSP 5.2.1")
@pytest.mark.parametrize("each", ACTS, ids=lambda each: each.name)
def test_only_those_allowed_can_do_the_act(world: AccessWorld, each: ActRow) -> None:
    wrong = []
    for actor in SIGNED_IN:
        with undone():
            case = case_of(world, each.situation)
            form = FORMS[each.code](
                case, Participant(world.people[actor], NOW), act_form(world, each)
            )
            for field in form.fields.values():
                if isinstance(field, LookupField):  # whom one may choose is not what is tested here
                    field.bind(world.people[Actor.CSE], field.within)
            assert form.is_valid(), form.errors
            before = written()
            try:
                form.perform()
            except Refusal as refusal:
                done = False
                if written() != before:
                    wrong.append(f"{actor.label}: refused, and yet something was written")
                if not refusal.way_out:
                    wrong.append(f"{actor.label}: refused without a way out")
            else:
                done = True
                assert written()["JournalEntry"] > before["JournalEntry"], "an act is journalled"
        may = actor in each.doers and actor is not Actor.NORDLICHT
        if done != may:
            wrong.append(f"{actor.label}: {'done' if done else 'refused'}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.clause("ATSP 5.2.2", "ATSP 1.1", "ATSP 5.2.1")
@pytest.mark.parametrize("each", ACTS, ids=lambda each: each.name)
def test_a_hidden_act_that_is_posted_is_refused(world: AccessWorld, each: ActRow) -> None:
    wrong = []
    for actor in AT_THE_PAGE:
        with undone():
            before = written()
            answer = acted(world, actor, each, world.mti)
            page = answer.content.decode()
            if answer.status_code != each.answer(actor):
                wrong.append(f"{actor.label}: {answer.status_code} instead of {each.answer(actor)}")
            if answer.status_code != 302 and written() != before:
                wrong.append(f"{actor.label}: refused, and yet something was written")
            if not actor.is_provider and SECRET in page:
                wrong.append(f"{actor.label}: reads what is the provider's")
            if answer.status_code == 403 and f'data-act="{each.code}"' in page:
                wrong.append(f"{actor.label}: is shown the form of the other side")
    assert not wrong, "\n".join(wrong)


@pytest.mark.clause("ATSP 5.2.2")
@pytest.mark.parametrize("each", ACTS, ids=lambda each: each.name)
def test_no_act_reaches_another_resellers_case(world: AccessWorld, each: ActRow) -> None:
    for actor, side in (
        (Actor.TECHNICAL, world.nordlicht),
        (Actor.ADMINISTRATIVE, world.nordlicht),
        (Actor.NORDLICHT, world.mti),
    ):
        before = written()
        assert acted(world, actor, each, side).status_code == 404, actor.label
        assert written() == before


def test_an_act_that_is_none_is_not_found(world: AccessWorld) -> None:
    case = case_of(world, "new")
    client: Client = world.client(Actor.CSE)
    assert client.post(f"{case.get_absolute_url()}abolish/").status_code == 404
