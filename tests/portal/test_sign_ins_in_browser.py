"""The page of sign-ins in a real browser: accessible, narrow and wide, light and dark."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.roles import Role
from tests.portal.browser import faults_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_is_accessible_and_fits(live_server: Any, make_user: Any, settings: Any) -> None:
    settings.DEBUG = True
    ada = make_user("Ada Min", Role.CONTRACT_ADMINISTRATOR)
    agent = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 " * 2
    )
    for email in (ada.email, "a-long-address-of-nobody-at-all@people.example"):
        browser = Client(REMOTE_ADDR="2001:db8::7", headers={"User-Agent": agent})
        browser.post(reverse("account_login"), {"login": email, "password": "guess"})
    client = Client()
    client.force_login(ada)
    session = str(client.session.session_key)
    pages = [reverse("sign_ins"), f"{reverse('sign_ins')}?q=nobody", f"{reverse('sign_ins')}?q=xyz"]
    assert faults_of(live_server.url, pages, session=session) == []
