"""Transfers, the extension of 9.1, warnings, and what it means that all cases are spent."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from contracts.agreements.actions.life import end_agreement
from contracts.agreements.models.agreements import Agreement, EndCause
from contracts.billing.actions.disputes import raise_dispute, settle_dispute
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.actions.payments import record_payment
from contracts.billing.models.charges import ChargeKind
from contracts.billing.models.disputes import Outcome
from contracts.parties.models.parties import Contact
from contracts.prepaid.actions.extension import (
    PURCHASE_ORDER,
    PurchaseOrder,
    accept_extension,
    ask_for_extension,
    decline_extension,
    offer_of,
    withdraw_extension,
)
from contracts.prepaid.actions.ledger import Balance, balances, settle
from contracts.prepaid.actions.transfer import transfer_cases
from contracts.prepaid.audit import audit
from contracts.prepaid.models.ledger import EntryKind
from contracts.roster.models.entries import RosterEntry
from portal.models import Attachment, Channel, JournalEntry, Notice, User
from portal.notices.rendering import render
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts.factories import reserve, spend

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
SPENT_AT = dt.datetime(2003, 5, 10, 19, 0, tzinfo=dt.UTC)
ORDER = PurchaseOrder(
    number="PO-4711",
    given_by="Terri Hirsch",
    dated_on=dt.date(2003, 5, 10),
    amount=Decimal("26666.68"),
)
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def manager(db: None) -> User:
    return User.objects.create_user(
        "ada@legato.example", name="Ada Manager", roles=[Role.ACCOUNT_MANAGER]
    )


@pytest.fixture
def terri(mti: Agreement) -> User:
    """The Administrative Contact."""
    return user_of(mti, "Terri Hirsch")


@pytest.fixture
def spent(mti: Agreement) -> Agreement:
    """All cases of both pools are charged."""
    spend(mti, "us")
    spend(mti, "emea")
    return mti


def user_of(agreement: Agreement, name: str) -> User:
    user = agreement.reseller.contacts.get(name=name).user
    assert user is not None
    return user


def pools(agreement: Agreement) -> dict[str, Balance]:
    return {balance.pool: balance for balance in balances(agreement)}


def take(agreement: Agreement, *references: str, region: str = "US", **more: Any) -> None:
    for reference in references:
        reserve(agreement, region, reference=reference, **({"by": None, "at": AT} | more))


def charge(*references: str) -> None:
    for reference in references:
        settle(reference, charged=True, clause="ATSP 2.3", by=None, at=AT)


def verbs(agreement: Agreement) -> list[str]:
    entries = JournalEntry.objects.about(agreement).order_by("pk")
    return [entry.verb.removeprefix("agreement.") for entry in entries]


def mails(template: str) -> list[Notice]:
    return list(Notice.objects.filter(template=template, channel=Channel.EMAIL).order_by("pk"))


# --- transfers -----------------------------------------------------------------------------------


def transfer(agreement: Agreement, by: User, **changes: Any) -> None:
    told = {"source": "emea", "target": "us", "cases": 10, "reason": " A new team in Tustin. "}
    transfer_cases(agreement, by=by, at=AT, **(told | changes))  # type: ignore[arg-type]


@pytest.mark.clause("ATSP page 1")
def test_cases_go_from_a_pool_to_another_with_a_reason_that_the_reseller_reads(
    mti: Agreement, manager: User
) -> None:
    transfer(mti, manager)
    assert {code: (one.granted, one.left) for code, one in pools(mti).items()} == {
        "us": (110, 110),
        "emea": (90, 90),
    }
    written = JournalEntry.objects.about(mti).get(verb="agreement.cases_transferred")
    assert written.public
    assert written.text == "10 from EMEA to US: A new team in Tustin."
    (told,) = mails("cases_transferred")
    assert told.recipient == user_of(mti, "Terri Hirsch")
    mail = render(told)
    assert mail.subject == "10 cases moved from the pool EMEA to US"
    assert "A new team in Tustin." in mail.text
    assert "Left now: EMEA 90, US 110." in mail.text
    assert audit().findings == ()


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"cases": 101}, "cases", "The pool EMEA has 100 cases left, not 101."),
        ({"cases": 0}, "cases", "at least one case"),
        ({"reason": "  "}, "reason", "needs a reason"),
        ({"target": "emea"}, "target", "pools are the same"),
        ({"source": "apac"}, "source", "no pool 'apac'"),
        ({"target": "apac"}, "target", "no pool 'apac'"),
    ],
)
def test_a_transfer_that_makes_no_sense_is_refused_at_its_field(
    mti: Agreement, manager: User, changes: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        transfer(mti, manager, **changes)
    assert (refused.value.field, refused.value.clause) == (field, "ATSP page 1")
    assert pools(mti)["us"].granted == 100


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in ("account_manager", "contract_administrator")]
)
def test_nobody_else_transfers(mti: Agreement, role: Role) -> None:
    other = User.objects.create_user("o@legato.example", name="O", roles=[role])
    with pytest.raises(Refusal, match="may not transfer"):
        transfer(mti, other)


def test_a_reseller_does_not_transfer(mti: Agreement, terri: User) -> None:
    with pytest.raises(Refusal, match="may not transfer"):
        transfer(mti, terri)


def test_nothing_is_transferred_outside_the_year(mti: Agreement, manager: User) -> None:
    with pytest.raises(Refusal, match="not in force"):
        transfer_cases(
            mti,
            source="us",
            target="emea",
            cases=1,
            reason="Late",
            by=manager,
            at=AT + dt.timedelta(days=365),
        )


@pytest.mark.clause("D-47")
def test_transferred_cases_make_good_what_was_over_quota(mti: Agreement, manager: User) -> None:
    spend(mti, "us")
    take(mti, "C-1", "C-2", by=manager, over_quota_reason="Their line is down.")
    assert pools(mti)["us"].over == 2
    transfer(mti, manager, cases=3)
    us = pools(mti)["us"]
    assert (us.granted, us.taken, us.left, us.over) == (103, 102, 1, 0)
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    assert pools(mti)["us"].left == 2
    assert audit().findings == ()


# --- the extension ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 9.1", "D-4", "D-47")
def test_an_extension_is_asked_for_by_purchase_order_accepted_charged_and_granted(
    spent: Agreement, terri: User, manager: User
) -> None:
    order = replace(ORDER, file=("po.pdf", PDF))
    asked = ask_for_extension(spent, order, by=terri, at=SPENT_AT)
    assert (asked.months, asked.total, asked.cases) == (4, Decimal("26666.68"), 68)
    assert (asked.authorisation.number, asked.authorisation.amount) == ("PO-4711", order.amount)
    (file,) = Attachment.objects.about(asked.authorisation)
    assert (file.purpose, file.name) == (PURCHASE_ORDER, "po.pdf")
    assert pools(spent)["us"].left == 0, "nothing is there before it is accepted"

    later = SPENT_AT + dt.timedelta(days=30)  # a month less would remain by then
    done = accept_extension(asked, by=manager, at=later)
    assert {code: (one.granted, one.left) for code, one in pools(spent).items()} == {
        "us": (134, 34),
        "emea": (134, 34),
    }
    assert done.charge is not None
    assert (done.charge.kind, done.charge.amount) == (ChargeKind.EXTENSION, Decimal("26666.68"))
    assert done.charge.words == asked.words
    assert (done.charge.clause, done.charge.authorisation) == ("ATSP 9.1", asked.authorisation)
    take(spent, "C-1", at=later)
    assert audit().findings == ()
    assert [verb for verb in verbs(spent) if verb != "cases_share_used"][-4:] == [
        "extension_asked",
        "charged",
        "cases_there_again",
        "extension_accepted",
    ]


@pytest.mark.clause("ATSP 9.1")
def test_those_concerned_are_told_of_an_extension(
    spent: Agreement, terri: User, manager: User
) -> None:
    asked = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    (told,) = mails("extension_asked")
    assert told.recipient == manager
    assert "US$26,666.68" in render(told).text
    accept_extension(asked, by=manager, at=SPENT_AT)
    (decided,) = mails("extension_decided")
    assert decided.recipient == terri
    assert "68 more cases are available until 2 Sep 2003" in render(decided).text
    assert "68 cases" in render(decided).html


@pytest.mark.clause("ATSP 9.1", "D-4")
def test_an_extension_is_a_share_of_what_the_cases_were_bought_at(
    spent: Agreement, terri: User, administrator: User
) -> None:
    """A dispute upheld about their fee makes it cheaper, one about the PSAMs does not; nor does paying late."""
    (invoice,) = issue_invoices(
        spent, charges=spent.charges.to_bill(), by=administrator, at=SPENT_AT
    )

    def uphold(credit: int, kind: ChargeKind) -> None:
        settle_dispute(
            raise_dispute(invoice, reason="Not agreed.", by=terri, at=SPENT_AT),
            outcome=Outcome.UPHELD,
            body="So it is.",
            credit=Decimal(credit),
            line=spent.charges.get(kind=kind),
            by=administrator,
            at=SPENT_AT,
        )

    def price() -> Decimal:
        offer = offer_of(spent, SPENT_AT)
        assert offer is not None
        return offer.total

    assert price() == Decimal("26666.68"), "what is not paid yet is owed all the same"
    uphold(22500, ChargeKind.OPTION)
    assert price() == Decimal("26666.68")
    uphold(8000, ChargeKind.CASES)
    assert price() == Decimal("24000.00")
    record_payment(
        invoice,
        amount=Decimal(94500),
        dated_on=spent.date_at(SPENT_AT),
        by=administrator,
        at=SPENT_AT,
    )
    assert price() == Decimal("24000.00")
    with pytest.raises(Refusal) as opening:
        take(spent, "C-1", at=SPENT_AT)
    assert "one twelfth of US$72,000.00" in opening.value.way_out
    uphold(72000, ChargeKind.CASES)
    with pytest.raises(Refusal, match="fee for the Cases of page 1 was given back"):
        ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)


@pytest.mark.clause("D-47")
def test_while_a_pool_has_cases_the_extension_is_refused_with_the_way_out(
    mti: Agreement, terri: User, manager: User
) -> None:
    spend(mti, "us")
    spend(mti, "emea", left=3)
    with pytest.raises(Refusal, match="EMEA still has 3") as refused:
        ask_for_extension(mti, ORDER, by=terri, at=SPENT_AT)
    assert refused.value.clause == "ATSP 9.1, D-47"
    assert "transfer" in refused.value.way_out
    with pytest.raises(Refusal) as opening:
        take(mti, "C-1", at=SPENT_AT)
    assert "EMEA still has 3: your account manager can transfer some" in opening.value.way_out
    take(mti, "C-2", "C-3", "C-4", region="EMEA", at=SPENT_AT)
    assert ask_for_extension(mti, ORDER, by=terri, at=SPENT_AT).is_awaited, "provisional is used"


@pytest.mark.clause("ATSP 9.1")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": " "}, "number"),
        ({"given_by": ""}, "given_by"),
        ({"dated_on": dt.date(2003, 5, 11)}, "dated_on"),
        ({"amount": Decimal("26666.67")}, "amount"),
        ({"file": ("po.pdf", b"MZ\x90 no paper")}, "file"),
    ],
)
def test_a_purchase_order_that_will_not_do_is_refused_at_its_field_and_leaves_nothing(
    spent: Agreement, terri: User, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        ask_for_extension(spent, replace(ORDER, **changes), by=terri, at=SPENT_AT)
    assert refused.value.field == field
    assert not spent.extensions.exists()
    assert not spent.authorisations.exists()


@pytest.mark.clause("ATSP 1.1")
def test_only_the_administrative_contact_and_those_who_decide_ask(
    spent: Agreement, manager: User
) -> None:
    for other in (
        user_of(spent, "Mathew Keane"),
        User.objects.create_user("d@legato.example", name="D", roles=[Role.DISPATCH]),
    ):
        with pytest.raises(Refusal, match="may not ask"):
            ask_for_extension(spent, ORDER, by=other, at=SPENT_AT)
    assert ask_for_extension(spent, ORDER, by=manager, at=SPENT_AT).asked_by == manager


def test_an_administrative_contact_who_left_does_not_ask(spent: Agreement, terri: User) -> None:
    Contact.objects.filter(user=terri).update(left_at=AT)
    with pytest.raises(Refusal, match="may not ask"):
        ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)


def test_asked_again_the_one_that_awaits_is_returned_and_accepted_again_nothing_changes(
    spent: Agreement, terri: User, manager: User
) -> None:
    asked = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    assert ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT) == asked
    accept_extension(asked, by=manager, at=SPENT_AT)
    accept_extension(asked, by=manager, at=SPENT_AT)
    assert pools(spent)["us"].granted == 134
    assert spent.charges.filter(kind=ChargeKind.EXTENSION).count() == 1
    with pytest.raises(Refusal, match="accepted already"):
        decline_extension(asked, by=manager, at=SPENT_AT, reason="No")


def test_a_declined_one_brings_nothing_and_another_may_be_asked_for(
    spent: Agreement, terri: User, manager: User
) -> None:
    asked = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    with pytest.raises(Refusal, match="needs a reason") as refused:
        decline_extension(asked, by=manager, at=SPENT_AT, reason=" ")
    assert refused.value.field == "reason"
    done = decline_extension(asked, by=manager, at=SPENT_AT, reason="The order names another firm.")
    assert not done.is_accepted
    assert pools(spent)["us"].granted == 100
    assert "names another firm" in render(mails("extension_decided")[0]).text
    with pytest.raises(Refusal, match="declined already"):
        accept_extension(asked, by=manager, at=SPENT_AT)
    assert ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT) != asked


@pytest.mark.clause("ATSP 9.1")
def test_the_reseller_withdraws_an_undecided_request_and_asks_again(
    spent: Agreement, terri: User, manager: User
) -> None:
    asked = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    with pytest.raises(Refusal, match="may not withdraw"):
        withdraw_extension(asked, by=manager, at=SPENT_AT)

    done = withdraw_extension(asked, by=terri, at=SPENT_AT)

    assert (done.outcome, done.charge, done.reason) == (
        "withdrawn",
        None,
        "Withdrawn by Terri Hirsch.",
    )
    assert verbs(spent)[-1] == "extension_withdrawn"
    told = {mail.recipient for mail in mails("extension_decided")}
    assert told == {terri, manager}
    assert "is withdrawn, and nothing is charged" in render(mails("extension_decided")[0]).text
    for decide in (accept_extension, withdraw_extension):
        by = manager if decide is accept_extension else terri
        with pytest.raises(Refusal, match="withdrawn already"):
            decide(asked, by=by, at=SPENT_AT)
    again = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    assert again != asked
    accept_extension(again, by=manager, at=SPENT_AT)
    with pytest.raises(Refusal, match="accepted already"):
        withdraw_extension(again, by=terri, at=SPENT_AT)


def test_only_those_who_decide_decide(spent: Agreement, terri: User) -> None:
    asked = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    with pytest.raises(Refusal, match="may not decide"):
        accept_extension(asked, by=terri, at=SPENT_AT)
    with pytest.raises(Refusal, match="may not decide"):
        decline_extension(asked, by=terri, at=SPENT_AT, reason="No")


@pytest.mark.clause("D-47")
def test_used_up_again_it_is_extended_again_for_the_months_that_remain(
    spent: Agreement, terri: User, manager: User
) -> None:
    accept_extension(
        ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT), by=manager, at=SPENT_AT
    )
    spend(spent, "us")
    spend(spent, "emea")
    later = SPENT_AT + dt.timedelta(days=60)
    again = ask_for_extension(spent, ORDER, by=terri, at=later)
    accept_extension(again, by=manager, at=later)
    assert (again.months, again.total) == (2, Decimal("13333.34"))
    assert pools(spent)["us"].granted == 134 + 17


def test_there_is_no_offer_outside_the_year(spent: Agreement, terri: User, manager: User) -> None:
    after = dt.datetime(2003, 9, 3, 18, 0, tzinfo=dt.UTC)
    assert offer_of(spent, after) is None
    with pytest.raises(Refusal, match="not in force"):
        ask_for_extension(spent, ORDER, by=terri, at=after)
    asked = ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    with pytest.raises(Refusal, match="not in force"):
        accept_extension(asked, by=manager, at=after)


# --- warnings ------------------------------------------------------------------------------------


def shares(agreement: Agreement) -> list[tuple[str, int]]:
    told = JournalEntry.objects.about(agreement).filter(verb="agreement.cases_share_used")
    return [(entry.data["pool"], entry.data["share"]) for entry in told.order_by("pk")]


@pytest.mark.clause("ATSP page 1, 2.a")
def test_each_share_of_a_pool_is_told_once_to_those_who_look_after_the_agreement(
    mti: Agreement, terri: User, manager: User
) -> None:
    psam = User.objects.create_user("dana@legato.example", name="Dana", roles=[Role.PSAM])
    mti.assignments.create(user=psam, duty="psam", starts_on=mti.effective_on)
    for left, reference in ((51, "A"), (26, "B"), (11, "C"), (1, "D")):
        spend(mti, "us", left)
        assert len(shares(mti)) == "ABCD".index(reference)
        take(mti, reference)
    assert shares(mti) == [("us", 50), ("us", 75), ("us", 90), ("us", 100)]
    told = mails("cases_used")
    assert {notice.recipient for notice in told} == {terri, manager, psam}
    assert len(told) == 4 * 3
    first, last = render(told[0]), render(told[-1])
    assert "50 of 100 cases of the pool US are used" in first.text
    assert "No further case can be opened" in last.text
    assert "No further case can be opened" in last.html
    assert told[0].url == f"/agreements/{mti.reference}/cases/"


def test_giving_back_and_passing_again_does_not_tell_twice(mti: Agreement) -> None:
    spend(mti, "us", left=51)
    take(mti, "C-1")
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    take(mti, "C-2")
    assert shares(mti) == [("us", 50)]


def test_only_the_highest_of_several_shares_is_reported(mti: Agreement, manager: User) -> None:
    spend(mti, "emea", left=20)
    transfer(mti, manager, source="emea", target="us", cases=20)
    assert shares(mti) == [("emea", 100)]


@pytest.mark.clause("D-47")
def test_a_larger_grant_restarts_the_warnings_above_the_use(
    spent: Agreement, terri: User, manager: User
) -> None:
    spent.case_accounts.update(warned=100)
    accept_extension(
        ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT), by=manager, at=SPENT_AT
    )
    assert [account.warned for account in spent.case_accounts.all()] == [50, 50], "100 of 134"
    take(spent, "C-1", at=SPENT_AT)
    assert shares(spent) == [("us", 75)], "101 of 134"


def test_nobody_to_tell_is_an_alarm_and_no_silence(nordlicht: Agreement) -> None:
    RosterEntry.objects.filter(agreement=nordlicht).delete()
    nordlicht.assignments.all().delete()
    spend(nordlicht, "all", left=21)
    take(nordlicht, "C-1")
    alarm = JournalEntry.objects.about(nordlicht).get(verb="alarm.raised")
    assert "nobody to tell" in alarm.text


def test_a_refused_opening_tells_nothing(mti: Agreement) -> None:
    spend(mti, "us")
    mti.case_accounts.update(warned=100)
    with pytest.raises(Refusal):
        take(mti, "C-1")
    assert shares(mti) == []


# --- expended --------------------------------------------------------------------------------------


@pytest.mark.clause("ATSP page 1, 2.a", "D-47")
def test_the_last_charge_expends_the_cases_and_one_given_back_lifts_it(
    nordlicht: Agreement, administrator: User
) -> None:
    spend(nordlicht, "all", left=2)
    take(nordlicht, "C-1", "C-2")
    charge("C-1")
    assert "cases_spent" not in verbs(nordlicht), "one may still come back"
    on = nordlicht.date_at(AT)
    with pytest.raises(Refusal, match="1 case is provisional"):
        end_agreement(nordlicht, cause=EndCause.CASES_SPENT, on=on, by=administrator, at=AT)
    charge("C-2")
    assert verbs(nordlicht)[-1] == "cases_spent"
    assert nordlicht.is_in_force(AT), "nobody's state changes"
    settle("C-1", charged=False, clause="ATSP 2.3", by=None, at=AT)
    assert verbs(nordlicht)[-1] == "cases_there_again"
    take(nordlicht, "C-3")
    charge("C-3")
    assert verbs(nordlicht)[-1] == "cases_spent"


@pytest.mark.clause("ATSP 9.1", "D-47")
def test_an_agreement_is_not_ended_for_spent_cases_while_an_extension_awaits(
    spent: Agreement, terri: User, administrator: User
) -> None:
    ask_for_extension(spent, ORDER, by=terri, at=SPENT_AT)
    on = spent.date_at(SPENT_AT)
    with pytest.raises(Refusal, match="An extension awaits its decision"):
        end_agreement(spent, cause=EndCause.CASES_SPENT, on=on, by=administrator, at=SPENT_AT)


def test_an_entry_of_the_ledger_is_of_a_case_or_of_the_agreement() -> None:
    assert EntryKind.CHARGE.of_a_case
    assert not EntryKind.COVER.of_a_case
