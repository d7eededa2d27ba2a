"""Events and who listens to them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from portal import subscriptions


@dataclass(frozen=True)
class Opened:
    number: int


@dataclass(frozen=True)
class OpenedByTelephone(Opened):
    pass


@pytest.fixture
def heard() -> Iterator[list[str]]:
    words: list[str] = []
    yield words
    for event_class in (Opened, OpenedByTelephone):
        subscriptions._subscribers.pop(event_class, None)


def test_listeners_hear_an_event_at_once_in_the_order_of_their_subscription(
    heard: list[str],
) -> None:
    subscriptions.subscribe(Opened, lambda event: heard.append(f"first {event.number}"))
    subscriptions.subscribe(Opened, lambda event: heard.append(f"second {event.number}"))
    subscriptions.publish(Opened(7))
    assert heard == ["first 7", "second 7"]


def test_a_double_subscriber_hears_once(heard: list[str]) -> None:
    def listen(event: Opened) -> None:
        heard.append("once")

    subscriptions.subscribe(Opened, listen)
    subscriptions.subscribe(Opened, listen)
    subscriptions.publish(Opened(7))
    assert heard == ["once"]
    assert subscriptions.subscribers(Opened) == (listen,)


def test_an_event_is_of_exactly_its_class(heard: list[str]) -> None:
    subscriptions.subscribe(Opened, lambda event: heard.append("opened"))
    subscriptions.publish(OpenedByTelephone(7))
    assert heard == []


def test_an_event_nobody_listens_to_is_fine(heard: list[str]) -> None:
    subscriptions.publish(OpenedByTelephone(7))
    assert subscriptions.subscribers(OpenedByTelephone) == ()


def test_a_subscribers_error_reaches_the_publisher(heard: list[str]) -> None:
    def refuse(event: Opened) -> None:
        raise RuntimeError("no")

    subscriptions.subscribe(Opened, refuse)
    with pytest.raises(RuntimeError, match="no"):
        subscriptions.publish(Opened(7))
