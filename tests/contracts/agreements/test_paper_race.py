"""Two people at once on an agreement's paper: the second is told of the first, however near they come (D-28)."""

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from portal import locks
from portal.models import User
from tests.contracts import factories
from tests.contracts.agreements.test_life_pages import seen_on

WAITING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = %s"
)


def waiting() -> int:
    """How many sessions wait for a subject's lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        cursor.execute(WAITING, cursor.fetchone())
        return int(cursor.fetchone()[0])


@pytest.mark.clause("D-28")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_one_instant_the_second_undoes_nothing(
    set_clock: Callable[..., None],
) -> None:
    set_clock(dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC))
    mti = factories.load(factories.MTI_FILE)
    joan = User.objects.create_user(
        "joan@legato.example", name="Joan", roles=["contract_administrator"], zone="UTC"
    )
    address = reverse("agreement_parties", args=[mti.reference])
    statuses: list[int] = []

    def send(browser: Client, form: dict[str, Any]) -> None:
        try:
            statuses.append(browser.post(address, form).status_code)
        finally:
            connection.close()

    threads = []
    for name in ("Contracts", "Legal"):
        browser = Client()
        browser.force_login(joan)
        page = browser.get(address)
        form = {
            f"reseller-{key}": value
            for each in page.context["forms"]
            if each["what"] == "reseller"
            for key, value in each["form"].initial.items()
            if value
        }
        form |= seen_on(page, "reseller") | {"what": "reseller", "reseller-attention": name}
        threads.append(threading.Thread(target=send, args=[browser, form]))
    with transaction.atomic():
        locks.lock(mti)
        for thread in threads:
            thread.start()
        until = time.monotonic() + 20
        while waiting() < 2:
            assert time.monotonic() < until
            time.sleep(0.01)
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [302, 409]
