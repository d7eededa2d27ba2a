"""What a message to the contact counts as."""

import pytest

from cases.conversation.rules import FIRST_RESPONSES, Way, effect


@pytest.mark.clause("ATSP 4.6", "D-10", "D-30")
@pytest.mark.parametrize(
    ("name", "roles", "way", "in_writing", "responds", "updates"),
    [
        ("an engineer calls the contact", ["cse"], Way.CALL, False, True, True),
        ("the named specialist calls", ["ess"], Way.CALL, False, True, True),
        ("an engineer who is also dispatch", ["dispatch", "cse"], Way.CALL, False, True, True),
        ("nobody is there: a message is left", ["cse"], Way.MESSAGE_LEFT, False, True, True),
        ("a reply where a call is expected", ["cse"], Way.WRITING, False, False, True),
        ("a reply to who asked for one", ["cse"], Way.WRITING, True, True, True),
        ("a request for information alone", ["cse"], Way.REQUEST, False, False, True),
        ("a request to who asked for writing", ["cse"], Way.REQUEST, True, False, True),
        ("an automatic acknowledgement", ["cse"], Way.ACKNOWLEDGEMENT, True, False, False),
        ("an engineer's internal note", ["cse"], Way.NOTE, True, False, False),
        ("dispatch tells the number", ["dispatch"], Way.CALL, False, False, False),
        ("the account manager calls", ["psam"], Way.CALL, False, False, False),
        ("the contact writes", [], Way.WRITING, True, False, False),
    ],
)
def test_what_is_a_first_response_and_what_an_update(
    name: str, roles: list[str], way: Way, in_writing: bool, responds: bool, updates: bool
) -> None:
    found = effect(way, roles, in_writing=in_writing)

    assert found.first_response is responds
    assert found.restarts_status is updates
    assert found.clause == "ATSP 4.6"
    assert found.words.endswith(".")
    assert not responds or way in FIRST_RESPONSES
