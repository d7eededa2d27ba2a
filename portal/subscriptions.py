"""Subscriptions to events. A room publishes its events; outer rooms subscribe when they start.

Subscribers run at once, in the publisher's transaction: what they write stands or falls with the act itself. This is
on purpose not Django's signals: events are typed values, and `subscribers` can be listed and tested.
"""

from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_subscribers: dict[type[Any], list[Callable[[Any], None]]] = {}


def subscribe(event_class: type[E], handler: Callable[[E], None]) -> None:
    """Call `handler` with each published event of exactly that class. Subscribing twice counts once."""
    handlers = _subscribers.setdefault(event_class, [])
    if handler not in handlers:
        handlers.append(handler)


def publish(event: Any) -> None:
    """Call the subscribers of the event's class in the order of their subscription."""
    for handler in _subscribers.get(type(event), ()):
        handler(event)


def subscribers(event_class: type[Any]) -> tuple[Callable[[Any], None], ...]:
    """Who listens to a class of events."""
    return tuple(_subscribers.get(event_class, ()))
