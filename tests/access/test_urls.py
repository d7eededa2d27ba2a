"""Every URL of the portal, to everybody, over what is theirs and what is another's (ATSP 1.1, 1.20, 2.1, 5.2.2)."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tests.access.actors import Actor
from tests.access.leaks import leaks
from tests.access.matrix import ROWS, WHILE_DEVELOPING
from tests.access.requests import COLLEAGUES, FOREIGN, OWN, address, content, sent
from tests.access.rows import Row
from tests.access.world import AccessWorld, undone, written

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

REFUSED = (403, 404, 405, 409)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.clause("ATSP 1.1", "ATSP 1.20", "ATSP 2.1", "ATSP 5.2.1", "ATSP 5.2.2")
@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.name)
def test_each_url_answers_everybody_as_the_matrix_says(world: AccessWorld, each: Row) -> None:
    wrong = [
        f"{actor.label}, about {whose}: {problem}"
        for actor, whose, expected in checks(each)
        for problem in asked(world, actor, each, whose, expected)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "each", [each for each in ROWS if not each.of_sign_in], ids=lambda each: each.name
)
def test_no_url_takes_a_method_that_the_matrix_does_not_name(world: AccessWorld, each: Row) -> None:
    named = {one.method for one in ROWS if one.url == each.url}
    for actor in (Actor.TECHNICAL, Actor.CSE):
        path = reverse(each.url, args=address(world, actor, each.about, OWN))
        for method in METHODS:
            if method not in named:
                with undone():
                    answer = world.client(actor).generic(method, path)
                assert answer.status_code == 405, f"{method} by {actor.label}"


def test_pages_for_development_are_not_there(world: AccessWorld) -> None:
    for name in WHILE_DEVELOPING:
        assert world.client(Actor.CSE).get(f"/{name}/").status_code == 404


def checks(each: Row) -> Iterator[tuple[Actor, str, int]]:
    """The actor, the owner of the object, and the answer that the row expects."""
    for actor in each.actors:
        yield actor, OWN, each.answers[actor]
        if each.to_others is not None and actor.signs_in:
            yield actor, COLLEAGUES, each.to_others
        if each.foreign is not None and actor.is_reseller:
            yield actor, FOREIGN, each.foreign


def asked(world: AccessWorld, actor: Actor, each: Row, whose: str, expected: int) -> Iterator[str]:
    """What is wrong with the answer that the actor gets."""
    with undone():
        before = {} if each.method == "GET" else written()
        answer = sent(world, actor, each, whose)
        if answer.status_code != expected:
            yield f"{answer.status_code} instead of {expected}"
        if before and answer.status_code in REFUSED and written() != before:
            yield "refused, and yet something was written"
    terms = each.url == "programme_version"
    yield from (f"shows {found}" for found in leaks(actor, content(answer), terms=terms))
    if answer.status_code == 302 and each.url != "account_logout":
        asks_to_sign_in = answer["Location"].startswith(reverse("account_login"))
        if asks_to_sign_in == actor.signs_in:
            yield f"leads to {answer['Location']}"
    if answer.status_code in (403, 409) and actor.signs_in and not says_why(answer):
        yield "refused without a reason"


def says_why(answer: HttpResponse) -> bool:
    """Whether a refusal says its reason, on a page; to a program, with the way out."""
    if answer["Content-Type"] == "application/json":
        return bool(answer.json()["refused"] and answer.json()["way_out"])
    page = content(answer)
    return "refusal-reason" in page or "error-reason" in page
