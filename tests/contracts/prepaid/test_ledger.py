"""Prepaid cases: taken at opening, settled by the determination, never lost, never two on the last place."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, connections

from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.prepaid.actions import ledger as case_ledger
from contracts.prepaid.actions.ledger import Balance, balances, settle
from contracts.prepaid.models.ledger import CaseEntry, EntryKind
from portal.models import JournalEntry, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.factories import reserve

AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def take(agreement: Agreement, reference: str, region: str = "US", **more: object) -> CaseEntry:
    values: dict[str, object] = {"reference": reference, "by": None, "at": AT}
    return reserve(agreement, region, **(values | more))  # type: ignore[arg-type]


def us(agreement: Agreement) -> Balance:
    return balances(agreement)[0]


def use_up(agreement: Agreement, pool: str, left: int = 0) -> None:
    factories.spend(agreement, pool, left)


@pytest.fixture
def dispatcher() -> User:
    return User.objects.create_user("dora@legato.example", name="Dora", roles=[Role.DISPATCH])


@pytest.mark.clause("ATSP page 1")
def test_a_loaded_agreement_is_granted_the_cases_of_its_tier(mti: Agreement) -> None:
    assert [(b.pool, b.name, b.granted, b.left) for b in balances(mti)] == [
        ("us", "US", 100, 100),
        ("emea", "EMEA", 100, 100),
    ]
    grants = CaseEntry.objects.filter(account__agreement=mti)
    assert [(grant.kind, grant.cases, grant.clause) for grant in grants] == [
        ("grant", 100, "ATSP page 1")
    ] * 2


def test_accounts_are_opened_once(mti: Agreement) -> None:
    assert case_ledger.open_accounts(mti, by=None, at=AT) == []
    assert mti.case_accounts.count() == 2


@pytest.mark.clause("ATSP 2.3")
def test_opening_takes_a_case_provisionally_from_the_pool_of_the_region(mti: Agreement) -> None:
    entry = take(mti, "C-1", "EMEA")
    assert (entry.kind, entry.clause, entry.at) == (EntryKind.RESERVE, "ATSP 2.3", AT)
    assert [(b.left, b.reserved, b.charged) for b in balances(mti)] == [(100, 0, 0), (99, 1, 0)]


@pytest.mark.clause("ATSP page 1")
def test_all_regions_draw_on_the_one_pool_of_level_i(nordlicht: Agreement) -> None:
    take(nordlicht, "C-1", "EMEA")
    take(nordlicht, "C-2", "US")
    assert [(b.name, b.taken) for b in balances(nordlicht)] == [("All regions", 2)]


@pytest.mark.clause("ATSP 2.3")
def test_a_known_defect_is_charged(mti: Agreement) -> None:
    take(mti, "C-1")
    settle("C-1", charged=True, clause="ATSP 2.3", by=None, at=AT)
    assert (us(mti).left, us(mti).reserved, us(mti).charged) == (99, 0, 1)


@pytest.mark.clause("ATSP 2.3")
def test_a_new_defect_gives_the_case_back(mti: Agreement) -> None:
    take(mti, "C-1")
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    assert (us(mti).left, us(mti).reserved, us(mti).charged) == (100, 0, 0)


@pytest.mark.parametrize("charged", [True, False])
def test_settling_again_changes_nothing(mti: Agreement, charged: bool) -> None:
    take(mti, "C-1")
    first = settle("C-1", charged=charged, clause="ATSP 2.3", by=None, at=AT)
    before = us(mti)
    assert settle("C-1", charged=charged, clause="ATSP 2.3", by=None, at=AT) == first
    assert us(mti) == before


def test_the_database_takes_one_case_a_reference_at_most(mti: Agreement) -> None:
    take(mti, "C-1")
    with pytest.raises(IntegrityError, match="case_taken_once"):
        take(mti, "C-1")
    assert us(mti).taken == 1


def test_a_changed_determination_moves_the_case_over(mti: Agreement) -> None:
    take(mti, "C-1")
    settle("C-1", charged=True, clause="ATSP 2.3", by=None, at=AT)
    settle("C-1", charged=False, clause="ATSP 1.3", by=None, at=AT)
    assert us(mti).left == 100
    settle("C-1", charged=True, clause="D-3", by=None, at=AT)
    assert (us(mti).left, us(mti).charged) == (99, 1)
    kinds = CaseEntry.objects.filter(reference="C-1").values_list("kind", flat=True)
    assert list(kinds) == ["reserve", "charge", "give_back", "charge"]


def test_a_case_charged_after_it_was_given_back_may_stand_above_the_quota(mti: Agreement) -> None:
    take(mti, "C-1")
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    use_up(mti, "us")
    settle("C-1", charged=True, clause="ATSP 2.3", by=None, at=AT)
    assert (us(mti).left, us(mti).charged, us(mti).over) == (0, 101, 1)


def test_settling_an_unknown_reference_does_nothing(mti: Agreement) -> None:
    assert settle("C-9", charged=True, clause="ATSP 2.3", by=None, at=AT) is None


@pytest.mark.clause("ATSP 9.1", "D-4")
def test_a_spent_pool_is_refused_with_the_extension_and_its_arithmetic(mti: Agreement) -> None:
    use_up(mti, "us")
    spent_on = dt.datetime(2003, 5, 10, 19, 0, tzinfo=dt.UTC)
    with pytest.raises(Refusal) as refused:
        take(mti, "C-1", at=spent_on)
    assert refused.value.clause == "ATSP 9.1"
    assert refused.value.sentence == "All 100 cases of the pool US are used."
    for figure in ("4 months", "3 Sep 2003", "US$6,666.67", "US$26,666.68", "purchase order"):
        assert figure in refused.value.way_out
    assert us(mti).taken == 100


@pytest.mark.clause("ATSP page 1")
def test_a_spent_pool_does_not_borrow_from_the_other(mti: Agreement) -> None:
    use_up(mti, "us")
    with pytest.raises(Refusal):
        take(mti, "C-1")
    assert take(mti, "C-2", "EMEA").kind == EntryKind.RESERVE


def test_a_case_given_back_can_be_taken_again(mti: Agreement) -> None:
    use_up(mti, "us", left=1)
    take(mti, "C-1")
    with pytest.raises(Refusal):
        take(mti, "C-2")
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    assert take(mti, "C-2").kind == EntryKind.RESERVE


@pytest.mark.clause("ATSP 9.1")
def test_the_provider_admits_a_case_over_quota_with_a_reason_on_record(
    mti: Agreement, dispatcher: User
) -> None:
    use_up(mti, "us")
    entry = take(mti, "C-1", by=dispatcher, over_quota_reason=" Their line is down. ")
    assert (entry.kind, entry.reason, entry.by) == (
        EntryKind.ADMIT_OVER,
        "Their line is down.",
        dispatcher,
    )
    assert (us(mti).left, us(mti).over, us(mti).reserved) == (0, 1, 1)
    written = JournalEntry.objects.about(mti).get(verb="agreement.case_admitted_over_quota")
    assert (written.by, written.text, written.clause) == (
        dispatcher,
        "Their line is down.",
        "ATSP 9.1",
    )


def test_admission_over_quota_without_a_reason_asks_for_it(
    mti: Agreement, dispatcher: User
) -> None:
    use_up(mti, "us")
    with pytest.raises(Refusal, match="needs a reason") as refused:
        take(mti, "C-1", by=dispatcher, over_quota_reason="  ")
    assert refused.value.field == "over_quota_reason"


def test_a_contact_cannot_admit_themselves_over_quota(mti: Agreement) -> None:
    contact = mti.reseller.contacts.get(name="Mathew Keane")
    use_up(mti, "us")
    with pytest.raises(Refusal, match="are used"):
        take(mti, "C-1", by=contact.user, over_quota_reason="We need it")


def test_a_place_that_is_free_is_taken_plainly_whatever_reason_is_given(
    mti: Agreement, dispatcher: User
) -> None:
    entry = take(mti, "C-1", by=dispatcher, over_quota_reason="just in case")
    assert (entry.kind, entry.reason) == (EntryKind.RESERVE, "")


def test_a_case_over_quota_given_back_leaves_no_room_for_another(
    mti: Agreement, dispatcher: User
) -> None:
    use_up(mti, "us")
    take(mti, "C-1", by=dispatcher, over_quota_reason="Their line is down.")
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    assert (us(mti).over, us(mti).taken) == (0, 100)
    with pytest.raises(Refusal):
        take(mti, "C-2")


LAST_INSTANT = dt.datetime(2003, 9, 3, 6, 59, 59, 999_999, tzinfo=dt.UTC)


@pytest.mark.clause("ATSP page 1, 2.a")
@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (dt.datetime(2002, 9, 3, 6, 59, 59, tzinfo=dt.UTC), False),
        (dt.datetime(2002, 9, 3, 7, 0, tzinfo=dt.UTC), True),
        (LAST_INSTANT, True),
        (LAST_INSTANT + dt.timedelta(microseconds=1), False),
    ],
    ids=["a second before the year", "its first instant", "its last instant", "the anniversary"],
)
def test_cases_are_taken_within_the_year_only(
    mti: Agreement, at: dt.datetime, allowed: bool
) -> None:
    if allowed:
        assert take(mti, "C-1", at=at)
        return
    with pytest.raises(Refusal, match="not in force") as refused:
        take(mti, "C-1", at=at)
    assert refused.value.clause == "ATSP page 1, 2.a"
    assert us(mti).taken == 0


@pytest.mark.parametrize(
    "state", [AgreementState.DRAFT, AgreementState.SIGNED, AgreementState.ENDED]
)
def test_an_agreement_that_is_not_in_force_takes_no_case(
    mti: Agreement, state: AgreementState
) -> None:
    mti.state = state
    if state == AgreementState.ENDED:
        mti.ended_on, mti.end_cause = mti.date_at(AT), EndCause.TERMINATED
    mti.save()
    with pytest.raises(Refusal, match="not in force"):
        take(mti, "C-1")


def test_a_region_without_a_pool_is_refused(mti: Agreement) -> None:
    with pytest.raises(Refusal, match="no cases for the region APAC"):
        take(mti, "C-1", "APAC")


def test_balances_of_many_agreements_cost_one_query(
    mti: Agreement, nordlicht: Agreement, django_assert_num_queries: object
) -> None:
    assert mti.programme
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = case_ledger.balances_by_agreement([mti, nordlicht])
    assert [len(found[one.pk]) for one in (mti, nordlicht)] == [2, 1]


def test_a_balance_says_what_was_used() -> None:
    balance = Balance("us", "US", ("US",), granted=100, reserved=7, charged=95, over=2)
    assert balance.words == "102 of 100 used: 95 charged, 7 provisional, 2 over quota"
    assert balance.left_words == "0 of 100 left"


@pytest.fixture
def closing_connections() -> Iterator[None]:
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_one_case_settled_twice_at_once_is_settled_once(closing_connections: None) -> None:
    agreement = factories.load(factories.MTI_FILE)
    take(agreement, "C-1")
    start = threading.Barrier(4)

    def give_back() -> None:
        start.wait()
        settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
        connection.close()

    threads = [threading.Thread(target=give_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    assert CaseEntry.objects.filter(reference="C-1", kind="give_back").count() == 1
    assert us(agreement).taken == 0
