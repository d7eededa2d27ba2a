"""Work orders: the terms of each, what each step needs, and what an order is estimated at (ATSP 7.1, 16, 17, 18).

An order is either work by the day at a rate of the programme (ATSP 16, 17, 18) or, by time and materials, work on
what may not be a Problem in the Software (ATSP 7.1, 7.2). What of it is billable says the module ``billing`` beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from contracts.billing.rules.money import money_text, round_cents
from contracts.programmes.rules.terms import Programme
from portal.rules.refusal import Refusal

HALF_A_DAY = Decimal("0.5")
MOST_DAYS = Decimal(99)


class Basis(StrEnum):
    """How the work is charged."""

    DAY = "day"
    TIME_AND_MATERIALS = "time_and_materials"

    @property
    def unit(self) -> str:
        """What the work is counted in."""
        return "day" if self is Basis.DAY else "hour"


class State(StrEnum):
    """The state of a work order. One about what may not be the Software begins as notified (ATSP 7.1)."""

    REQUESTED = "requested"
    ESTIMATED = "estimated"
    NOTIFIED = "notified"
    AUTHORISED = "authorised"
    UNDER_WAY = "under_way"
    STOPPED = "stopped"
    FINISHED = "finished"
    SETTLED = "settled"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The state as a reader wants it."""
        return _LABELS[self]

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to the order."""
        return self in (State.SETTLED, State.DECLINED)


_LABELS = {
    State.REQUESTED: "estimate awaited",
    State.ESTIMATED: "authorization awaited",
    State.NOTIFIED: "instruction awaited",
    State.AUTHORISED: "authorized",
    State.UNDER_WAY: "under way",
    State.STOPPED: "stopped",
    State.FINISHED: "finished",
    State.SETTLED: "settled",
    State.DECLINED: "not pursued",
}


class Outcome(StrEnum):
    """What the cause proved to be (ATSP 7.2, 7.3.1)."""

    SOFTWARE = "software"
    NOT_SOFTWARE = "not_software"

    @property
    def label(self) -> str:
        """The outcome in words."""
        if self is Outcome.SOFTWARE:
            return "a Problem in the Software"
        return "not a Problem in the Software"


class Step(StrEnum):
    """An act on a work order."""

    ESTIMATE = "estimate"
    AUTHORISE = "authorise"
    INSTRUCT = "instruct"
    DECLINE = "decline"
    START = "start"
    LOG_WORK = "log_work"
    ADD_EXPENSE = "add_expense"
    STOP = "stop"
    FINISH = "finish"
    DECIDE = "decide"
    SETTLE = "settle"

    @property
    def label(self) -> str:
        """The act as a refusal names it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class WorkTerms:
    """The terms of one order: its rate by the day, or section 7, as the programme has them.

    `per_day` is None for time and materials, whose rate is the then-current one. `expenses_clause` is None where no
    expenses are charged (ATSP 16); `exhibit` names the exhibit that governs the work on site.
    """

    basis: Basis
    name: str
    clause: str
    paid_clause: str
    uninstructed_clause: str
    stopped_clause: str
    software_clause: str
    expenses_clause: str | None
    exhibit: str | None
    per_day: Decimal | None
    currency: str

    @property
    def unit(self) -> str:
        """What the work is counted in: "day" or "hour"."""
        return self.basis.unit

    @property
    def is_on_site(self) -> bool:
        """Whether people of the provider go to a site, under an exhibit."""
        return self.exhibit is not None


def terms_of(programme: Programme, rate: str) -> WorkTerms:
    """The terms of an order for the work rate of that code; "" is work under section 7.

    Raises Refusal when the programme has no such work.
    """
    if rate:
        return _by_the_day(programme, rate)
    errors = programme.other_errors
    if errors is None:
        raise Refusal(
            f"{programme.title} has no work on what may not be the Software.",
            way_out="Write on the case what was found.",
        )
    return WorkTerms(
        basis=Basis.TIME_AND_MATERIALS,
        name=errors.name,
        clause=errors.clause,
        paid_clause=errors.paid_clause,
        uninstructed_clause=errors.uninstructed_clause,
        stopped_clause=errors.stopped_clause,
        software_clause=errors.software_clause,
        expenses_clause=errors.paid_clause,
        exhibit=None,
        per_day=None,
        currency=programme.currency,
    )


def _by_the_day(programme: Programme, code: str) -> WorkTerms:
    try:
        rate = programme.work_rate(code)
    except KeyError:
        raise Refusal(
            f"{programme.title} has no work called {code!r}.",
            way_out="Choose one of the list.",
            field="rate",
        ) from None
    errors, payment = programme.other_errors, programme.payment
    stopped = f"{rate.clause}, {errors.stopped_clause}" if errors else rate.clause
    of_payment = payment.expenses_clause if payment else None
    return WorkTerms(
        basis=Basis.DAY,
        name=rate.name,
        clause=rate.clause,
        paid_clause=rate.clause,
        uninstructed_clause=rate.clause,
        stopped_clause=stopped,
        software_clause=rate.clause,
        expenses_clause=(of_payment or rate.clause) if rate.plus_expenses else None,
        exhibit=rate.exhibit,
        per_day=rate.per_day,
        currency=programme.currency,
    )


_WORKED_ON = (State.STOPPED, State.FINISHED)
_BY_THE_DAY: dict[Step, tuple[State, ...]] = {
    Step.ESTIMATE: (State.REQUESTED, State.ESTIMATED),
    Step.AUTHORISE: (State.ESTIMATED, State.AUTHORISED, State.UNDER_WAY, *_WORKED_ON),
    Step.DECLINE: (State.REQUESTED, State.ESTIMATED),
    Step.START: (State.AUTHORISED,),
    Step.LOG_WORK: (State.UNDER_WAY, *_WORKED_ON),
    Step.ADD_EXPENSE: (State.UNDER_WAY, *_WORKED_ON),
    Step.STOP: (State.AUTHORISED, State.UNDER_WAY),
    Step.FINISH: (State.UNDER_WAY,),
    Step.SETTLE: _WORKED_ON,
}
_UNDER_SECTION_7: dict[Step, tuple[State, ...]] = {
    Step.INSTRUCT: (State.NOTIFIED,),
    Step.DECLINE: (State.NOTIFIED,),
    Step.START: (State.AUTHORISED,),
    Step.LOG_WORK: tuple(state for state in State if state is not State.SETTLED),
    Step.ADD_EXPENSE: (State.AUTHORISED, State.UNDER_WAY, *_WORKED_ON),
    Step.STOP: (State.AUTHORISED, State.UNDER_WAY),
    Step.FINISH: (State.UNDER_WAY,),
    Step.DECIDE: (State.AUTHORISED, State.UNDER_WAY, *_WORKED_ON),
    Step.SETTLE: _WORKED_ON,
}
_STEPS = {Basis.DAY: _BY_THE_DAY, Basis.TIME_AND_MATERIALS: _UNDER_SECTION_7}
_LEADS_TO = {
    Step.ESTIMATE: State.ESTIMATED,
    Step.INSTRUCT: State.AUTHORISED,
    Step.DECLINE: State.DECLINED,
    Step.START: State.UNDER_WAY,
    Step.STOP: State.STOPPED,
    Step.FINISH: State.FINISHED,
    Step.SETTLE: State.SETTLED,
}


def fits(basis: Basis, state: State, step: Step) -> bool:
    """Whether a step can be taken from a state."""
    return state in _STEPS[basis].get(step, ())


def moved(terms: WorkTerms, state: State, step: Step, *, outcome: Outcome | None = None) -> State:
    """The state after a step. Raises Refusal naming the clause and the way out when it cannot be taken now.

    No work starts without its authorization (ATSP 16, 17, 18), and work under section 7 is settled once its cause is
    known (ATSP 7.2).
    """
    if not fits(terms.basis, state, step):
        raise _not_now(terms, state, step)
    if step is Step.SETTLE and terms.basis is Basis.TIME_AND_MATERIALS and outcome is None:
        raise Refusal(
            "It is not decided yet whether the Software is the cause.",
            clause=terms.paid_clause,
            way_out="Decide it first: only work on what is not a Problem in the Software is paid.",
        )
    if step is Step.AUTHORISE and state is not State.ESTIMATED:
        return state  # a further authorization
    return _LEADS_TO.get(step, state) if step is not Step.AUTHORISE else State.AUTHORISED


def _not_now(terms: WorkTerms, state: State, step: Step) -> Refusal:
    if step in (Step.START, Step.LOG_WORK, Step.ADD_EXPENSE, Step.FINISH) and state in (
        State.REQUESTED,
        State.ESTIMATED,
        State.NOTIFIED,
    ):
        if terms.basis is Basis.DAY:
            return Refusal(
                "No work starts before its fee is authorized.",
                clause=terms.clause,
                way_out="The reseller submits a purchase order, or an e-mail of its authorization to proceed with "
                "the intention to pay.",
            )
        return Refusal(
            "The reseller has not instructed to proceed at its possible expense.",
            clause=terms.clause,
            way_out="It answers the notice: proceed, or do not pursue the Problem.",
        )
    return Refusal(
        f"A work order that is {state.label} does not take this step: {step.label}.",
        clause=terms.clause,
        way_out="The page of the work order shows what can be done now, and who does it.",
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an order is estimated at, with the sum in words. `fee` is None where no rate is known."""

    quantity: Decimal
    fee: Decimal
    expenses: Decimal
    total: Decimal
    words: str


def estimate(
    terms: WorkTerms, quantity: Decimal, expenses: Decimal, *, hourly: Decimal | None = None
) -> Estimate:
    """Days, or hours at the then-current rate, times the rate, plus travel and living (ATSP 16, 17, 7.2; Ex.D).

    Raises Refusal for no whole or half days, for expenses where none are charged, and where no rate is known.
    """
    check_quantity(terms, quantity, field="quantity")
    if expenses < 0 or (expenses and terms.expenses_clause is None):
        raise no_expenses(terms, field="expenses")
    rate = terms.per_day if terms.per_day is not None else hourly
    if rate is None:
        raise no_rate(terms)
    fee = round_cents(quantity * rate)
    total = fee + round_cents(expenses)
    words = f"{counted(quantity, terms.unit)} × {money_text(rate, terms.currency)}: {money_text(fee, terms.currency)}"
    if expenses:
        words += (
            f", and travel and living of about {money_text(expenses, terms.currency)}: "
            f"{money_text(total, terms.currency)} in all"
        )
    return Estimate(quantity, fee, round_cents(expenses), total, f"{words}.")


def check_quantity(terms: WorkTerms, quantity: Decimal, *, field: str) -> None:
    """Raise Refusal unless it is a quantity of work: days by halves, hours by hundredths, more than nothing."""
    if quantity <= 0:
        raise Refusal(
            f"{quantity:f} {terms.unit}s is no work.",
            clause=terms.paid_clause,
            way_out="Say how much it is.",
            field=field,
        )
    if terms.basis is Basis.DAY and (quantity % HALF_A_DAY or quantity > MOST_DAYS):
        raise Refusal(
            f"{counted(quantity, terms.unit)} cannot be charged by the day.",
            clause=terms.paid_clause,
            way_out=f"Count whole and half days, at most {MOST_DAYS}.",
            field=field,
        )


def no_expenses(terms: WorkTerms, *, field: str) -> Refusal:
    """Expenses where the agreement charges none (ATSP 16), or less than nothing."""
    if terms.expenses_clause is not None:
        return Refusal(
            "Expenses cannot be negative.",
            clause=terms.expenses_clause,
            way_out="Write the amount as the receipt has it.",
            field=field,
        )
    return Refusal(
        f"{terms.name} has no travel and living expenses: the daily fee covers everything.",
        clause=terms.clause,
        way_out="Leave the expenses out; on-site work has them (ATSP 17, 18).",
        field=field,
    )


def no_rate(terms: WorkTerms) -> Refusal:
    """Time and materials while no then-current rate is on record."""
    return Refusal(
        "No then-current rate for professional services is on record for that day.",
        clause=terms.paid_clause,
        way_out="A contract administrator puts the rate on record; then do this again.",
    )


def covered(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The most that authorizations cover together; None when one of them names no limit."""
    known = list(amounts)
    if any(amount is None for amount in known):
        return None
    return sum((amount for amount in known if amount is not None), Decimal(0))


def beyond(total: Decimal, most: Decimal | None) -> Decimal:
    """How much of a total lies above the most that is authorized; nothing when there is no limit."""
    return Decimal(0) if most is None else max(Decimal(0), total - most)


def counted(quantity: Decimal, unit: str) -> str:
    """A quantity in words: "2 days", "0.5 days", "1 hour"; what is shown as nothing, and is not, says so (D-19)."""
    if not quantity:
        return f"less than 0.01 {unit}s"
    number = f"{quantity.normalize():f}"
    return f"{number} {unit}{'' if quantity == 1 else 's'}"
