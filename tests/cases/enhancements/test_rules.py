"""The life of a request for enhancement."""

import pytest

from cases.enhancements.rules import Disposition, disposed, next_of
from portal.rules.refusal import Refusal

SUBMITTED, PLANNED, DELIVERED = (
    Disposition.SUBMITTED,
    Disposition.PLANNED,
    Disposition.DELIVERED,
)


@pytest.mark.clause("ATSP 10.1", "ATSP 1.5")
@pytest.mark.parametrize(
    ("standing", "to", "words", "release", "field"),
    [
        (SUBMITTED, DELIVERED, "Done", "7.0", "state"),
        (DELIVERED, Disposition.DECLINED, "No", "", "state"),
        (SUBMITTED, Disposition.DECLINED, "  ", "", "disposition"),
        (PLANNED, DELIVERED, "It is there", " ", "release"),
    ],
)
def test_a_step_that_is_none_is_refused_by_its_field(
    standing: Disposition, to: Disposition, words: str, release: str, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        disposed(standing, to, disposition=words, release=release)
    assert refused.value.field == field
    assert refused.value.way_out


@pytest.mark.clause("ATSP 10.1")
def test_nothing_commits_to_implement_it_until_it_is_delivered() -> None:
    for standing in Disposition:
        if standing not in (Disposition.DECLINED, DELIVERED):
            assert Disposition.DECLINED in next_of(standing)
    assert disposed(PLANNED, DELIVERED, disposition="In 7.0", release="7.0") is DELIVERED
