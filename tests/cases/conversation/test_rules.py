"""What a message to the contact counts as."""

import pytest

from cases.conversation.rules import effect


@pytest.mark.clause("ATSP 4.6", "D-10")
@pytest.mark.parametrize(
    ("name", "roles", "to_contact", "automatic", "counts"),
    [
        ("an engineer answers the contact", ["cse"], True, False, True),
        ("the named specialist answers", ["ess"], True, False, True),
        ("an engineer who is also dispatch", ["dispatch", "cse"], True, False, True),
        ("an automatic acknowledgement", ["cse"], True, True, False),
        ("an engineer's internal note", ["cse"], False, False, False),
        ("dispatch tells the number", ["dispatch"], True, False, False),
        ("the account manager calls", ["psam"], True, False, False),
        ("the contact writes", [], True, False, False),
    ],
)
def test_only_an_engineers_answer_to_the_contact_is_a_response(
    name: str, roles: list[str], to_contact: bool, automatic: bool, counts: bool
) -> None:
    found = effect(roles, to_contact=to_contact, automatic=automatic)

    assert found.first_response is counts
    assert found.restarts_status is counts
    assert found.clause == "ATSP 4.6"
    assert found.words.endswith(".")
