"""The accounts that the demonstration prints: one for every role of each provider, one for every standing."""

import datetime as dt
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command

from tests.contracts.factories import load_back_line


@pytest.mark.django_db
def test_liaisons_and_another_providers_engineers_are_among_them(
    set_clock: Callable[..., None],
) -> None:
    agreement = load_back_line()
    set_clock(agreement.starts_at + dt.timedelta(days=60))
    said = StringIO()
    call_command("demo_accounts", stdout=said)
    lines = [" ".join(line.split()) for line in said.getvalue().splitlines()]
    assert "owen.tate@backline.legato.example Liaison, Legato Systems, Inc." in lines
    assert any(
        line.startswith("lena.frost@caminosoft.example")
        and line.endswith(", CaminoSoft Corporation")
        for line in lines
    )
