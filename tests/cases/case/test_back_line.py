"""A back-line case through its life: the same engine under the other programme's terms (SCL Exhibit B)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.case.coverage import coverage_of_case
from cases.case.models import Case
from cases.case.rules.vocabulary import Channel, State
from cases.clocks.actions import agree_frequency
from cases.conversation.actions import log_call, reply
from cases.handling.actions import hand_over, open_sub_case, take
from cases.information.actions import request_information
from cases.opening.actions import open_case
from cases.opening.report import Report
from cases.products.models import Product, Release
from cases.resolution.actions.closing import close, give_relief, reopen
from cases.resolution.rules import Charge
from cases.severity.actions import confirm_call, downgrade
from contracts.agreements.models.agreements import Agreement
from contracts.parties.models.parties import Contact
from contracts.prepaid.models.ledger import CaseAccount, CaseEntry
from escalation.models import Timeline
from portal.deadlines.sweep import sweep
from portal.models import Deadline, JournalEntry, Notice, User
from portal.rules.refusal import Refusal
from tests.atsp import local
from tests.cases.world import DAY, HOUR, MINUTE
from tests.contracts.factories import MTI_FILE, load, load_back_line

pytestmark = pytest.mark.django_db

NOW = local("2003-03-05 10:00")  # a Wednesday, in California; 11:00 in Orem


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{NOW.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    load(MTI_FILE)
    return load_back_line()


@pytest.fixture
def liaison(agreement: Agreement) -> Contact:
    return Contact.objects.select_related("organisation", "site", "user").get(name="Priya Nair")


def person(name: str) -> User:
    return User.objects.get(name=name)


def report(**changes: Any) -> Report:
    product, _ = Product.objects.get_or_create(name="StandbyServer")
    told: dict[str, Any] = {
        "title": "Mirror stops after a failover",
        "product": product,
        "release": "5.1.0",
        "platform": "NetWare",
        "operating_system": "NetWare 6.0 SP2",
        "description": "The mirror does not come back.",
        "business_impact": "",
        "severity": 2,
        "end_user": "Citizens Bank",
        "updates_paid": False,
        "level_1_work": "",
        "level_2_work": "",
        "replication_steps": "",
        "replication": "",
    }
    return Report(**(told | changes))


def opened(liaison: Contact, **changes: Any) -> Case:
    assert liaison.user is not None
    return open_case(
        report(**changes), by=liaison.user, contact=liaison, channel=Channel.WEB, at=NOW
    )


def signed_in(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def due(case: Case) -> dict[str, tuple[dt.datetime, str]]:
    rows = Deadline.objects.about(case).unfinished()
    return {row.kind.split(".")[1]: (row.due_at, row.clause) for row in rows}


@pytest.mark.clause("BL 2.1.1", "BL 2.1.4", "BL 2.2", "BL 2.3", "BL 3.1.3", "BL 3.1.4", "BL 2.6")
def test_a_case_from_its_report_to_its_closure(liaison: Contact) -> None:
    lena = person("Lena Frost")
    case = opened(liaison)
    assert due(case) == {
        "first_response": (NOW + HOUR, "BL 2.2"),
        "status_update": (NOW + DAY, "BL 2.2"),
    }
    case = take(case, by=lena, at=NOW + 5 * MINUTE)
    case = log_call(
        case, by=lena, at=NOW + 10 * MINUTE, logged_at=NOW + 10 * MINUTE, body="Rang Priya."
    )
    assert set(due(case)) == {"status_update"}
    case = give_relief(case, by=lena, at=NOW + 2 * HOUR, body="Load patch 12.")
    case = close(case, by=lena, at=NOW + DAY, reason="workaround", agreed_by="Priya Nair")
    assert (case.state, case.closure_reason) == (State.CLOSED, "workaround")
    assert due(case) == {}
    closing = JournalEntry.objects.about(case).get(verb="case.closed")
    assert closing.clause == "BL 2.6.3"
    assert closing.text == "Closed: A workaround is provided."


@pytest.mark.clause("BL 2.1.3", "BL 2.2", "D-9")
def test_severity_1_is_reported_by_telephone_and_runs_round_the_clock(liaison: Contact) -> None:
    case = opened(liaison, severity=1)
    assert (case.severity, case.awaits_call_for) == (2, 1)
    saturday = local("2003-03-08 23:00")
    case = confirm_call(case, by=person("Gwen Holt"), at=saturday)
    assert case.severity == 1
    alerts = Notice.objects.about(case).filter(template="severity_1", channel="email")
    names = set(alerts.values_list("recipient__name", flat=True))
    assert names == {"Lena Frost", "Gwen Holt"}, "its provider's own people, and no others"
    assert {notice.clause for notice in alerts} == {"BL 2.1.3"}
    status = due(case)["status_update"]
    assert status == (saturday + DAY, "BL 2.2")
    told = open_case(
        report(severity=1),
        by=person("Gwen Holt"),
        contact=liaison,
        channel=Channel.TELEPHONE,
        at=saturday,
    )
    assert due(told)["first_response"] == (saturday + 30 * MINUTE, "BL 2.2")


@pytest.mark.clause("SCL 8.2")
def test_it_is_not_charged_has_no_information_clock_and_does_not_escalate(liaison: Contact) -> None:
    case = open_case(
        report(severity=1),
        by=person("Gwen Holt"),
        contact=liaison,
        channel=Channel.TELEPHONE,
        at=NOW,
    )
    assert case.charge == Charge.NEVER
    assert not CaseEntry.objects.filter(reference=case.number).exists()
    assert not CaseAccount.objects.filter(agreement=case.agreement).exists()
    case = request_information(
        case, by=person("Lena Frost"), at=NOW + 5 * MINUTE, missing=["the log"]
    )
    assert not any(kind.startswith("information") for kind in due(case))
    assert not Timeline.objects.filter(case=case).exists()
    sweep(NOW + 26 * HOUR)
    case.refresh_from_db()
    assert case.severity == 1, "no information downgrade"
    assert not Timeline.objects.exists()


@pytest.mark.clause("BL 3.1.3", "BL 3.1.1", "BL 1.1", "BL 3.1.2")
def test_only_liaisons_past_the_waiting_time_open_cases(agreement: Agreement) -> None:
    helen = Contact.objects.get(name="Helen Marsh")
    with pytest.raises(Refusal, match="the Administrative Contact, who cannot open a case") as no:
        opened(helen)
    assert no.value.clause == "BL 3.1.3, BL 3.1.1"
    owen = Contact.objects.get(name="Owen Tate")
    with pytest.raises(Refusal, match="may ask for assistance from"):
        open_case(
            report(),
            by=owen.user,
            contact=owen,
            channel=Channel.WEB,
            at=local("2002-12-16 10:00"),
        )


@pytest.mark.clause("BL 3.1.4")
def test_a_report_needs_exactly_what_the_schedule_asks_for(liaison: Contact) -> None:
    assert opened(liaison).business_impact == ""
    with pytest.raises(Refusal) as refused:
        opened(liaison, platform=" ")
    assert refused.value.field == "platform"
    assert refused.value.clause == "BL 3.1.4"


@pytest.mark.clause("BL 2.5")
def test_the_provider_alone_downgrades(liaison: Contact) -> None:
    from cases.severity.rules import DowngradeGround

    case = downgrade(
        opened(liaison),
        by=person("Lena Frost"),
        at=NOW + HOUR,
        to=3,
        ground=DowngradeGround.NOT_COOPERATING,
        reason="No answer to three calls.",
    )
    entry = JournalEntry.objects.about(case).get(verb="case.downgraded")
    assert (case.severity, entry.clause) == (3, "BL 2.5")


@pytest.mark.clause("BL 2.1.5")
def test_engineering_is_engaged_and_told_at_the_provider_alone(liaison: Contact) -> None:
    from cases.sub_cases.models import Team

    User.objects.create_user("house@legato.example", name="House", roles=["engineering"])
    case = open_sub_case(
        opened(liaison),
        by=person("Lena Frost"),
        at=NOW,
        team=Team.ENGINEERING,
        request="Look at the trace.",
    )
    told = Notice.objects.about(case).filter(template="case_sub_case")
    assert {one.recipient.name for one in told} == {"Marco Diaz"}
    assert {one.clause for one in told} == {"BL 2.1.5"}


@pytest.mark.clause("BL 2.1.1")
def test_the_current_release_alone_is_supported(liaison: Contact) -> None:
    product, _ = Product.objects.get_or_create(name="StandbyServer")
    for number in ("5.0.0", "5.1.0"):
        Release.objects.create(product=product, number=number, published_on=dt.date(2002, 1, 1))
    assert opened(liaison, release="5.1.0").limitations == []
    flagged = opened(liaison, release="5.0.0", modified_software=True).limitations
    assert flagged == [
        {
            "clause": "BL 2.1.1",
            "words": "The Software is modified, damaged, or part of other software.",
        },
        {"clause": "BL 2.1.1", "words": "Release 5.0.0 is not current: supported is 5.1."},
    ]


@pytest.mark.clause("BL 1.3", "SCL 1.12")
@pytest.mark.parametrize("name", ["StandbyServer", "OFFsite Archive", "snapshotserver for NetWare"])
def test_the_software_of_the_license_is_supported(liaison: Contact, name: str) -> None:
    product, _ = Product.objects.get_or_create(name=name)
    flags = [one["clause"] for one in opened(liaison, product=product).limitations]
    assert "BL 1.3" not in flags


@pytest.mark.clause("BL 1.3", "SCL 1.12")
def test_what_is_not_the_software_is_flagged_and_the_engineer_decides(liaison: Contact) -> None:
    product, _ = Product.objects.get_or_create(name="NetWorker")
    [flag] = [
        one for one in opened(liaison, product=product).limitations if one["clause"] == "BL 1.3"
    ]
    assert flag["words"].startswith("NetWorker is not the Software")


@pytest.mark.clause("BL 2.1.2", "BL 2.1.4")
@pytest.mark.parametrize("channel", [Channel.TELEPHONE, Channel.EMAIL])
def test_a_report_is_taken_on_a_sunday_night_and_answered_in_business_hours(
    liaison: Contact, channel: Channel
) -> None:
    sunday = local("2003-03-09 03:00")
    case = open_case(report(), by=person("Gwen Holt"), contact=liaison, channel=channel, at=sunday)
    assert case.reported_at == sunday
    assert due(case)["first_response"] == (local("2003-03-10 09:00"), "BL 2.2")


@pytest.mark.clause(
    "BL 2.6.1", "BL 2.6.2", "BL 2.6.3", "BL 2.6.4", "BL 2.6.5", "BL 2.6.6", "BL 4.3"
)
@pytest.mark.parametrize(
    ("reason", "clause"),
    [
        ("solution", "BL 2.6.1"),
        ("fix", "BL 2.6.2"),
        ("workaround", "BL 2.6.3"),
        ("other-vendor", "BL 2.6.4"),
        ("documentation-bug", "BL 2.6.5"),
        ("enhancement-request", "BL 2.6.6"),
    ],
)
def test_a_case_closes_for_each_reason_of_the_schedule(
    liaison: Contact, reason: str, clause: str
) -> None:
    lena = person("Lena Frost")
    case = take(opened(liaison), by=lena, at=NOW)
    if case.programme.closure_reason(reason).is_relief:
        with pytest.raises(Refusal):
            close(case, by=lena, at=NOW, reason=reason, agreed_by="Priya Nair")
        case = give_relief(case, by=lena, at=NOW, body="Load patch 12.")
    case = close(case, by=lena, at=NOW, reason=reason, agreed_by="Priya Nair")
    entry = JournalEntry.objects.about(case).get(verb="case.closed")
    assert (case.closure_reason, entry.clause) == (reason, clause)
    assert due(case) == {}


@pytest.mark.clause("SCL Ex.C", "SCL 8.4", "D-43")
@pytest.mark.parametrize(
    ("end_user", "flag"),
    [
        ("Citizens Bank", ""),
        ("Acme", "“Acme” is no site of the exhibit."),
        ("", "No End-User is named, so its coverage cannot be told."),
    ],
)
def test_the_end_users_coverage_is_flagged_at_opening(
    liaison: Contact, end_user: str, flag: str
) -> None:
    case = opened(liaison, end_user=end_user)
    assert case.limitations == ([{"clause": "SCL Ex.C", "words": flag}] if flag else [])
    page = signed_in(person("Lena Frost")).get(case.get_absolute_url()).content.decode()
    assert (flag or "CITIZENS BANK is covered for StandbyServer: Updates") in page


@pytest.mark.clause("SCL 12.2", "SCL Ex.C")
def test_expired_coverage_is_flagged_and_does_not_refuse(liaison: Contact) -> None:
    case = open_case(
        report(end_user="Enron Corp."),
        by=liaison.user,
        contact=liaison,
        channel=Channel.WEB,
        at=local("2004-08-30 10:00"),
    )
    assert case.limitations == [
        {
            "clause": "SCL Ex.C",
            "words": "The coverage of ENRON CORP. for StandbyServer ended on 27 Aug 2004.",
        }
    ]


def test_pages_speak_as_its_paper_does(liaison: Contact) -> None:
    case = opened(liaison, severity=1)
    reply(case, by=person("Lena Frost"), at=NOW, body="Looking.")
    reference = case.agreement.reference
    client = signed_in(liaison.user)
    for address in (
        reverse("contact_home"),
        case.get_absolute_url(),
        reverse("agreement", args=[reference]),
        reverse("own_agreement"),
    ):
        page = client.get(address, follow=True).content.decode()
        assert "ATSP " not in page, address
        assert "Technical Contact" not in page, address
        assert "prepaid" not in page, address
    page = client.get(reverse("open_case"), follow=True).content.decode()
    assert "ATSP " not in page
    assert "There is no procedural" not in page
    assert "there is no procedural workaround" in page
    assert "805-370-3100" in page, "the number that the provider answers"
    assert "updates_paid" not in page


def test_everything_written_cites_its_own_clauses(liaison: Contact) -> None:
    lena = person("Lena Frost")
    case = opened(liaison, severity=1)
    case = take(case, by=lena, at=NOW)
    case = request_information(case, by=lena, at=NOW, missing=["the log"])
    case = give_relief(case, by=lena, at=NOW, body="Load the patch.")
    case = close(case, by=lena, at=NOW, reason="fix", agreed_by="Priya Nair")
    reopen(case, by=liaison.user, at=NOW, reason="It is back.")
    sweep(NOW + 3 * DAY)
    written = [
        *JournalEntry.objects.about(case).values_list("clause", flat=True),
        *JournalEntry.objects.about(case).values_list("text", flat=True),
        *Notice.objects.about(case).values_list("clause", flat=True),
        *Deadline.objects.about(case).values_list("clause", flat=True),
        *Deadline.objects.about(case).values_list("words", flat=True),
    ]
    assert not [text for text in written if "ATSP" in str(text)]


def test_there_is_no_scorecard(liaison: Contact) -> None:
    agreement = liaison.organisation.agreements.get()
    answer = signed_in(person("Gwen Holt")).get(reverse("scorecard", args=[agreement.reference]))
    assert answer.status_code in (403, 409)
    assert "has no scorecard" in answer.content.decode()


@pytest.mark.clause("BL 2.4")
def test_both_sides_agree_another_frequency_of_updates(liaison: Contact) -> None:
    lena = person("Lena Frost")
    case = agree_frequency(opened(liaison), every="4 hours", how="By mail.", by=lena, at=NOW)
    assert due(case)["status_update"] == (NOW + 4 * HOUR, "BL 2.4")


@pytest.mark.clause("SCL 1.2")
def test_the_house_hears_nothing_of_it(liaison: Contact) -> None:
    User.objects.create_user("dina@legato.example", name="Dina", roles=["dispatch"])
    case = opened(liaison)
    sweep(NOW + 3 * DAY)
    told = {one.recipient.email for one in Notice.objects.about(case) if one.recipient}
    assert told == {"priya.nair@backline.legato.example", "gwen.holt@caminosoft.example"}
    assert case not in Case.objects.visible_to(person("Dina"))


@pytest.mark.clause("SCL Ex.C", "D-43", "D-6")
def test_the_day_of_its_coverage_stays_that_of_the_site_that_reported(liaison: Contact) -> None:
    assert liaison.user is not None
    last_day = local("2004-08-27 23:30")  # in Mountain View; in Orem it is the day after
    told = report(end_user="ENRON CORP.", severity=3)
    case = open_case(told, by=liaison.user, contact=liaison, channel=Channel.WEB, at=last_day)
    before = coverage_of_case(case)
    assert before is not None
    assert not before.verdict.is_flagged

    case = hand_over(case, to=Contact.objects.get(name="Owen Tate"), by=liaison.user, at=last_day)

    assert coverage_of_case(case) == before
