"""The steps of a work order, what each needs, and what an order is estimated at (ATSP 7.1, 16, 17, 18)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from contracts.programmes.rules.programme_file import read_file
from contracts.work_orders.rules import orders as rules
from contracts.work_orders.rules.orders import (
    Basis,
    Outcome,
    State,
    Step,
    WorkTerms,
    fits,
    moved,
    terms_of,
)
from portal.rules.refusal import Refusal
from tests.contracts.factories import PROGRAMME_FILE

PROGRAMME = read_file(PROGRAMME_FILE)
REMOTE = terms_of(PROGRAMME, "remote-replication")
ON_SITE = terms_of(PROGRAMME, "on-site-replication")
SUPPORT = terms_of(PROGRAMME, "on-site-support")
SECTION_7 = terms_of(PROGRAMME, "")
BOTH = (ON_SITE, SECTION_7)


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18", "ATSP Ex.D", "ATSP 7.1")
def test_the_terms_of_an_order_are_the_programmes() -> None:
    assert (REMOTE.clause, REMOTE.per_day, REMOTE.expenses_clause, REMOTE.exhibit) == (
        "ATSP 16",
        Decimal(1500),
        None,
        None,
    )
    for terms, clause in ((ON_SITE, "ATSP 17"), (SUPPORT, "ATSP 18")):
        assert (terms.clause, terms.per_day) == (clause, Decimal(2500))
        assert (terms.expenses_clause, terms.exhibit) == ("ATSP Ex.D", "ATSP Ex.D")
        assert terms.is_on_site
    assert (SECTION_7.basis, SECTION_7.unit, SECTION_7.per_day) == (
        Basis.TIME_AND_MATERIALS,
        "hour",
        None,
    )
    assert ON_SITE.unit == "day"
    assert ON_SITE.stopped_clause == "ATSP 17, ATSP 7.3.3"


def test_work_that_the_programme_does_not_have_is_refused() -> None:
    with pytest.raises(Refusal, match="no work called 'painting'"):
        terms_of(PROGRAMME, "painting")
    with pytest.raises(Refusal, match="what may not be the Software"):
        terms_of(replace(PROGRAMME, other_errors=None), "")
    bare = terms_of(replace(PROGRAMME, other_errors=None, payment=None), "on-site-support")
    assert (bare.stopped_clause, bare.expenses_clause) == ("ATSP 18", "ATSP 18")


# --- steps -------------------------------------------------------------------------------------

STEPS: dict[tuple[Basis, State], set[Step]] = {
    (Basis.DAY, State.REQUESTED): {Step.ESTIMATE, Step.DECLINE},
    (Basis.DAY, State.ESTIMATED): {Step.ESTIMATE, Step.AUTHORISE, Step.DECLINE},
    (Basis.DAY, State.NOTIFIED): set(),
    (Basis.DAY, State.AUTHORISED): {Step.AUTHORISE, Step.START, Step.STOP},
    (Basis.DAY, State.UNDER_WAY): {
        Step.AUTHORISE,
        Step.LOG_WORK,
        Step.ADD_EXPENSE,
        Step.STOP,
        Step.FINISH,
    },
    (Basis.DAY, State.STOPPED): {Step.AUTHORISE, Step.LOG_WORK, Step.ADD_EXPENSE, Step.SETTLE},
    (Basis.DAY, State.FINISHED): {Step.AUTHORISE, Step.LOG_WORK, Step.ADD_EXPENSE, Step.SETTLE},
    (Basis.DAY, State.SETTLED): set(),
    (Basis.DAY, State.DECLINED): set(),
    (Basis.TIME_AND_MATERIALS, State.REQUESTED): {Step.LOG_WORK},
    (Basis.TIME_AND_MATERIALS, State.ESTIMATED): {Step.LOG_WORK},
    (Basis.TIME_AND_MATERIALS, State.NOTIFIED): {Step.INSTRUCT, Step.DECLINE, Step.LOG_WORK},
    (Basis.TIME_AND_MATERIALS, State.AUTHORISED): {
        Step.START,
        Step.LOG_WORK,
        Step.ADD_EXPENSE,
        Step.STOP,
        Step.DECIDE,
    },
    (Basis.TIME_AND_MATERIALS, State.UNDER_WAY): {
        Step.LOG_WORK,
        Step.ADD_EXPENSE,
        Step.STOP,
        Step.FINISH,
        Step.DECIDE,
    },
    (Basis.TIME_AND_MATERIALS, State.STOPPED): {
        Step.LOG_WORK,
        Step.ADD_EXPENSE,
        Step.DECIDE,
        Step.SETTLE,
    },
    (Basis.TIME_AND_MATERIALS, State.FINISHED): {
        Step.LOG_WORK,
        Step.ADD_EXPENSE,
        Step.DECIDE,
        Step.SETTLE,
    },
    (Basis.TIME_AND_MATERIALS, State.SETTLED): set(),
    (Basis.TIME_AND_MATERIALS, State.DECLINED): {Step.LOG_WORK},
}


@pytest.mark.parametrize("terms", BOTH, ids=["by the day", "section 7"])
@pytest.mark.parametrize("state", State)
def test_each_state_takes_its_steps_and_no_other(terms: WorkTerms, state: State) -> None:
    allowed = STEPS[terms.basis, state]
    for step in Step:
        assert fits(terms.basis, state, step) == (step in allowed), step
        if step not in allowed:
            with pytest.raises(Refusal) as refused:
                moved(terms, state, step, outcome=Outcome.NOT_SOFTWARE)
            assert refused.value.clause == terms.clause
            assert refused.value.way_out


def test_the_way_from_asking_to_settling() -> None:
    state = State.REQUESTED
    for step, after in (
        (Step.ESTIMATE, State.ESTIMATED),
        (Step.ESTIMATE, State.ESTIMATED),
        (Step.AUTHORISE, State.AUTHORISED),
        (Step.AUTHORISE, State.AUTHORISED),
        (Step.START, State.UNDER_WAY),
        (Step.LOG_WORK, State.UNDER_WAY),
        (Step.AUTHORISE, State.UNDER_WAY),
        (Step.FINISH, State.FINISHED),
        (Step.SETTLE, State.SETTLED),
    ):
        state = moved(ON_SITE, state, step)
        assert state is after
    assert state.is_over


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18")
@pytest.mark.parametrize("terms", [REMOTE, ON_SITE, SUPPORT], ids=lambda terms: terms.clause)
@pytest.mark.parametrize("step", [Step.START, Step.LOG_WORK, Step.ADD_EXPENSE, Step.FINISH])
@pytest.mark.parametrize("state", [State.REQUESTED, State.ESTIMATED])
def test_nothing_starts_without_a_purchase_order_or_an_email(
    terms: WorkTerms, step: Step, state: State
) -> None:
    with pytest.raises(Refusal) as refused:
        moved(terms, state, step)
    assert refused.value.clause == terms.clause
    assert "No work starts before its fee is authorized." in str(refused.value)
    assert "purchase order, or an e-mail" in refused.value.way_out


@pytest.mark.clause("ATSP 7.1", "ATSP 7.2")
def test_section_7_waits_for_its_instruction_and_is_settled_once_its_cause_is_known() -> None:
    with pytest.raises(Refusal, match="has not instructed") as refused:
        moved(SECTION_7, State.NOTIFIED, Step.START)
    assert refused.value.clause == "ATSP 7.1"
    assert moved(SECTION_7, State.NOTIFIED, Step.INSTRUCT) is State.AUTHORISED
    assert moved(SECTION_7, State.NOTIFIED, Step.DECLINE) is State.DECLINED
    with pytest.raises(Refusal, match="not decided yet") as undecided:
        moved(SECTION_7, State.FINISHED, Step.SETTLE)
    assert undecided.value.clause == "ATSP 7.2"
    for outcome in Outcome:
        assert moved(SECTION_7, State.STOPPED, Step.SETTLE, outcome=outcome) is State.SETTLED


# --- estimates ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18", "ATSP Ex.D")
@pytest.mark.parametrize(
    ("terms", "days", "expenses", "fee", "total", "words"),
    [
        (REMOTE, "1", "0", "1500.00", "1500.00", "1 day × US$1,500.00: US$1,500.00."),
        (REMOTE, "2.5", "0", "3750.00", "3750.00", "2.5 days × US$1,500.00: US$3,750.00."),
        (
            ON_SITE,
            "2",
            "1240.5",
            "5000.00",
            "6240.50",
            "2 days × US$2,500.00: US$5,000.00, and travel and living of about US$1,240.50: "
            "US$6,240.50 in all.",
        ),
        (SUPPORT, "0.5", "0", "1250.00", "1250.00", "0.5 days × US$2,500.00: US$1,250.00."),
    ],
)
def test_an_estimate_is_days_times_the_rate_plus_expenses(
    terms: WorkTerms, days: str, expenses: str, fee: str, total: str, words: str
) -> None:
    found = rules.estimate(terms, Decimal(days), Decimal(expenses))
    assert (found.fee, found.total, found.words) == (Decimal(fee), Decimal(total), words)


@pytest.mark.clause("ATSP 7.2")
def test_hours_are_estimated_at_the_then_current_rate() -> None:
    found = rules.estimate(SECTION_7, Decimal(6), Decimal(0), hourly=Decimal(250))
    assert found.words == "6 hours × US$250.00: US$1,500.00."
    with pytest.raises(Refusal, match="No then-current rate"):
        rules.estimate(SECTION_7, Decimal(6), Decimal(0))


@pytest.mark.clause("ATSP 16")
@pytest.mark.parametrize(
    ("terms", "days", "expenses", "field", "said"),
    [
        (REMOTE, "1", "10", "expenses", "has no travel and living expenses"),
        (ON_SITE, "1", "-1", "expenses", "cannot be negative"),
        (ON_SITE, "0", "0", "quantity", "is no work"),
        (ON_SITE, "-2", "0", "quantity", "is no work"),
        (ON_SITE, "0.25", "0", "quantity", "cannot be charged by the day"),
        (ON_SITE, "99.5", "0", "quantity", "cannot be charged by the day"),
    ],
)
def test_an_estimate_that_cannot_be_is_refused(
    terms: WorkTerms, days: str, expenses: str, field: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        rules.estimate(terms, Decimal(days), Decimal(expenses))
    assert refused.value.field == field
    assert refused.value.clause
    assert refused.value.way_out


# --- cover -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "most"),
    [
        ([], Decimal(0)),
        ([Decimal(5000)], Decimal(5000)),
        ([Decimal(5000), Decimal(2500)], Decimal(7500)),
        ([None], None),
        ([Decimal(5000), None], None),
    ],
)
def test_authorisations_cover_their_sum_or_without_limit(
    amounts: list[Decimal | None], most: Decimal | None
) -> None:
    assert rules.covered(amounts) == most


def test_the_amount_above_the_cover() -> None:
    assert rules.beyond(Decimal(6000), Decimal(5000)) == 1000
    assert rules.beyond(Decimal(5000), Decimal(5000)) == 0
    assert rules.beyond(Decimal(6000), None) == 0
