"""All open cases of somebody who leaves, handed over at once."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cases.handling.actions import take
from cases.handling.passing_on import Item, Way, shared_out, weight
from portal.models import Notice
from portal.refusable import fingerprint
from tests.cases.world import NOW, World, again, told

TAKERS = [7, 8, 9]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=30),
    st.dictionaries(st.sampled_from(TAKERS), st.integers(0, 40)),
)
def test_every_case_goes_to_one_taker_and_loads_stay_level(
    cases: list[tuple[int, int]], load: dict[int, int]
) -> None:
    items = [Item(number, *case) for number, case in enumerate(cases)]
    found = shared_out(items, TAKERS, Way.LOAD, load={}, had={})
    assert set(found) == {one.pk for one in items}
    carries = [sum(weight(one.severity) for one in items if found[one.pk] == t) for t in TAKERS]
    assert max(carries) - min(carries) <= weight(1)
    assert set(shared_out(items, TAKERS, Way.LOAD, load=load, had={}).values()) <= set(TAKERS)


def test_who_knows_the_product_gets_it() -> None:
    items = [Item(1, 2, 50), Item(2, 2, 51)]
    found = shared_out(items, TAKERS, Way.SKILL, load={9: 1}, had={(9, 50): 3, (8, 51): 1})
    assert found == {1: 9, 2: 8}


@pytest.mark.django_db
@pytest.mark.clause("D-29")
def test_the_page_previews_hands_over_and_tells_each_new_owner_once(
    world: World, client: Client
) -> None:
    cases = [world.open(severity=level) for level in (2, 3, 3, 4)]
    for case in cases:
        take(case, by=world.engineer, at=NOW)
    client.force_login(world.dispatch)
    asked = {"owner": world.engineer.pk, "to": [world.colleague.pk, world.pse.pk], "way": "load"}
    page = client.get("/hand-over/", asked)
    seen = page.context["seen"]
    assert "Preview" in page.content.decode()
    stale = client.post("/hand-over/", {**asked, "seen": fingerprint(("other",))})
    assert stale.status_code == 409
    done = client.post("/hand-over/", {**asked, "seen": seen})
    assert "Handed over" in done.content.decode()
    owners = {again(case).owner for case in cases}
    assert owners == {world.colleague, world.pse}
    mails = Notice.objects.filter(template="cases_passed_on", channel="email")
    assert sorted(mails.values_list("address", flat=True)) == sorted(
        [world.colleague.email, world.pse.email]
    )
    assert [told(case, "case_assigned") for case in cases] == [[]] * 4
    client.force_login(world.technical.user)
    assert client.get("/hand-over/").status_code == 403
