"""Signing in."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_wrong_passwords_are_counted_where_every_process_sees_them(
    client: Client, make_user
) -> None:
    ann = make_user("Ann Lee")
    wrong = {"login": ann.email, "password": "not hers"}
    answers = [client.post(reverse("account_login"), wrong) for _ in range(6)]
    assert b"Too many failed login attempts" in answers[-1].content
    assert b"Too many failed login attempts" not in answers[0].content
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_cache WHERE expires > now()")
        assert cursor.fetchone()[0] > 0
