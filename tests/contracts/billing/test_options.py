"""Options taken after the Effective Date, and standard fees by their day (ATSP page 1, 2.1; D-1, D-2)."""

import datetime as dt
from decimal import Decimal

import pytest

from contracts.agreements.models.agreements import AgreementState
from contracts.billing.actions.fees import set_standard_fee
from contracts.billing.actions.options import quote_option, take_option
from contracts.billing.models.charges import FeeCode, StandardFee
from contracts.billing.rules.option_taking import Taken, Wish, quote
from portal.models import JournalEntry, Notice
from portal.rules.refusal import Refusal
from tests.atsp import atsp
from tests.contracts.billing.world import AT, DAY, MoneyWorld

FIRST, LAST = dt.date(2002, 9, 3), dt.date(2003, 9, 2)
WINTER = dt.date(2003, 1, 15)


def asked(code: str, quantity: int = 1, on: dt.date = WINTER, *taken: Taken, tier: str = "level-2"):  # type: ignore[no-untyped-def]
    return quote(atsp(), atsp().tier(tier), taken, Wish(code, quantity, on), FIRST, LAST)


@pytest.mark.clause("ATSP page 1", "D-1", "D-2")
@pytest.mark.parametrize(
    ("code", "quantity", "on", "amount", "days"),
    [
        ("psam-2", 2, WINTER, "28479.45", 231),  # the worked example
        ("psam-2", 2, FIRST, "45000.00", 365),
        ("psam-2", 1, LAST, "61.64", 1),
        ("ess-2", 1, dt.date(2003, 3, 4), "17547.95", 183),
    ],
)
def test_an_option_is_charged_for_the_days_that_remain(
    code: str, quantity: int, on: dt.date, amount: str, days: int
) -> None:
    found = asked(code, quantity, on)
    assert (found.amount, found.remaining_days, found.days) == (Decimal(amount), days, 365)


def test_the_sum_is_explained_in_words() -> None:
    assert asked("psam-2", 2).words == (
        "2 × US$22,500.00 a year: US$45,000.00 for 231 of 365 days, "
        "15 Jan 2003 to 2 Sep 2003: US$28,479.45."
    )


@pytest.mark.clause("ATSP page 1")
def test_an_option_of_the_other_column_is_refused_in_the_words_of_page_1() -> None:
    with pytest.raises(Refusal) as refused:
        asked("psam-1")
    assert refused.value.clause == "ATSP page 1"
    assert refused.value.field == "option"
    assert "“If they pick an option, it must be in the same column at the ATSP level.”" in str(
        refused.value
    )
    assert "Choose PSAM Level II or ESS Level II." in str(refused.value)


@pytest.mark.parametrize(
    ("code", "quantity", "on", "sentence", "field"),
    [
        ("helicopter", 1, WINTER, "has no option 'helicopter'", "option"),
        ("psam-2", 0, WINTER, "0 is not a valid quantity", "quantity"),
        ("psam-2", 100, WINTER, "100 is not a valid quantity", "quantity"),
        ("psam-2", 1, FIRST - DAY, "2 Sep 2002 is outside the contract year", "taken_on"),
        ("psam-2", 1, LAST + DAY, "3 Sep 2003 is outside the contract year", "taken_on"),
    ],
)
@pytest.mark.clause("ATSP page 1")
def test_only_options_of_the_year_can_be_taken(
    code: str, quantity: int, on: dt.date, sentence: str, field: str
) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        asked(code, quantity, on)
    assert refused.value.field == field
    assert refused.value.way_out


@pytest.mark.clause("ATSP 15.1")
def test_there_is_one_ess_the_single_technical_point_of_contact() -> None:
    with pytest.raises(Refusal, match="at most 1 ESS Level II") as refused:
        asked("ess-2", 2)
    assert refused.value.clause == "ATSP 15.1"
    with pytest.raises(Refusal, match="it has 1 already"):
        asked("ess-2", 1, WINTER, Taken("ess-2", 1, FIRST))


def test_the_same_option_twice_a_day_is_refused_and_on_another_day_it_is_not() -> None:
    with pytest.raises(Refusal, match="was taken on 15 Jan 2003 already"):
        asked("psam-2", 1, WINTER, Taken("psam-2", 2, WINTER))
    assert asked("psam-2", 1, WINTER, Taken("psam-2", 2, FIRST)).quantity == 1


@pytest.fixture
def world(db: None) -> MoneyWorld:
    return MoneyWorld()


@pytest.mark.clause("ATSP page 1", "D-2")
def test_taking_an_option_writes_it_charges_it_and_tells(world: MoneyWorld) -> None:
    at = dt.datetime(2003, 1, 10, 18, 0, tzinfo=dt.UTC)
    option = take_option(
        world.agreement,
        Wish("psam-2", 2, WINTER),
        asked_by="Ada Lindt",
        purchase_order="PO-77",
        by=world.keeper,
        at=at,
    )
    assert (option.fee, option.kind, option.taken_on) == (Decimal("28479.45"), "psam", WINTER)
    line = world.agreement.charges.latest("pk")
    assert (line.amount, line.incurred_on) == (Decimal("28479.45"), WINTER)
    assert "231 of 365 days" in line.words
    assert (line.authorisation.number, line.authorisation.given_by) == ("PO-77", "Ada Lindt")
    entry = JournalEntry.objects.about(world.agreement).get(verb="agreement.option_taken")
    assert "asked for by Ada Lindt" in entry.text
    assert entry.clause == "ATSP page 1, 2.b"
    notices = Notice.objects.about(world.agreement).filter(template="option_taken")
    assert {one.recipient for one in notices} == {world.payer}
    with pytest.raises(Refusal, match="already"):
        take_option(
            world.agreement, Wish("psam-2", 1, WINTER), asked_by="Ada", by=world.keeper, at=at
        )


def test_only_the_contract_administrator_takes_and_somebody_asked(world: MoneyWorld) -> None:
    wish = Wish("ess-2", 1, WINTER)
    for who in (world.reader, world.payer, world.engineer):
        with pytest.raises(Refusal, match="may not take an option"):
            take_option(world.agreement, wish, asked_by="Ada", by=who, at=AT)
    with pytest.raises(Refusal, match="can exercise an option") as refused:
        take_option(world.agreement, wish, asked_by=" ", by=world.keeper, at=AT)
    assert refused.value.field == "asked_by"
    assert world.agreement.options.count() == 1


def test_a_draft_and_an_agreement_whose_year_is_over_take_none(world: MoneyWorld) -> None:
    wish = Wish("ess-2", 1, WINTER)
    with pytest.raises(Refusal, match="signed agreement that has not ended"):
        quote_option(world.agreement, wish, at=AT + 400 * DAY)
    world.agreement.state = AgreementState.DRAFT
    with pytest.raises(Refusal, match="signed agreement that has not ended"):
        quote_option(world.agreement, wish, at=AT)


class TestStandardFees:
    """ATSP 2.1, 7.2: fees by their day; a past price never changes."""

    def set_fee(self, world: MoneyWorld, amount: str, on: dt.date, **more: object) -> StandardFee:
        values: dict[str, object] = {"currency": "USD", "by": world.keeper, "at": AT}
        return set_standard_fee(
            FeeCode.ADDITIONAL_CONTACT,
            amount=Decimal(amount),
            starts_on=on,
            **(values | more),  # type: ignore[arg-type]
        )

    @pytest.mark.clause("ATSP 2.1", "ATSP 7.2")
    def test_a_fee_holds_from_its_day_on(self, world: MoneyWorld) -> None:
        today = dt.date(2002, 9, 5)
        self.set_fee(world, "500.00", today)
        self.set_fee(world, "650.00", dt.date(2003, 1, 1))
        on = StandardFee.objects.on
        assert on("additional_contact", "USD", dt.date(2002, 12, 31)).amount == 500
        assert on("additional_contact", "USD", dt.date(2003, 1, 1)).amount == 650
        entry = JournalEntry.objects.filter(verb="fee.set").latest("pk")
        assert entry.text.endswith("US$650.00 from 1 Jan 2003")

    @pytest.mark.clause("ATSP 2.1")
    def test_not_for_the_past_nor_for_today_once_one_is_in_force(self, world: MoneyWorld) -> None:
        today = dt.date(2002, 9, 5)
        with pytest.raises(Refusal, match="would change a past price"):
            self.set_fee(world, "500.00", today - DAY)
        self.set_fee(world, "500.00", today)
        with pytest.raises(Refusal, match="would change a past price") as refused:
            self.set_fee(world, "600.00", today)
        assert "from 6 Sep 2002 on" in refused.value.way_out
        self.set_fee(world, "600.00", today + DAY)
        with pytest.raises(Refusal, match="is set already"):
            self.set_fee(world, "700.00", today + DAY)

    def test_refused_to_others_and_below_zero(self, world: MoneyWorld) -> None:
        with pytest.raises(Refusal, match="may not set fees"):
            self.set_fee(world, "5.00", AT.date(), by=world.reader)
        with pytest.raises(Refusal, match="is not a valid fee"):
            self.set_fee(world, "-5.00", AT.date())
        with pytest.raises(Refusal, match="no standard fee"):
            set_standard_fee(
                "lunch",
                amount=Decimal(1),
                currency="USD",
                starts_on=AT.date(),
                by=world.keeper,
                at=AT,
            )
