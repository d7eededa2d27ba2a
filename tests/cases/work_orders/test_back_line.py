"""What may not be the Software under the back-line schedule: notified, with nothing to instruct or pay (BL 3.1.6)."""

from typing import Any

import pytest
from django.urls import reverse

from cases.conversation.models import Message
from cases.work_orders.actions import may_not_be_software
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.work_orders.models import WorkOrder
from portal.models import JournalEntry, Notice
from portal.rules.refusal import Refusal
from tests.cases.case.test_back_line import (  # noqa: F401 - fixtures
    NOW,
    agreement,
    at_now,
    liaison,
    opened,
    person,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.mark.clause("BL 3.1.6")
def test_the_liaison_is_notified_and_nothing_is_asked_or_charged(
    agreement: Agreement,  # noqa: F811
    liaison: Contact,  # noqa: F811
) -> None:
    case = opened(liaison)
    lena = person("Lena Frost")
    with pytest.raises(Refusal):
        may_not_be_software(case, grounds=" ", by=lena, at=NOW)
    assert may_not_be_software(case, grounds="The disk fails.", by=lena, at=NOW) is None
    entry = JournalEntry.objects.about(case).get(verb="case.other_cause")
    assert (entry.clause, entry.text, entry.public) == ("BL 3.1.6", "The disk fails.", True)
    message = Message.objects.filter(case=case).latest("pk")
    assert message.body == "This may not be a Problem in the Software. The disk fails."
    told = Notice.objects.about(case).filter(template="case_message")
    assert liaison.user in {one.recipient for one in told}
    assert not WorkOrder.objects.exists()


@pytest.mark.clause("BL 3.1.6")
def test_the_case_page_offers_it_without_a_price(
    agreement: Agreement,  # noqa: F811
    liaison: Contact,  # noqa: F811
) -> None:
    case = opened(liaison)
    client = signed_in(person("Lena Frost"))
    address = reverse("case_act", args=[case.number, "not-software"])
    told: dict[str, Any] = {"not-software-grounds": "The disk fails."}
    answer = client.post(address, told)
    assert answer.status_code == 302
    assert JournalEntry.objects.about(case).filter(verb="case.other_cause").exists()
    assert not WorkOrder.objects.exists()
