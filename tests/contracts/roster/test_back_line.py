"""The roster under the back-line schedule: Appendix 1 with its Liaisons, in its own words (BL 1.1, 1.2, 3.1.1)."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.document.exhibit_a import exhibit_a
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules.agreement_file import AgreementFileError, ContactRole
from contracts.parties.models.parties import Contact
from contracts.roster.actions import changes as roster
from contracts.roster.actions import duty
from contracts.roster.actions.importing import hand_in_form, look_at_form, roster_table
from contracts.roster.actions.training import confirm_training, report_training
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.models.training import TrainingKind
from contracts.roster.rules import files
from contracts.roster.rules.lines import Details
from portal.deadlines import sweep
from portal.models import Deadline, JournalEntry, Notice, User
from portal.notices import rendering
from portal.rules.refusal import Refusal
from tests.contracts.factories import (
    BACK_LINE_FILE,
    load_back_line,
    make_agreement,
    make_contact,
    make_site,
    published_back_line,
    put_on_roster,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)
SIGNED = dt.datetime(2002, 9, 3, 15, tzinfo=dt.UTC)  # a Tuesday, 08:00 in California


@pytest.fixture(autouse=True)
def at_now(settings: Any) -> None:
    settings.PORTAL_CLOCK = f"{AT.isoformat()}@{dt.datetime.now(dt.UTC).isoformat()}*1e-12"


@pytest.fixture
def agreement() -> Agreement:
    return load_back_line()


@pytest.fixture
def keeper(agreement: Agreement) -> User:
    contact = Contact.objects.get(name="Helen Marsh")
    assert contact.user is not None
    return contact.user


def somebody(**changes: str) -> Details:
    told = {"name": "Iris Hall", "email": "iris.hall@legato.example", "site": "Orem"}
    return Details(**(told | changes))


def line(name: str) -> RosterEntry:
    return RosterEntry.objects.get(contact__name=name, removed_at=None)


@pytest.mark.clause("BL 3.1.1")
def test_appendix_1_is_complete_with_a_liaison_and_the_administrative_contact(
    administrator: User,
) -> None:
    agreement = make_agreement(published_back_line(), tier="", state=AgreementState.SIGNED)
    site = make_site(agreement.reseller, name="Orem")
    put_on_roster(agreement, make_contact(agreement.reseller, site=site), pool="", slot=1)

    duty.begin(agreement, at=SIGNED)

    owed = Deadline.objects.about(agreement).get(kind=duty.DUE)
    assert (owed.state, owed.clause) == ("pending", "BL 3.1.1")
    reminders = Deadline.objects.about(agreement).filter(kind=duty.REMINDER)
    assert set(reminders.values_list("clause", flat=True)) == {"BL 3.1.1"}
    sweep.sweep(owed.due_at - dt.timedelta(days=1))
    mail = rendering.render(Notice.objects.filter(template="roster_form", channel="email")[0])
    assert "1 Administrative Contact missing" in mail.text

    liaison = agreement.roster.get()
    roster.hand_over(agreement, liaison, by=administrator, at=SIGNED + dt.timedelta(hours=5))

    owed.refresh_from_db()
    assert owed.state == "met"
    complete = JournalEntry.objects.about(agreement).get(verb="roster.form_complete")
    assert (complete.text, complete.clause) == ("Appendix 1 is complete", "BL 3.1.1")


@pytest.mark.clause("BL 3.1.1")
def test_a_filed_appendix_1_without_an_administrative_contact_is_refused() -> None:
    published_back_line()
    text = BACK_LINE_FILE.read_text(encoding="utf-8")
    without = text.replace('standings = ["administrative"]', 'standings = ["technical"]\nslot = 3')
    assert without != text
    with pytest.raises(AgreementFileError, match=r"administrative; at least 1 .*BL 3.1.1"):
        load_agreement(without, name="file", by=None, at=AT)


@pytest.mark.clause("BL Appendix 1", "BL 1.1")
def test_the_table_is_appendix_1_in_its_own_columns(agreement: Agreement, keeper: User) -> None:
    table = roster_table(agreement)
    assert table[0][:3] == ["Role", "Slot", "Name"]
    assert {"CAMINOSOFT Contact Code", "FAX Number", "Pager Number"} <= set(table[0])
    assert not [cell for row in table for cell in row if "Legato C" in cell]
    assert [row[0] for row in table[1:]] == ["Administrative Contact", *["Liaison"] * 3]
    client = Client()
    client.force_login(keeper)
    answer = client.get(reverse("roster_file", args=[agreement.reference, "csv"]))
    name = f'filename="appendix-1-{agreement.reference}.csv"'
    assert name in answer["Content-Disposition"]
    assert files.read_table("form", answer.content) == table


@pytest.mark.clause("BL 3.1.2", "BL Appendix 1")
def test_a_completed_appendix_1_puts_a_liaison_on_the_roster(
    agreement: Agreement, keeper: User
) -> None:
    table = roster_table(agreement)
    column = {title: n for n, title in enumerate(table[0])}
    free = next(row for row in table if row[0] == "Liaison" and not row[column["Name"]])
    free[column["Name"]] = "Iris Hall"
    free[column["E-mail Address"]] = "iris.hall@legato.example"
    free[column["Site"]] = line("Priya Nair").contact.site.name
    free[column["FAX Number"]] = "801 555 0199"
    plan, owed = look_at_form(agreement, table, by=keeper, at=AT)
    assert (plan.faults, owed) == (0, None)
    hand_in_form(agreement, table, fingerprint=plan.fingerprint, by=keeper, at=AT)
    entry = line("Iris Hall")
    assert (entry.called, entry.contact.fax) == ("Liaison", "801 555 0199")
    assert entry.usable_from > AT, "she waits two Business Days"
    note = JournalEntry.objects.about(agreement).filter(verb="roster.submitted").latest("pk")
    assert note.text == "Iris Hall as Liaison"


@pytest.mark.clause("BL 1.1")
def test_a_role_that_the_paper_does_not_know_is_not_given(
    agreement: Agreement, keeper: User
) -> None:
    site = line("Priya Nair").contact.site.name
    for role in (ContactRole.ALTERNATE, ContactRole.MANAGEMENT):
        with pytest.raises(Refusal, match="Appendix 1 has no contact of that role") as refused:
            roster.add_contact(agreement, somebody(site=site), role, by=keeper, at=AT)
        assert refused.value.way_out == "It has: Administrative Contact, Liaison."
    with pytest.raises(Refusal, match="no contact of that role"):
        roster.restand_contact(
            agreement, line("Priya Nair"), ContactRole.ALTERNATE, by=keeper, at=AT
        )
    client = Client()
    client.force_login(keeper)
    page = client.get(reverse("roster_add", args=[agreement.reference])).content.decode()
    assert 'value="technical"' in page
    assert 'value="alternate"' not in page
    assert 'value="management"' not in page


@pytest.mark.clause("BL 1.2")
def test_a_fourth_liaison_is_refused(agreement: Agreement, keeper: User) -> None:
    site = line("Priya Nair").contact.site.name
    roster.add_contact(agreement, somebody(site=site), ContactRole.TECHNICAL, by=keeper, at=AT)
    fourth = somebody(name="Omar Lind", email="omar.lind@legato.example", site=site)
    with pytest.raises(Refusal, match="All 3 slots are taken") as refused:
        roster.add_contact(agreement, fourth, ContactRole.TECHNICAL, by=keeper, at=AT)
    assert refused.value.clause == "BL 1.2"


@pytest.mark.clause("BL 3.1.1", "BL 3.1.2")
def test_somebody_new_takes_the_administrative_contacts_place(
    agreement: Agreement, keeper: User
) -> None:
    site = line("Helen Marsh").contact.site.name
    new = roster.swap_contact(agreement, line("Helen Marsh"), somebody(site=site), by=keeper, at=AT)
    assert (new.contact.name, new.standing) == ("Iris Hall", RosterRole.ADMINISTRATIVE)
    told = Notice.objects.filter(template__startswith="roster_", channel="email")
    texts = [rendering.render(one).text for one in told]
    assert any("for support by CaminoSoft" in text for text in texts)
    assert not [text for text in texts if "Technical Contact" in text]


@pytest.mark.clause("BL Appendix 1")
def test_its_document_is_appendix_1(agreement: Agreement) -> None:
    pages = PdfReader(io.BytesIO(exhibit_a(agreement, AT))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "APPENDIX 1" in text
    assert "LIAISON #3" in text
    assert "CAMINOSOFT Contact Code" in text
    for foreign in ("EXHIBIT A", "TECHNICAL CONTACT", "RESELLER"):
        assert foreign not in text.upper(), foreign


@pytest.mark.clause("BL 3.1.7")
def test_the_training_of_a_liaison_is_reported_and_put_on_record(
    agreement: Agreement, keeper: User
) -> None:
    entry = line("Priya Nair")
    kind, on = TrainingKind.TRAINED, dt.date(2003, 2, 10)
    report: dict[str, Any] = {"completed_on": on, "by": keeper, "at": AT}
    with pytest.raises(Refusal, match="The evidence is missing") as refused:
        report_training(agreement, entry, kind, evidence="", **report)
    assert refused.value.clause == "BL 3.1.7"
    training = report_training(agreement, entry, kind, evidence="Course SBS-101", **report)
    assert entry.trained_on is None
    confirm_training(training, by=User.objects.get(name="Gwen Holt"), at=AT)
    assert line("Priya Nair").trained_on == on
