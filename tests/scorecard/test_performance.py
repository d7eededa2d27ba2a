"""The reviews that the scorecard reports to contracts, over renewed years of any terms."""

import datetime as dt

import pytest

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.models.agreements import Agreement
from contracts.programmes.actions import publish_programme
from contracts.renewal.actions.decision import right_not_to_renew
from contracts.renewal.actions.next_year import carry_over
from contracts.renewal.performance import performance_of
from scorecard.measuring import Readings
from tests.atsp import local
from tests.contracts import factories
from tests.contracts.factories import make_agreement
from tests.scorecard.world import DAY, HOUR, Past, World, write_past

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
    assert told.words == "By the scorecard's review of 3 Mar 2003, contract 271-ATSP-4453."
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


@pytest.mark.clause("ATSP 9.2", "ATSP 4.2", "REN", "D-26")
def test_the_right_of_9_2_and_the_months_carry_on_across_the_anniversary(world: World) -> None:
    """Non-Compliant from the review of 3 Sep 2003 on, the last day of the first year; renewed all the same."""
    first = world.agreement
    first.roster.update(trained_on=None)
    start = local("2003-05-01 10:00")
    write_past(
        world,
        [Past(start + n * HOUR, severity=1, fix_at=start - DAY, replicated=True) for n in range(4)],
    )
    second = make_agreement(
        reseller=first.reseller,
        tier="level-2",
        renews=first,
        contract_number=first.contract_number,
        effective_on=first.anniversary,
        ends_on=dt.date(2004, 9, 2),
    )
    carry_over(second, by=None, at=second.starts_at)
    failed = dt.date(2003, 9, 3)
    eve = local("2003-09-02 12:00")
    assert not right_not_to_renew(first, eve).holds
    for day, held in (("2003-09-10", 1), ("2003-10-02", 1), ("2003-10-10", 2), ("2004-04-02", 7)):
        right = right_not_to_renew(second, local(f"{day} 12:00"))
        assert (right.holds, right.since, len(right.facts)) == (True, failed, held), day
    told = performance_of(second, local("2004-03-10 12:00"))
    assert told is not None
    assert [one.on for one in told.classifications[1:]] == [
        dt.date(2003, 9, 3),
        *(dt.date(2003, month, 3) for month in (10, 11, 12)),
        *(dt.date(2004, month, 3) for month in (1, 2, 3)),
    ]
    months = Readings.of([second]).reviewed(second, dt.date(2004, 3, 10)).standing
    assert (months.failing, months.compliant_months, months.since) == (True, 5, failed)
    back = right_not_to_renew(second, local("2004-04-10 12:00"))
    assert not back.holds
    assert "came back to COMPLIANT on 3 Apr 2004" in back.words


@pytest.mark.clause("ATSP 9.2", "D-26")
def test_an_agreement_that_renews_nothing_has_a_term_of_its_own(world: World) -> None:
    first = world.agreement
    first.roster.update(trained_on=None)
    start = local("2003-05-01 10:00")
    write_past(
        world,
        [Past(start + n * HOUR, severity=1, fix_at=start - DAY, replicated=True) for n in range(4)],
    )
    new = make_agreement(
        reseller=first.reseller,
        tier="level-2",
        effective_on=first.anniversary,
        ends_on=dt.date(2004, 9, 2),
    )
    assert new.term_began_on == first.anniversary
    assert not right_not_to_renew(new, local("2003-09-10 12:00")).holds
