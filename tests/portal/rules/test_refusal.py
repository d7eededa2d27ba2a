"""Refusals: one sentence, the clause, the way out; several at once."""

from portal.rules.refusal import Refusal

NO_QUOTA = Refusal("All cases are spent.", clause="ATSP 9.1", way_out="Extend the agreement.")
NO_UPDATES = Refusal("The End-User has no Updates.", clause="ATSP 2.1", field="updates_paid")


def test_a_refusal_reads_as_a_sentence_with_its_clause_and_the_way_out() -> None:
    assert str(NO_QUOTA) == "All cases are spent. (ATSP 9.1) Extend the agreement."
    assert str(Refusal("No.")) == "No."


def test_refusals_that_say_the_same_are_equal() -> None:
    again = Refusal("All cases are spent.", clause="ATSP 9.1", way_out="Extend the agreement.")

    assert again == NO_QUOTA
    assert hash(again) == hash(NO_QUOTA)
    assert again != NO_UPDATES
    assert again != "All cases are spent."


def test_several_refusals_are_carried_by_the_first() -> None:
    joined = Refusal.joined([NO_QUOTA, NO_UPDATES])

    assert joined == NO_QUOTA
    assert joined is not None
    assert joined.all == (NO_QUOTA, NO_UPDATES)
    assert Refusal.joined([joined, NO_UPDATES]).all == (NO_QUOTA, NO_UPDATES, NO_UPDATES)


def test_no_refusal_is_none() -> None:
    assert Refusal.joined([]) is None
