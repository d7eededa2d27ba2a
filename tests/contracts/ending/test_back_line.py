"""How the back-line agreement ends: its own clauses, breach and cure, and nothing of a reseller agreement (SCL 10)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.actions.life import end_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.ending.actions.breaches import (
    CURE_OVER,
    extend_cure,
    give_breach_notice,
    record_cure,
    terminate_by_notice,
)
from contracts.ending.actions.reseller_agreements import record_reseller_agreement
from contracts.ending.actions.successions import record_succession
from contracts.ending.actions.terminations import terminate_agreement
from contracts.ending.models import BreachNotice, Succession, name_on
from portal.deadlines.sweep import sweep
from portal.models import Deadline, JournalEntry, Notice, User
from portal.notices import rendering
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.contracts.factories import load_back_line

pytestmark = pytest.mark.django_db

AT = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{AT.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


@pytest.fixture
def gwen(agreement: Agreement) -> User:
    """A contract administrator of the provider."""
    return User.objects.get(name="Gwen Holt")


DAY = dt.timedelta(days=1)
SENT = dt.date(2003, 3, 3)


def noticed(agreement: Agreement, gwen: User, **changes: Any) -> BreachNotice:
    told: dict[str, Any] = {
        "by_side": "reseller",
        "text": "No Level 3 Support was given in February (8.2).",
        "delivery": "by-hand",
        "sent_on": SENT,
        "by": gwen,
        "at": AT,
    }
    return give_breach_notice(agreement, **(told | changes))


def refusal_of(act: Any, *args: Any, **kwargs: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        act(*args, **kwargs)
    return refused.value


def page(user: User, agreement: Agreement) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("renewal", args=[agreement.reference]))
    return " ".join(answer.content.decode().split())


@pytest.mark.clause("SCL 10.1", "SCL 8.4")
def test_its_side_of_the_end_says_nothing_of_what_its_paper_does_not_know(
    agreement: Agreement, gwen: User
) -> None:
    shown = page(gwen, agreement)
    assert "' written notice" not in shown
    assert "written notice of ." not in shown
    assert "Software whose support ends" not in shown
    assert "Reseller agreement" not in shown
    assert "Breach and termination" in shown


NOT_SOLD = (
    "agreement_options",
    "services",
    "assign_person",
    "account_profile",
    "edit_profile",
)


@pytest.mark.parametrize("name", NOT_SOLD)
def test_an_agreement_without_options_has_no_page_of_them(
    agreement: Agreement, gwen: User, name: str
) -> None:
    client = Client()
    address = reverse(name, args=[agreement.reference])
    for user in (gwen, User.objects.get(name="Helen Marsh")):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, {}).status_code in (404, 405)


@pytest.mark.parametrize("name", ["agreements", "invoices", "renewals", "work_orders"])
def test_lists_call_who_is_supported_a_customer(
    agreement: Agreement, gwen: User, name: str
) -> None:
    """All agreements of her provider are back-line ones, which sell no tier to a reseller (SCL Ex.B)."""
    client = Client()
    client.force_login(gwen)
    shown = client.get(reverse(name)).content.decode()
    content = shown.partition("<main")[2]
    assert "customer" in content.lower()
    assert ">Reseller<" not in content
    assert "Reseller or contract" not in content


@pytest.mark.clause("SCL 10.1", "SCL 8.2")
def test_its_early_end_is_a_notice_since_it_counts_no_cases(
    agreement: Agreement, gwen: User
) -> None:
    client = Client()
    client.force_login(gwen)
    address = reverse("end_agreement", args=[agreement.reference])
    shown = client.get(address).content.decode()
    assert f'href="{reverse("renewal", args=[agreement.reference])}#breaches"' in shown
    assert "All cases are spent" not in shown
    answer = client.post(address, {"on": agreement.date_at(AT).isoformat()})
    assert answer.status_code == 409
    assert "counts no cases" in answer.content.decode()
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.IN_FORCE


@pytest.mark.clause("SCL Ex.B")
def test_its_pages_speak_of_a_customer_and_of_no_options(agreement: Agreement, gwen: User) -> None:
    client = Client()
    client.force_login(gwen)
    names = ("agreement", "agreement_parties")
    shown = {
        name: client.get(reverse(name, args=[agreement.reference])).content.decode()
        for name in names
    }
    assert reverse("agreement_options", args=[agreement.reference]) not in shown["agreement"]
    assert "Who serves this agreement" not in shown["agreement"]
    assert "For the customer, page 18" in shown["agreement"]
    assert "The portal" in shown["agreement"], "it begins a sentence"
    assert "the portal put a contact" not in shown["agreement"]
    assert "Notices to the customer" in shown["agreement_parties"]
    drawn_up = client.get(reverse("draw_up_agreement"), {"version": agreement.programme_version_id})
    assert "A new customer" in drawn_up.content.decode()
    refusal = refusal_of(
        give_breach_notice,
        agreement,
        by_side="",
        text="x",
        delivery="by-hand",
        sent_on=SENT,
        by=gwen,
        at=AT,
    )
    assert refusal.way_out == "Choose one: CaminoSoft Corporation, or Legato Systems, Inc."


@pytest.mark.clause("SCL 8.2")
def test_no_next_year_is_offered_where_there_is_none(agreement: Agreement, gwen: User) -> None:
    shown = page(gwen, agreement)
    assert "provide for no renewal" in shown
    assert "Propose the next year" not in shown


@pytest.mark.clause("SCL 8.2")
def test_the_words_of_its_expiry_speak_of_no_year(agreement: Agreement) -> None:
    row = Deadline.objects.about(agreement).get(kind="agreement.expires")
    assert row.words.startswith("Support without cost from 13 Dec 2002: to the end of 30 Sep 2004")


@pytest.mark.clause("SCL 10.1")
def test_it_does_not_end_with_a_reseller_agreement_nor_by_a_bare_reason(
    agreement: Agreement, gwen: User
) -> None:
    today = agreement.date_at(AT)
    for act, told in (
        (terminate_agreement, {"on": today, "basis": "time", "reason": "x"}),
        (end_agreement, {"cause": EndCause.TERMINATED, "on": today, "reason": "x"}),
    ):
        refusal = refusal_of(act, agreement, by=gwen, at=AT, **told)
        assert refusal.clause == "SCL 10.1"
        assert "notice" in refusal.way_out
    refusal = refusal_of(
        record_reseller_agreement,
        agreement,
        standing="terminated",
        since=today,
        reason="x",
        by=gwen,
        at=AT,
    )
    assert "knows no reseller agreement" in refusal.sentence


@pytest.mark.clause("SCL 10.1", "D-31")
def test_a_breach_ends_it_when_thirty_days_after_receipt_it_is_not_cured(
    agreement: Agreement, gwen: User
) -> None:
    notice = noticed(agreement, gwen)
    assert (notice.received_on, notice.cure_until) == (SENT, dt.date(2003, 4, 2))
    due = Deadline.objects.about(agreement).get(kind=CURE_OVER)
    assert (due.due_at, due.clause) == (local("2003-04-03 00:00"), "SCL 10.1")
    last_day = local("2003-04-02 12:00")
    early = refusal_of(terminate_by_notice, notice, on=dt.date(2003, 4, 2), by=gwen, at=last_day)
    assert "can be cured through 2 Apr 2003" in early.sentence
    assert "3 Apr 2003" in early.way_out

    sweep(local("2003-04-03 00:01"))
    told = Notice.objects.filter(template="breach_notice", channel="email")
    over = [rendering.render(one) for one in told if "is over" in one.title]
    assert over
    assert "It was not cured through 2 April 2003" in over[0].text

    ended = terminate_by_notice(
        notice, on=dt.date(2003, 4, 3), by=gwen, at=local("2003-04-03 09:00")
    )
    assert (ended.state, ended.end_cause) == (AgreementState.ENDED, EndCause.TERMINATED)
    entry = JournalEntry.objects.about(agreement).get(verb="agreement.ended")
    assert entry.clause == "SCL 10.1"
    assert "No Level 3 Support" in entry.text
    assert not agreement.charges.exists(), "there is no fee, so nothing is refunded"


@pytest.mark.clause("SCL 10.1")
def test_a_cured_breach_ends_nothing(agreement: Agreement, gwen: User) -> None:
    notice = noticed(agreement, gwen)
    at = AT + 10 * DAY
    late = refusal_of(record_cure, notice, on=dt.date(2003, 4, 3), how="x", by=gwen, at=at)
    assert "cannot have been cured in time" in late.sentence
    record_cure(notice, on=agreement.date_at(at), how="Two engineers hired.", by=gwen, at=at)
    assert not Deadline.objects.about(agreement).filter(kind=CURE_OVER).pending().exists()
    refusal = refusal_of(
        terminate_by_notice, notice, on=dt.date(2003, 4, 3), by=gwen, at=AT + 40 * DAY
    )
    assert "was cured on 15 Mar 2003" in refusal.sentence


@pytest.mark.clause("SCL 10.1")
def test_the_time_to_cure_grows_only_as_authorized_in_writing(
    agreement: Agreement, gwen: User
) -> None:
    notice = noticed(agreement, gwen)
    shorter = refusal_of(extend_cure, notice, until=dt.date(2003, 4, 2), reason="x", by=gwen, at=AT)
    assert "runs through 2 Apr 2003 already" in shorter.sentence
    silent = refusal_of(extend_cure, notice, until=dt.date(2003, 4, 20), reason=" ", by=gwen, at=AT)
    assert silent.field == "reason"
    extend_cure(notice, until=dt.date(2003, 4, 20), reason="Letter of 5 March.", by=gwen, at=AT)
    due = Deadline.objects.about(agreement).filter(kind=CURE_OVER).pending().get()
    assert due.due_at == local("2003-04-21 00:00")


@pytest.mark.clause("SCL 10.1")
def test_what_cannot_be_cured_ends_it_upon_receipt(agreement: Agreement, gwen: User) -> None:
    notice = noticed(agreement, gwen, curable=False, by_side="provider")
    assert notice.cure_until is None
    early = refusal_of(terminate_by_notice, notice, on=SENT - DAY, by=gwen, at=AT)
    assert "counts as received on 3 Mar 2003" in early.sentence
    ended = terminate_by_notice(notice, on=agreement.date_at(AT), by=gwen, at=AT)
    assert ended.end_cause == EndCause.TERMINATED


@pytest.mark.clause("SCL 10.2")
def test_legato_alone_may_end_it_for_a_further_cause(agreement: Agreement, gwen: User) -> None:
    theirs = refusal_of(noticed, agreement, gwen, ground="no-marketing", by_side="provider")
    assert "has no such cause" in theirs.sentence
    assert theirs.clause == "SCL 10.2"
    notice = noticed(agreement, gwen, ground="no-marketing")
    assert (notice.clause, notice.cure_until) == ("SCL 10.2", None)
    terminate_by_notice(notice, on=agreement.date_at(AT), by=gwen, at=AT)
    assert JournalEntry.objects.about(agreement).get(verb="agreement.ended").clause == "SCL 10.2"


@pytest.mark.clause("SCL 18")
@pytest.mark.parametrize(
    ("delivery", "received"),
    [
        ("registered-mail", dt.date(2003, 3, 7)),
        ("telecopy", SENT),
        ("overnight", SENT),
        ("by-hand", SENT),
    ],
)
def test_a_notice_counts_as_received_as_its_delivery_says(
    agreement: Agreement, gwen: User, delivery: str, received: dt.date
) -> None:
    notice = noticed(agreement, gwen, delivery=delivery)
    assert notice.received_on == received
    assert notice.cure_until == received + 30 * DAY
    pigeon = refusal_of(noticed, agreement, gwen, delivery="pigeon")
    assert (pigeon.clause, pigeon.field) == ("SCL 18", "delivery")


@pytest.mark.clause("SCL 10.1")
def test_a_notice_has_words_and_a_day_that_came(agreement: Agreement, gwen: User) -> None:
    assert refusal_of(noticed, agreement, gwen, text=" ").field == "text"
    assert refusal_of(noticed, agreement, gwen, by_side="").field == "by_side"
    to_come = refusal_of(noticed, agreement, gwen, sent_on=agreement.date_at(AT) + DAY)
    assert to_come.field == "sent_on"
    assert not BreachNotice.objects.exists()
    lena = User.objects.get(name="Lena Frost")
    with pytest.raises(Refusal):
        noticed(agreement, lena)


@pytest.mark.clause("SCL 10.1", "SCL 10.5")
def test_the_acts_of_a_breach_stand_on_its_page(agreement: Agreement, gwen: User) -> None:
    client = Client()
    client.force_login(gwen)
    address = reverse("renewal_act", args=[agreement.reference, "breach"])
    told = {
        "by_side": "reseller",
        "ground": "",
        "notice": "No support in February.",
        "delivery": "by-hand",
        "sent_on": "2003-01-03",
        "curable": "on",
    }
    assert client.post(address, told | {"delivery": ""}).status_code == 409
    assert client.post(address, told).status_code == 302
    notice = BreachNotice.objects.get()
    shown = page(gwen, agreement)
    assert "No support in February." in shown
    assert "to be cured through 2 Feb 2003" in shown
    address = reverse("renewal_act", args=[agreement.reference, "terminate-by-notice"])
    assert client.post(address, {"notice": notice.pk, "on": "2003-03-05"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.end_cause == EndCause.TERMINATED
    assert "17, Remedies" in page(gwen, agreement)


@pytest.mark.clause("SCL 10.1", "SCL 8.2")
def test_drawing_one_up_asks_for_no_reseller_agreement(agreement: Agreement, gwen: User) -> None:
    client = Client()
    client.force_login(gwen)
    version = agreement.version
    address = f"{reverse('draw_up_agreement')}?version={version.pk}"
    shown = client.get(address, follow=True).content.decode()
    assert 'name="contract_number"' in shown
    assert "reseller_agreement" not in shown
    typed = {
        "contract_number": "SCL-9",
        "effective_on": "2003-04-01",
        "new_name": "Aurora Storage",
        "site-0-name": "Denver",
        "site-0-region": "US",
        "site-0-zone": "America/Denver",
    }
    answer = client.post(address, typed)
    assert answer.status_code == 302, answer.content.decode()
    draft = Agreement.objects.get(contract_number="SCL-9")
    assert (draft.ends_on, draft.reseller_agreement_in_force) == (dt.date(2004, 9, 30), True)


# --- assignment: the reverse of the other agreement's ---------------------------------------------


@pytest.mark.clause("SCL 19.1")
def test_the_provider_is_succeeded_in_a_merger_or_sale_with_legatos_prior_consent(
    agreement: Agreement, gwen: User
) -> None:
    told: dict[str, Any] = {
        "name": "Aurora Storage",
        "since": dt.date(2003, 3, 1),
        "reason": "The merger.",
        "by": gwen,
        "at": AT,
    }
    nothing = refusal_of(record_succession, agreement, **told)
    assert (nothing.clause, nothing.field) == ("SCL 19.1", "to")
    told["to"] = "The buyer of substantially all of its assets or of its business"
    alone = refusal_of(record_succession, agreement, **told)
    assert alone.sentence == "The other party's written consent is missing."
    after = refusal_of(record_succession, agreement, **told, other_party_on=dt.date(2003, 3, 2))
    assert "is after the day of the transfer" in after.sentence
    record_succession(agreement, **told, other_party_on=dt.date(2003, 2, 20))
    entry = JournalEntry.objects.about(agreement).get(verb="agreement.succeeded")
    assert entry.clause == "SCL 19.1"
    assert "The other party consented on 20 Feb 2003." in entry.text
    assert name_on(agreement.provider, dt.date(2003, 3, 1)).startswith("Aurora Storage, successor")


@pytest.mark.clause("SCL 19.1")
def test_legato_is_succeeded_when_the_provider_was_notified_before(
    agreement: Agreement, gwen: User
) -> None:
    told: dict[str, Any] = {
        "side": "reseller",
        "name": "EMC Corporation",
        "since": dt.date(2003, 3, 1),
        "reason": "The merger.",
        "by": gwen,
        "at": AT,
    }
    silent = refusal_of(record_succession, agreement, **told)
    assert silent.sentence == "The other party was not notified in writing."
    record_succession(agreement, **told, other_party_on=dt.date(2003, 2, 28))
    succession = Succession.objects.get()
    assert succession.under == agreement.provider
    legato, day = agreement.reseller, dt.date(2003, 3, 1)
    assert name_on(legato, day, agreement.provider_id).startswith("EMC Corporation, successor")
    assert name_on(legato, day) == legato.name, "its own agreements as a provider keep their names"
    assert "EMC Corporation" in page(gwen, agreement)
