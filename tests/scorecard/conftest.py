"""Fixtures of the tests of scorecards."""

import pytest

from tests.scorecard.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A reseller in its first contract year, without cases."""
    return make_world()
