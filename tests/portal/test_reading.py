"""Many rows are read a few at a time, each once and in order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.models import User
from portal.reading import by_key, in_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def names() -> list[str]:
    made = [f"Reader {number}" for number in (3, 1, 5, 2, 4)]
    for name in made:
        User.objects.create_user(f"{name[-1]}@x.example", name=name)
    return made


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_every_row_comes_once_in_the_order_of_keys(names: list[str], size: int) -> None:
    assert [user.name for user in by_key(User.objects.order_by("name"), size)] == names


@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_every_row_comes_once_in_its_own_order(names: list[str], size: int) -> None:
    found = in_order(User.objects.order_by("-name"), User.objects.all(), size)
    assert [user.name for user in found] == sorted(names, reverse=True)


def test_a_part_is_read_when_it_is_asked_for(names: list[str]) -> None:
    rows = by_key(User.objects.all(), 2)
    with CaptureQueriesContext(connection) as asked:
        next(rows)
        next(rows)
    assert len(asked) == 1
    assert list(by_key(User.objects.none())) == []
