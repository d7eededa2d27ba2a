"""Fixtures of the tests of escalation."""

import pytest

from tests.escalation.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """Everybody of Exhibit C and one reseller with the PSAM option."""
    return make_world()
