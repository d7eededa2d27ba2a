"""The documents of an agreement: page 1 and Exhibit A say what the agreement says, and signed copies are kept."""

import datetime as dt
import io
import re

import pytest
from pypdf import PdfReader

from contracts.agreements.actions.signed_copies import attach_signed_copy
from contracts.agreements.document.exhibit_a import exhibit_a
from contracts.agreements.document.page_1 import page_1
from contracts.agreements.models.agreements import Agreement
from portal.models import Attachment, JournalEntry, User
from portal.rules.refusal import Refusal
from tests.contracts.agreements.test_life import a_draft
from tests.contracts.factories import MTI_FILE, SUPPLEMENT_FILE, load, make_contact, put_on_roster

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)


def words(content: bytes, page: int | None = None) -> str:
    """The words of a PDF, or of one of its pages, without breaks."""
    pages = PdfReader(io.BytesIO(content)).pages
    text = " ".join(one.extract_text() for one in (pages if page is None else [pages[page]]))
    return re.sub(r"\s+", " ", text)


@pytest.mark.clause("ATSP page 1", "ATSP page 1, 2.a", "ATSP page 1, 2.b")
def test_page_1_is_filled_as_it_was_filed(mti: Agreement) -> None:
    made = page_1(mti, AT)
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    text = words(made)
    for said in (
        "AUTHORIZED TECHNICAL SUPPORT PROVIDER AGREEMENT",
        "Contract number 271-ATSP-4453",
        "an Effective Date of September 3, 2002",
        "LEGATO SYSTEMS, INC., with an office at 2350 West El Camino Real",
        "MTI Technology Corporation",
        "must be in the same column",
        "40 Cases @ US$24,000.00",
        "200 Cases, split 100 US / 100 EMEA, @ US$80,000.00",
        "with 10 Contacts in US / 10 Contacts in EMEA",
        "(2) PSAM Level II @ US$22,500.00/year",
        "Initial: MH",
        "whichever comes first",
        "shall be prorated",
        "ends on September 2, 2003",
        "By: MARK FRANZEN",
        "By: /s/ BARBARA T. BAKCICH",
        "Chief Financial Officer",
        "December 31, 2002",
        "Conformed copy",
        "Barbara T. Bakich",
        "Vice President, Sales",
    ):
        assert said in text, said
    assert text.count("MH") == 2, "the tier and the one option are initialled, nothing else"


def test_a_draft_has_lines_to_sign_on(version: object) -> None:
    text = words(page_1(a_draft(), AT))
    assert "Draft for signature" in text
    assert "/s/" not in text
    assert "Ann provider" in text


@pytest.mark.clause("ATSP Ex.A", "ATSP 5.2.1")
def test_exhibit_a_is_the_roster_a_form_for_each_region() -> None:
    mti = load(MTI_FILE)
    load(SUPPLEMENT_FILE)
    assert len(PdfReader(io.BytesIO(exhibit_a(mti, AT))).pages) == 2, "US, EMEA"
    extra = make_contact(mti.reseller, name="Beyond Slots", code="LC-77")
    put_on_roster(mti, extra, pool="us", slot=None)
    made = exhibit_a(mti, AT)
    us, emea = words(made, 0), words(made, 1)
    assert "RESELLER CONTACT INFORMATION FORM" in us
    for said in (
        "MTI Technology Corporation",
        "ADMINISTRATIVE CONTACT: Terri Hirsch",
        "TECHNICAL CONTACT #1: Mathew Keane",
        "Certified August 12, 2002",
        "TECHNICAL CONTACT #2: Raymond Lee (alternate)",
        "rlee@mti.example",
        "TECHNICAL CONTACT #10:",
        "ADDITIONAL TECHNICAL CONTACT: Beyond Slots",
        "LC-77",
    ):
        assert said in us, said
    assert "Alice Greene" not in us
    assert "TECHNICAL CONTACT #1: Alice Greene" in emea
    assert "Authorized signature" in words(made)


def test_the_same_agreement_gives_the_same_bytes(mti: Agreement) -> None:
    assert page_1(mti, AT) == page_1(mti, AT)


def test_a_signed_copy_is_kept_once_with_who_and_when(mti: Agreement, administrator: User) -> None:
    for _ in range(2):
        attach_signed_copy(
            mti, name="page 1.pdf", content=b"%PDF-1.7 signed", by=administrator, at=AT
        )
    copy = Attachment.objects.get()
    assert (copy.added_by, copy.added_at, copy.name) == (administrator, AT, "page 1.pdf")
    entry = JournalEntry.objects.about(mti).get(verb="agreement.signed_copy_attached")
    assert (entry.public, entry.text) == (True, "page 1.pdf")
    with pytest.raises(Refusal, match="is a ZIP or Office file"):
        attach_signed_copy(mti, name="page.pdf", content=b"PK\x03\x04", by=administrator, at=AT)


def test_only_contract_administrators_put_copies_in(mti: Agreement) -> None:
    user = mti.reseller.contacts.get(name="Terri Hirsch").user
    with pytest.raises(Refusal, match="You may not attach a signed copy"):
        attach_signed_copy(mti, name="x.txt", content=b"x", by=user, at=AT)
