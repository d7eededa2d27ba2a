"""A programme is a form that many resellers sign: what it says names none of them, and no contract's number."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.programmes.actions import publish_programme
from contracts.programmes.clause_texts import PROGRAMMES
from contracts.programmes.rules import programme_file
from contracts.programmes.rules.programme_file import ProgrammeFileError
from portal.models import User
from portal.ui import clauses
from tests.contracts.factories import CONTRACTS, make_agreement, make_contact, programme_text

SHIPPED = sorted(PROGRAMMES.glob("*.toml"))
AGREEMENTS = sorted((CONTRACTS / "data").glob("*.toml"))


def said(value: Any) -> Iterator[str]:
    """Every text in a programme's terms."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from said(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from said(one)


def of_one_party() -> set[str]:
    """What the shipped agreements say of one contract or one customer: numbers, names, addresses, people."""
    found: set[str] = set()
    for path in AGREEMENTS:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        heading, reseller = data.get("agreement", {}), data.get("reseller", {})
        supplement = data.get("supplement", {})
        found |= {
            heading.get("contract_number", ""),
            heading.get("reseller_agreement", ""),
            supplement.get("contract_number", ""),
        }
        found |= {person["name"] for person in data.get("contact", [])}
        for place in (reseller, reseller.get("notices", {}), *data.get("site", [])):
            found.add(place.get("address", {}).get("street", ""))
        if (
            heading.get("programme") != "back-line-2002"
        ):  # its customer is the licensor, who made the products
            found.add(reseller.get("name", ""))
    return found - {""}


@pytest.mark.clause("REN")
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_text_or_term_names_a_party_or_a_contract(path: Any) -> None:
    names = of_one_party()
    assert {"271-ATSP-4453", "271-RSLR-3511", "MTI Technology Corporation"} <= names
    data = programme_file.dump(programme_file.read_file(path))
    texts = list(said(data))
    assert len(texts) > 100
    assert [
        (name, text) for text in texts for name in names if name.casefold() in text.casefold()
    ] == []


@pytest.mark.clause("REN")
def test_the_popover_of_the_renewal_quotes_nobodys_contract() -> None:
    assert "271-" not in clauses.text("REN")
    assert "EXCEPTIONAL" not in clauses.text("REN")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"contract_number": "900-ATSP-1"}, {"reseller_agreement_number": "900-RSLR-2"}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_programme_that_names_a_contract_is_not_published(fields: dict[str, str]) -> None:
    make_agreement(**fields)
    at = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)
    number = next(iter(fields.values()))
    text = programme_text()
    named = text.replace(
        "Legato shall have the option to not renew this Agreement if",
        f"Legato shall have the option to not renew Agreement {number} if",
    )
    assert named != text
    with pytest.raises(ProgrammeFileError, match=rf"clause ATSP 9\.2 .*{number}"):
        publish_programme(named, name="atsp.toml", by=None, at=at)
    longer = named.replace(number, f"{number}1")
    assert publish_programme(longer, name="atsp.toml", by=None, at=at).number == 2


@pytest.mark.django_db
@pytest.mark.clause("REN")
def test_a_version_that_quotes_a_contract_shows_its_number_to_its_own_reseller_only(
    client: Client, administrator: User
) -> None:
    """One published before that was refused; it is never edited."""
    text = programme_text().replace(
        "Legato shall have the option to not renew this Agreement if",
        "Legato shall have the option to not renew Agreement 900-ATSP-1 under 900-RSLR-2 if",
    )
    at = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)
    version = publish_programme(text, name="atsp.toml", by=None, at=at)
    named = make_agreement(
        version, contract_number="900-ATSP-1", reseller_agreement_number="900-RSLR-2"
    )
    other = make_agreement(version)
    address = reverse("programme_version", args=[version.code, version.number])

    def shown(user: User | None) -> str:
        assert user is not None
        client.force_login(user)
        page = " ".join(client.get(address).content.decode().split())
        return page[page.index("option to not renew") :][:60]

    assert "Agreement 900-ATSP-1 under 900-RSLR-2" in shown(make_contact(named.reseller).user)
    assert "Agreement [number] under [number]" in shown(make_contact(other.reseller).user)
    assert "Agreement 900-ATSP-1" in shown(administrator)
