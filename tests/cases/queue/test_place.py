"""A case page knows the list it was opened from: the place in it, the case before and the next."""

from collections.abc import Callable

from django.test import Client

from tests.cases.pages import words
from tests.cases.world import HOUR, NOW, World

AsUser = Callable[..., Client]


def test_a_case_stands_between_its_neighbors_of_the_list(world: World, as_user: AsUser) -> None:
    first, second, third = (world.open(NOW + n * HOUR, severity=3) for n in range(3))
    other = world.open(severity=2)
    browser = as_user("engineer")

    def place(pk: int, address: str) -> str:
        return browser.get(f"/cases/{pk}/place/", {"list": address}).content.decode()

    middle = place(second.pk, "/queue/?severity=3&sort=case&page=9")
    assert f'href="/cases/{first.pk}/"' in middle
    assert f'href="/cases/{third.pk}/"' in middle
    assert 'href="/queue/?severity=3&amp;sort=case&amp;page=9"' in middle
    assert "2 of 3" in middle
    assert "3 of 3" in place(first.pk, "/cases/?severity=3")
    assert "not in the list any more" in place(other.pk, "/queue/?severity=3")
    assert "evil" not in place(first.pk, "//evil.example/queue/")
    own = as_user("technical").get(f"/cases/{first.pk}/place/", {"list": "/queue/"})
    assert "Cases" in words(own)
