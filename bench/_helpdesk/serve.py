"""What runs in django-helpdesk's environment: ``migrate``, ``escalate``, or ``serve`` its pages for the driver."""

import json
import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from bench._driver import serve

COMMON, TWO = "server", "drive firmware"


def pages(rare: str) -> dict[str, Callable[[], Any]]:
    """The requests by name."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse
    from helpdesk.models import Queue, Ticket
    from helpdesk.query import query_to_base64

    staff = Client()
    user = get_user_model().objects.filter(is_staff=True).first()
    staff.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    public = Client()
    ticket = Ticket.objects.filter(status=1).order_by("-pk")[50]
    queue = Queue.objects.filter(allow_public_submission=True).first()
    columns = {"draw": 1, "start": 0, "length": 25, "search[value]": "", "order[0][column]": 0}

    def rows(search: str) -> Callable[[], Any]:
        asked = query_to_base64(
            {
                "filtering": {"status__in": [1, 2, 3]} if not search else {},
                "filtering_null": {},
                "sorting": "created",
                "sortreverse": True,
                "search_string": search,
            }
        )
        url = reverse("helpdesk:datatables_ticket_list", args=[asked])
        return lambda: staff.get(url, columns)

    def create() -> Any:
        return public.post(
            reverse("helpdesk:submit"),
            {
                "queue": queue.pk,
                "title": "Index corrupt after the upgrade",
                "body": "Every scan of the media index ends in a core dump.",
                "priority": 3,
                "submitter_email": "reader@people.example",
            },
        )

    assert settings.DEBUG is False
    return {
        "list": lambda: staff.get(reverse("helpdesk:list")),
        "list, rows": rows(""),
        "ticket": lambda: staff.get(reverse("helpdesk:view", args=[ticket.pk])),
        "create": create,
        "search, rare": rows(rare),
        "search, common": rows(COMMON),
        "search, two words": rows(TWO),
    }


def escalate() -> None:
    """Run its ``escalate_tickets`` and say how long it took."""
    from django.core import mail
    from django.core.management import call_command

    mail.outbox = []
    begun = perf_counter()
    call_command("escalate_tickets")
    print(json.dumps({"seconds": perf_counter() - begun, "mails": len(mail.outbox)}))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench._helpdesk.settings"
    import django

    django.setup()
    what = sys.argv[1]
    if what == "migrate":
        from django.contrib.auth import get_user_model
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        get_user_model().objects.create_superuser("agent", "agent@people.example", "agent")
    elif what == "escalate":
        escalate()
    else:
        serve(pages(sys.argv[2]))
