"""The reviews that the scorecard reports to contracts, over renewed years of any terms."""

import datetime as dt

import pytest

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.programmes.actions import publish_programme
from contracts.renewal.performance import performance_of
from scorecard.measuring import Readings
from tests.contracts import factories

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 10, 18, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2005, 3, 10, 18, 0, tzinfo=dt.UTC)


@pytest.fixture
def years(db: None) -> list[Agreement]:
    """The three years of MTI's contract."""
    loaded = [factories.load(factories.MTI_FILE)]
    terms = factories.CONTRACTS / "programmes" / "atsp-2004.toml"
    publish_programme(terms.read_text(), name=terms.name, by=None, at=AT)
    for name in ("mti-2003.toml", "mti-2004.toml"):
        text = (factories.CONTRACTS / "data" / name).read_text()
        loaded.append(load_agreement(text, name=name, by=None, at=AT))
    return loaded


@pytest.mark.clause("ATSP 4.2", "REN")
def test_contracts_hears_of_the_reviews_so_far(years: list[Agreement]) -> None:
    told = performance_of(years[0], AT)
    assert told is not None
    assert [(one.on, one.considered) for one in told.classifications] == [
        (dt.date(2003, 3, 3), "exceptional")
    ]
    assert (told.status, told.since) == ("exceptional", dt.date(2003, 3, 3))
    assert told.words == "By the scorecard's review of 2003-03-03, contract 271-ATSP-4453."
    assert told.url == "/scorecards/271-ATSP-4453/"


def test_before_the_first_review_there_is_no_status(years: list[Agreement]) -> None:
    told = performance_of(years[0], factories.LOADED_AT)
    assert told is not None
    assert (told.status, told.classifications) == (None, ())


@pytest.mark.clause("REN")
def test_a_renewed_year_goes_on_counting_under_other_terms(years: list[Agreement]) -> None:
    assert Readings.of([years[2]]).effective_on(years[2]) == dt.date(2002, 9, 3)
    told = performance_of(years[2], LATER)
    assert told is not None
    assert told.classifications[-1].on == dt.date(2005, 3, 3)
