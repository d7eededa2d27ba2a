"""The world of the access matrix: written once for all of its tests; what a test does in it is taken back."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.world import AccessWorld, standing_world


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[AccessWorld]:
    """Both resellers and all actors, at a frozen clock."""
    with django_db_blocker.unblock(), standing_world() as world:
        yield world
