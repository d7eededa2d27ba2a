"""Papers tell what was true on their day, and an issued one is kept byte for byte."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.actions.papers import bytes_of, issued_pages_1, page_1_of
from contracts.agreements.actions.parties import change_party
from contracts.agreements.actions.signing import sign_agreement
from contracts.agreements.document.page_1 import page_1
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import PostalAddress
from contracts.agreements.rules.filed import Block, filed_block
from contracts.billing.actions.charges import add_charge
from contracts.billing.actions.invoices import invoice_paper, issue_invoices
from contracts.billing.actions.options import take_option
from contracts.billing.models.invoices import Invoice
from contracts.billing.rules.option_taking import Wish
from contracts.parties.models.changes import party_on
from contracts.programmes.actions import publish_programme
from portal.models import Attachment, JournalEntry, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.agreements.test_documents import words
from tests.contracts.agreements.test_life import a_draft
from tests.contracts.agreements.test_life_pages import seen_on
from tests.contracts.factories import make_agreement

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
OCTOBER = dt.datetime(2004, 10, 25, 16, 0, tzinfo=dt.UTC)
TUSTIN = PostalAddress("14661 Franklin Avenue", "Tustin", "CA", "92780")
ANAHEIM = ("4905 E. La Palma Ave", "Anaheim, CA 92807", "USA")


@pytest.fixture
def years(mti: Agreement) -> list[Agreement]:
    """The three years of MTI's contract, as filed."""
    terms = factories.CONTRACTS / "programmes" / "atsp-2004.toml"
    publish_programme(terms.read_text(), name=terms.name, by=None, at=OCTOBER)
    loaded = [mti]
    for name in ("mti-2003.toml", "mti-2004.toml"):
        text = (factories.CONTRACTS / "data" / name).read_text()
        loaded.append(load_agreement(text, name=name, by=None, at=OCTOBER))
    return [Agreement.objects.get(pk=one.pk) for one in loaded]


def moved(agreement: Agreement, by: User, **said: Any) -> Any:
    values: dict[str, Any] = {
        "name": "MTI Technology Corporation",
        "address": TUSTIN,
        "since": dt.date(2003, 3, 1),
        "reason": "Their letter of March 1.",
        "by": by,
        "at": AT,
    }
    return change_party(agreement, Side.RESELLER, **(values | said))


def an_invoice(agreement: Agreement, at: dt.datetime, by: User) -> Invoice:
    charge = add_charge(
        agreement,
        kind="work",
        text="Replication",
        words="One day.",
        amount=Decimal(1500),
        clause="ATSP 16",
        incurred_on=agreement.effective_on,
        by=None,
        at=at,
    )
    return issue_invoices(agreement, charges=[charge], by=by, at=at)[0]


# --- what was true on the day --------------------------------------------------------------------


@pytest.mark.clause("REN", "ATSP 19.3", "ATSP 20.2")
def test_the_invoice_of_october_2004_names_emc_and_tustin(
    years: list[Agreement], administrator: User
) -> None:
    invoice = an_invoice(years[2], OCTOBER, administrator)
    said = words(invoice_paper(invoice, at=OCTOBER))
    assert "EMC Corporation, successor in interest to Legato Systems, Inc." in said
    assert "14661 Franklin Avenue Tustin, CA 92780" in said
    assert "Anaheim" not in said
    before = an_invoice(years[0], AT, administrator)
    assert (before.provider_name, before.reseller_address) == (
        "Legato Systems, Inc.",
        "\n".join(ANAHEIM),
    )


@pytest.mark.clause("REN", "ATSP page 1")
def test_page_1_of_each_year_has_the_address_of_its_paper(years: list[Agreement]) -> None:
    said = [words(page_1_of(one, at=OCTOBER)) for one in years]
    assert ["Anaheim" in one for one in said] == [True, True, False]
    assert ["Tustin" in one for one in said] == [False, False, True]
    assert "EMC Corporation, successor in interest to Legato Systems Inc." in said[2]


@pytest.mark.clause("ATSP 20.2")
def test_the_paper_of_a_renewal_is_on_record_as_a_new_address(years: list[Agreement]) -> None:
    reseller = years[2].reseller
    assert party_on(reseller, dt.date(2004, 9, 2)).address_lines == ANAHEIM
    assert party_on(reseller, dt.date(2004, 9, 3)).address_lines[0] == "14661 Franklin Avenue"
    entry = JournalEntry.objects.about(years[2]).get(verb="agreement.party_changed")
    assert "Tustin, CA 92780, from 3 Sep 2004" in entry.text


# --- the act -------------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 20.2")
def test_a_new_address_holds_from_its_day_on(mti: Agreement, administrator: User) -> None:
    old = an_invoice(mti, AT - dt.timedelta(days=30), administrator)
    moved(mti, administrator)
    mti.refresh_from_db()
    reseller = mti.reseller
    assert reseller.city == "Tustin", "what lists show"
    assert party_on(reseller, dt.date(2003, 2, 28)).address_lines == ANAHEIM
    assert party_on(reseller, dt.date(2003, 3, 1)).address_lines[1] == "Tustin, CA 92780"
    assert "Tustin" in an_invoice(mti, AT, administrator).reseller_address
    old.refresh_from_db()
    assert old.reseller_address == "\n".join(ANAHEIM)
    assert mti.reseller_address_as_signed == "\n".join(ANAHEIM)
    entry = JournalEntry.objects.about(mti).get(verb="agreement.party_changed")
    assert (entry.by, entry.public, entry.clause) == (administrator, True, "ATSP 20.2")
    assert entry.before["address"] == ", ".join(ANAHEIM)
    assert entry.text.endswith("from 1 Mar 2003. Their letter of March 1.")
    backdated = PostalAddress("1 Between Street", "Irvine", "CA", "92600")
    moved(mti, administrator, address=backdated, since=dt.date(2003, 1, 1))
    assert party_on(reseller, dt.date(2003, 2, 1)).address_lines[0] == "1 Between Street"
    reseller.refresh_from_db()
    assert reseller.city == "Tustin", "the latest day's"


@pytest.mark.clause("ATSP 20.2")
def test_a_new_name_of_a_reseller_is_found_by_both_names(
    mti: Agreement, administrator: User
) -> None:
    moved(mti, administrator, name="MTI Storage Corporation")
    again = factories.load(factories.MTI_FILE)
    assert again == mti
    named = type(mti.reseller).objects.called("mti technology corporation")
    assert [one.name for one in named] == ["MTI Storage Corporation"]


REFUSED = {
    "no name": ({"name": " "}, "name"),
    "another party's name": ({"name": "Nordlicht Datensicherung GmbH"}, "name"),
    "no day": ({"since": None}, "since"),
    "a day to come": ({"since": dt.date(2003, 3, 6)}, "since"),
    "no reason": ({"reason": ""}, "reason"),
    "nothing new": (
        {"address": PostalAddress("4905 E. La Palma Ave", "Anaheim", "CA", "92807", "USA")},
        "street",
    ),
}


@pytest.mark.clause("ATSP 20.2")
@pytest.mark.parametrize("what", list(REFUSED))
def test_a_change_of_a_party_is_refused_for(
    mti: Agreement, nordlicht: Agreement, administrator: User, what: str
) -> None:
    said, field = REFUSED[what]
    if "name" in said and said["name"].strip():
        said = {"name": nordlicht.reseller.name}
    with pytest.raises(Refusal) as refused:
        moved(mti, administrator, **said)
    assert (refused.value.field, refused.value.clause) == (field, "ATSP 20.2")
    assert refused.value.way_out
    assert not mti.reseller.changes.exists()


@pytest.mark.clause("ATSP 19.3", "ATSP 20.2")
def test_a_provider_moves_but_is_renamed_by_succession_only(
    mti: Agreement, administrator: User
) -> None:
    hopkinton = PostalAddress("176 South Street", "Hopkinton", "MA", "01748")
    said = {"address": hopkinton, "since": dt.date(2003, 3, 1), "reason": "A letter."}
    with pytest.raises(Refusal, match="by succession only"):
        change_party(mti, Side.PROVIDER, name="EMC", by=administrator, at=AT, **said)
    change_party(mti, Side.PROVIDER, name=mti.provider.name, by=administrator, at=AT, **said)
    assert "Hopkinton" in an_invoice(mti, AT, administrator).provider_address


def test_only_a_contract_administrator_records_it(mti: Agreement) -> None:
    seller = User.objects.create_user("s@legato.example", name="S", roles=[Role.ACCOUNT_MANAGER])
    with pytest.raises(Refusal, match="You may not change a party's name or address"):
        moved(mti, seller)


@pytest.mark.clause("ATSP 20.2")
def test_the_page_records_it_and_keeps_what_was_typed(
    mti: Agreement, administrator: User, client: Client, set_clock: Callable[..., None]
) -> None:
    set_clock(AT, speed=1e-12)
    client.force_login(administrator)
    address = reverse("agreement_parties", args=[mti.reference])
    shown = client.get(address)
    assert "Name and address of the reseller" in shown.content.decode()
    typed = {
        "what": "party-reseller",
        **seen_on(shown, "party-reseller"),
        "party-reseller-name": "MTI Technology Corporation",
        "party-reseller-street": "14661 Franklin Avenue",
        "party-reseller-city": "Tustin",
        "party-reseller-since": "2003-03-09",
        "party-reseller-reason": "Their letter.",
    }
    refused = client.post(address, typed)
    assert refused.status_code == 409
    assert "is still to come" in refused.content.decode()
    assert "14661 Franklin Avenue" in refused.content.decode()
    typed["party-reseller-since"] = "2003-03-01"
    assert client.post(address, typed).status_code == 302
    page = " ".join(client.get(address).content.decode().split())
    assert "From 1 Mar 2003: MTI Technology Corporation, 14661 Franklin Avenue, Tustin" in page


# --- issued papers -------------------------------------------------------------------------------


@pytest.mark.clause("ATSP page 1", "ATSP page 1, 2.b")
def test_page_1_is_kept_as_issued_and_issued_anew_for_a_later_option(administrator: User) -> None:
    draft = a_draft(tier="level-2")
    assert not issued_pages_1(draft).exists()
    signed = sign_agreement(
        draft, by=administrator, at=AT - dt.timedelta(days=170), signed_on=dt.date(2002, 9, 1)
    )
    first = page_1_of(signed, at=AT)
    wish = Wish("psam-2", 1, AT.date())
    take_option(signed, wish, asked_by="Ann", by=administrator, at=AT)
    second = page_1_of(signed, at=AT)
    later = AT + dt.timedelta(days=10)
    wish = Wish("psam-2", 1, later.date())
    take_option(signed, wish, asked_by="Ann", by=administrator, at=later)
    third = page_1_of(signed, at=later)
    assert "(1) PSAM" not in words(first)
    assert "(1) PSAM Level II" in words(second)
    assert "(2) PSAM Level II" in words(third)
    assert "(1) of these from March 15, 2003" in words(third)
    kept = [bytes_of(one) for one in issued_pages_1(signed)]
    assert kept == [first, second, third]


@pytest.mark.clause("ATSP 3.2")
def test_an_invoice_is_downloaded_byte_for_byte_as_it_was_issued(
    mti: Agreement, administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = an_invoice(mti, AT, administrator)
    issued = invoice_paper(invoice, at=AT)
    paper = Attachment.objects.about(invoice).get()
    assert bytes_of(paper) == issued
    changed = {"invoice": "A later release says it otherwise.", "credit_note": ""}
    monkeypatch.setattr("contracts.billing.document._SAID", changed)
    client.force_login(administrator)
    url = reverse("invoice_pdf", args=[mti.reference, invoice.number])
    assert client.get(url).content == issued
    assert b"".join(client.get(reverse("attachment", args=[paper.pk])).streaming_content) == issued  # type: ignore[attr-defined]
    reseller = mti.reseller.contacts.get(name="Mathew Keane").user
    client.force_login(reseller)
    assert client.get(reverse("attachment", args=[paper.pk])).status_code == 404, "no money reader"


def test_a_paper_issued_before_they_were_kept_is_kept_from_its_first_download(
    mti: Agreement,
) -> None:
    assert not issued_pages_1(mti).exists()
    first = page_1_of(mti, at=AT)
    assert page_1_of(mti, at=OCTOBER) == first
    assert issued_pages_1(mti).count() == 1
    for state in (AgreementState.SIGNED, AgreementState.ENDED):
        another = make_agreement(state=state)
        assert page_1_of(another, at=AT) == bytes_of(issued_pages_1(another).get())


# --- conformed copies ----------------------------------------------------------------------------


@pytest.mark.clause("ATSP page 1")
def test_a_conformed_copy_invents_no_signature(years: list[Agreement]) -> None:
    first, unfiled, renewal = (words(page_1(one, OCTOBER)) for one in years)
    assert "By: /s/ BARBARA T. BAKCICH" in first
    assert "By: MARK FRANZEN" in first
    assert "/s/ Mark Franzen" not in first
    assert "/s/" not in unfiled, "who signed is not filed"
    assert "By: /s/ Robert B. Nahum" in renewal
    assert "10/22/04 Date" in renewal


@pytest.mark.clause("ATSP page 1")
def test_signatures_recorded_in_the_portal_are_conformed(administrator: User) -> None:
    signed = sign_agreement(a_draft(), by=administrator, at=AT, signed_on=dt.date(2002, 9, 1))
    assert signed.state == AgreementState.IN_FORCE
    assert "By: /s/ Ann provider" in words(page_1(signed, AT))


@pytest.mark.clause("ATSP page 1")
@pytest.mark.parametrize(
    ("as_filed", "block"),
    [
        (
            "By: /s/ A. B. C. Name: A B. Title: VP, Sales. Date: (empty)",
            Block("/s/ A. B. C", "A B", "VP, Sales"),
        ),
        ("By: A. Name: (empty). Title: (empty). Date: 10/22/04", Block("A", day="10/22/04")),
        ("ACME. [Signature] (empty). Name: (empty). Address: X. Date: (empty)", Block()),
        ("The agreement is not filed; the renewal names it by its date.", Block()),
        ("", Block()),
    ],
    ids=["all but the date", "name and title open", "unsigned", "not filed", "nothing"],
)
def test_what_a_filed_block_leaves_open_is_left_open(as_filed: str, block: Block) -> None:
    assert filed_block(as_filed) == block
