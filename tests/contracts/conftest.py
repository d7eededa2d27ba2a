"""Fixtures of contracts."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.programmes.models import ProgrammeVersion
from portal.models import User
from portal.roles import Role
from tests.contracts import factories


@pytest.fixture
def version(db: None) -> ProgrammeVersion:
    """The packaged programme, published."""
    return factories.published()


@pytest.fixture
def mti(db: None) -> Agreement:
    """The real agreement."""
    return factories.load(factories.MTI_FILE)


@pytest.fixture
def nordlicht(db: None) -> Agreement:
    """The foreign reseller's agreement."""
    return factories.load(factories.NORDLICHT_FILE)


@pytest.fixture
def administrator(db: None) -> User:
    """A contract administrator."""
    return User.objects.create_user(
        "nina@legato.example", name="Nina Adler", roles=[Role.CONTRACT_ADMINISTRATOR]
    )


@pytest.fixture
def at() -> dt.datetime:
    """Wednesday 2003-03-05, 10:00 in Los Angeles: in the middle of the real agreement's year."""
    return dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
