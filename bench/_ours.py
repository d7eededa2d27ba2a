"""Our pages for the driver: ``python -m bench._ours WORD`` on a database of DATABASE_URL that `make_load` filled."""

import os
import sys
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from bench._driver import serve

COMMON, TWO = "server", "drive firmware"
_ENGINEER, _ACCOUNT_MANAGER = "maya.okafor@legato.example", "anne.delacroix@legato.example"
_MIDDLE = "272-ATSP-00060"


def pages(rare: str) -> dict[str, Callable[[], Any]]:
    """The requests by name; what each needs is found before it is measured. `rare` occurs in a single case."""
    from django.conf import settings
    from django.db.models import Count
    from django.test import Client
    from django.urls import reverse

    from cases.case.models import Case
    from contracts.agreements.models.agreements import Agreement
    from contracts.parties.models.parties import Contact
    from contracts.prepaid.models.ledger import CaseAccount
    from portal.models import User

    def client(user: User | None) -> Client:
        assert user is not None
        made = Client()
        made.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return made

    engineer = client(User.objects.get(email=_ENGINEER))
    manager = client(User.objects.get(email=_ACCOUNT_MANAGER))
    agreement = Agreement.objects.get(reference=_MIDDLE)
    copies = Case.objects.filter(agreement__reference__startswith="272-")
    open_case = copies.open().order_by("pk")[copies.open().count() // 2]
    some = copies.filter(severity=2).open().order_by("-pk")[:200]
    busy = (
        Case.objects.filter(pk__in=[one.pk for one in some])
        .annotate(said=Count("messages"))
        .order_by("-said", "pk")[0]
    )
    contact = (
        Contact.objects.filter(organisation=agreement.reseller, cases__isnull=False)
        .select_related("user")
        .first()
    )
    assert contact is not None
    home = client(contact.user)
    account = max(
        CaseAccount.objects.filter(agreement__reference__in=["272-ATSP-00001", "272-ATSP-00002"]),
        key=lambda one: one.left,
    )
    reporter = (
        Contact.objects.filter(
            organisation=account.agreement.reseller, cases__region__iexact=account.pool
        )
        .select_related("user")
        .first()
    )
    assert reporter is not None
    reporting = client(reporter.user)
    fields = {
        "title": "Index corrupt after the upgrade",
        "product": open_case.product_id,
        "release": "6.1.3",
        "platform": "Sun Enterprise 450",
        "operating_system": "Solaris 8",
        "description": "Every scan of the media index ends in a core dump.",
        "business_impact": "No backup has run since this morning.",
        "severity": 2,
        "end_user": "Harbour Freight Lines",
        "updates_paid": "on",
        "level_1_work": "Logs gathered.",
        "level_2_work": "Index checked and rebuilt twice.",
        "replication_steps": "Start a scan of any medium.",
        "replication": "replicated",
    }

    def open_a_case() -> Any:
        key = str(uuid.uuid4())
        url = f"{reverse('open_case')}?draft={key}"
        typed = urlencode({"draft": key, **fields})  # as a browser sends a form without files
        return reporting.post(url, typed, content_type="application/x-www-form-urlencoded")

    def get(who: Client, url: str, **query: str) -> Callable[[], Any]:
        return lambda: who.get(url, query)

    cases = reverse("cases")
    return {
        "minimal": get(engineer, reverse("minimal")),
        "queue": get(engineer, reverse("queue")),
        "case": get(engineer, open_case.get_absolute_url()),
        "busy case": get(engineer, busy.get_absolute_url()),
        "opening": open_a_case,
        "search, rare": get(engineer, cases, q=rare),
        "search, common": get(engineer, cases, q=COMMON),
        "search, two words": get(engineer, cases, q=TWO),
        "cases": get(engineer, cases),
        "agreements": get(manager, reverse("agreements")),
        "invoices": get(manager, reverse("invoices")),
        "portfolio": get(manager, reverse("portfolio")),
        "scorecard": get(manager, reverse("scorecard", args=[_MIDDLE])),
        "scorecard, largest": get(manager, reverse("scorecard", args=["272-ATSP-00001"])),
        "home": get(home, reverse("contact_home")),
        "board": get(engineer, reverse("escalations")),
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench._settings"
    import django

    django.setup()
    serve(pages(sys.argv[1]))
