"""Odd things sent to every address: characters that cannot be stored, numbers and days beyond all bounds, deep nesting.

Whatever is sent is answered; nothing of it ends in an error of the server.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access.actors import Actor
from tests.access.matrix import ACTS, ROWS
from tests.access.requests import OWN, _typed, act_form, address
from tests.access.resolver import patterns
from tests.access.rows import Row
from tests.access.world import AccessWorld, undone

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

NUL, SURROGATE = "%00", "%ED%A0%80"
DEEP = "[" * 20_000
TEXTS = (f"a{NUL}b{SURROGATE}c", quote(DEEP), "nosuch")
NUMBERS = ("-1", "99999999999999999999", "9" * 5_000, "NaN", "Infinity", quote("٣"))
DAYS = ("0001-01-01", "9999-12-31", "9999-12-31T23:59", "0001-01-01T00:00")
ODD = (*TEXTS, *NUMBERS, *DAYS)
ASKED = (
    *("act", "all", "at", "block", "case", "contact", "cursor", "description", "draft", "end_user", "month", "next"),
    *("notice", "on", "order", "page", "pool", "product", "programme", "q", "reseller", "revision"),
    *("show", "state", "timeline", "title", "version", "waive", "within"),
)  # fmt: skip
"""The parameters that pages ask for."""


def client_of(world: AccessWorld, actor: Actor) -> Client:
    client = world.client(actor)
    client.raise_request_exception = False
    return client


def doer(each: Row) -> Actor:
    """One to whom the row's address answers best."""
    return min(each.actors, key=lambda actor: (each.answers[actor], not actor.signs_in))


def wrong(answer: HttpResponse, sent: str) -> Iterator[str]:
    for close in answer._resource_closers:  # a file that nobody reads to its end
        close()
    if answer.status_code >= 500:
        error = getattr(answer, "exc_info", ("?", "?"))
        yield f"{answer.status_code} for {sent[:80]}: {error[0]} {str(error[1])[:150]}"


@pytest.mark.parametrize(
    "each", [one for one in ROWS if one.method == "GET"], ids=lambda each: each.name
)
def test_no_search_or_filter_ends_in_an_error(world: AccessWorld, each: Row) -> None:
    actor = doer(each)
    path = reverse(each.url, args=address(world, actor, each.about, OWN))
    client = client_of(world, actor)
    found: list[str] = []
    for odd in ODD:
        if len(odd) > 2_000:
            continue
        query = "&".join(f"{name}={odd}" for name in ASKED)
        with undone():
            found += wrong(client.get(path, QUERY_STRING=query), odd)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "each", [one for one in ROWS if one.method == "POST"], ids=lambda each: each.name
)
def test_no_field_of_a_form_ends_in_an_error(world: AccessWorld, each: Row) -> None:
    actor = doer(each)
    path = reverse(each.url, args=address(world, actor, each.about, OWN))
    query, form = _typed(world, actor, each, world.side(actor, own=True))
    assert not posted(client_of(world, actor), path, form | query)


@pytest.mark.parametrize("each", ACTS, ids=lambda each: each.name)
def test_no_act_on_a_case_ends_in_an_error(world: AccessWorld, each: Any) -> None:
    case = world.mti.cases[each.situation]
    path = reverse("case_act", args=[case.pk, each.code])
    assert not posted(client_of(world, each.doers[0]), path, act_form(world, each))


def posted(client: Client, path: str, form: dict[str, Any]) -> list[str]:
    """What goes wrong when all fields are odd in each way, and when one after the other is: a text, a number, a day.

    Where the form leads on to is a field of all of them; which odd ones it has differs from address to address.
    """
    plain = {name: quote(str(value)) for name, value in form.items() if not hasattr(value, "read")}
    tries = [(odd, dict.fromkeys(plain, odd)) for odd in ODD]
    first = crc32(path.encode())  # so that each address begins with others
    for turn, name in enumerate(dict.fromkeys([*plain, "next"]), first):
        for kind in (TEXTS, NUMBERS, DAYS):
            odd = kind[turn % len(kind)]
            tries.append((odd, plain | {name: odd}))
    found: list[str] = []
    for odd, fields in tries:
        body = "&".join(f"{quote(name)}={value}" for name, value in fields.items())
        with undone():
            answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
        changed = [name for name in fields if fields[name] == odd]
        found += wrong(answer, f"{changed}={odd}")
    return found


def test_no_address_ends_in_an_error(world: AccessWorld) -> None:
    found: list[str] = []
    for actor in (Actor.ANONYMOUS, Actor.TECHNICAL, Actor.CONTRACT_ADMINISTRATOR):
        client = client_of(world, actor)
        for place in sorted(odd_places()):
            for method in (client.get, client.post):
                with undone():
                    found += wrong(method(place), place)
    assert not found, "\n".join(found)


def odd_places() -> set[str]:
    """Every address with odd parts; one without parts once."""
    places = set()
    for _, route, _ in patterns():
        for odd in (NUL, SURROGATE, "9" * 30, "-1", quote("../../x"), "%2e%2e", "x" * 1_000):
            place = route
            while "<" in place:
                before, _, rest = place.partition("<")
                place = before + odd + rest.partition(">")[2]
            places.add(place)
    return places


@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        '{"a":' * 20_000,
        '{"title": "\\u0000"}',
        '{"title": "\\ud800", "description": "\\udfff"}',
        '{"title": 1e999, "severity": 99999999999999999999999}',
        '{"severity": ' + "9" * 10_000 + "}",
        "NaN",
        "null",
        "[]",
        '"text"',
        "\ufeff{}",
    ],
    ids=range(11),
)
def test_no_json_ends_in_an_error(world: AccessWorld, body: str) -> None:
    client = client_of(world, Actor.TECHNICAL)
    answer = client.post(reverse("api_case-list"), body, content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_a_cursor_of_nonsense_is_not_found(world: AccessWorld) -> None:
    client = client_of(world, Actor.TECHNICAL)
    for cursor in ("nonsense", "cD1ub25zZW5zZQ==", "cD0lMDA=", "bz05OTk5OTk5OTk5OTk5OTk5OTk5OQ=="):
        answer = client.get(reverse("api_case-list"), {"cursor": cursor})
        assert answer.status_code in (200, 404), cursor
