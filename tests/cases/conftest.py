"""Fixtures of the tests of cases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cases.world import NOW, World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A reseller, a foreign one, and the provider's people."""
    return make_world()


@pytest.fixture
def at_now(set_clock: Callable[..., None]) -> None:
    """The portal's clock is frozen at NOW."""
    set_clock(NOW, speed=1e-12)


@pytest.fixture
def as_user(world: World, at_now: None) -> Callable[[str], Client]:
    """A browser in which somebody of the world has signed in: ``as_user("technical")``."""

    def signed_in(name: str, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(world.user(name))
        return client

    return signed_in
