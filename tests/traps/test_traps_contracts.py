"""The traps of quotas and terms that peers fell into."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections

from contracts.agreements.models.agreements import Agreement
from contracts.prepaid.actions.ledger import balances, settle
from contracts.prepaid.models.ledger import CaseEntry
from contracts.programmes.actions import publish_programme
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.factories import reserve

AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)


@pytest.fixture
def _closing_connections() -> Iterator[None]:
    yield
    connections.close_all()


def _leave(agreement: Agreement, left: int) -> None:
    """Give back what is taken, and charge cases until so many are left."""
    taken = CaseEntry.objects.filter(kind="reserve", reference__startswith="C-")
    for reference in taken.values_list("reference", flat=True):
        settle(reference, charged=False, clause="ATSP 2.3", by=None, at=AT)
    factories.spend(agreement, "us", left)


@pytest.mark.trap(26)
@pytest.mark.clause("ATSP page 1")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_closing_connections")
def test_two_cases_never_take_the_last_place_at_once() -> None:
    """Real connections in real threads, started at one instant, again and again."""
    agreement = factories.load(factories.MTI_FILE)
    for turn in range(5):
        _leave(agreement, 1)
        outcomes = _race(agreement, [f"C-{turn}-{n}" for n in range(6)])
        assert sorted(outcomes) == ["refused"] * 5 + ["taken"]
        account = agreement.case_accounts.get(pool="us")
        assert (account.left, account.taken) == (0, account.granted)
        taken = CaseEntry.objects.filter(kind="reserve", reference__startswith=f"C-{turn}-")
        assert taken.count() == 1


@pytest.mark.trap(26)
@pytest.mark.clause("ATSP 9.1")
@pytest.mark.django_db
def test_the_quota_that_is_shown_is_the_one_that_stops_the_next_case() -> None:
    agreement = factories.load(factories.MTI_FILE)
    _leave(agreement, 1)
    assert balances(agreement)[0].left_words == "1 of 100 left"
    reserve(agreement, "US", reference="C-1", by=None, at=AT)
    assert balances(agreement)[0].left_words == "0 of 100 left"
    with pytest.raises(Refusal, match="are used"):
        reserve(agreement, "US", reference="C-2", by=None, at=AT)


@pytest.mark.trap(22)
@pytest.mark.django_db
def test_a_changed_term_leaves_a_running_agreement_as_it_was_signed() -> None:
    agreement = factories.load(factories.MTI_FILE)
    changed = factories.programme_text().replace("cases = 100", "cases = 50")
    second = publish_programme(changed, name="atsp.toml", by=None, at=AT)
    agreement = Agreement.objects.get(pk=agreement.pk)
    assert second.programme.tier("level-2").cases == 100
    assert agreement.tier_terms is not None
    assert agreement.tier_terms.cases == 200
    assert balances(agreement)[0].granted == 100


def _race(agreement: Agreement, references: list[str]) -> list[str]:
    start = threading.Barrier(len(references))
    outcomes: list[str] = []

    def open_one(reference: str) -> None:
        start.wait()
        try:
            reserve(agreement, "US", reference=reference, by=None, at=AT)
            outcomes.append("taken")
        except Refusal:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=open_one, args=[reference]) for reference in references]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return outcomes
