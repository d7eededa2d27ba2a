"""The pages of renewal and end: what each reader sees, what the acts answer, the document, the list."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.billing.models.charges import Charge
from contracts.ending.models import ResellerAgreementChange, SoftwareNotice, Succession
from contracts.programmes.actions import publish_programme
from contracts.renewal import performance
from contracts.renewal.actions.proposal import open_renewal
from contracts.renewal.document import document_data
from contracts.renewal.models import RenewalProposal
from contracts.renewal.performance import Performance
from contracts.renewal.proposed import proposed
from contracts.renewal.rules.non_renewal import Classification
from portal.models import Attachment, User
from portal.navigation import navigation_for
from portal.roles import Role
from tests.cases.pages import complaints
from tests.contracts.ending.test_terminations import paid
from tests.contracts.factories import CONTRACTS, LOADED_AT, make_agreement
from tests.contracts.renewal.test_actions import a_performance, keeper

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 6, 10, 17, 0, tzinfo=dt.UTC)
ACTS = "renewal_act"


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=1e-12)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> dict[int, Performance]:
    """The performance that the outer room reports, by agreement."""
    known: dict[int, Performance] = {}
    monkeypatch.setattr(performance, "_sources", [lambda agreements, at: known])
    return known


@pytest.fixture
def manager(db: None) -> User:
    return User.objects.create_user(
        "ann@legato.example", name="Ann Holm", roles=[Role.ACCOUNT_MANAGER]
    )


@pytest.fixture
def proposal(mti: Agreement, manager: User, told: dict[int, Performance]) -> RenewalProposal:
    path = CONTRACTS / "programmes" / "atsp-2004.toml"
    publish_programme(path.read_text(), name=path.name, by=None, at=LOADED_AT)
    told[mti.pk] = a_performance("exceptional", ("2003-03-03", "exceptional"))
    return open_renewal(mti, by=manager, at=AT)


def page(user: User, agreement: Agreement) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("renewal", args=[agreement.reference]))
    assert response.status_code == 200
    return words(response)


def words(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def does(user: User, agreement: Agreement, act: str, **form: Any) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.post(reverse(ACTS, args=[agreement.reference, act]), form)


def asks(user: User, agreement: Agreement, act: str, query: str = "") -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.get(f"{reverse(ACTS, args=[agreement.reference, act])}{query}")


# --- the side of the agreement -----------------------------------------------------------------


@pytest.mark.clause("REN")
def test_before_its_day_the_page_says_when_the_next_year_is_proposed(
    mti: Agreement, manager: User
) -> None:
    said = page(manager, mti)
    assert "The next year is proposed on <strong>5 Jun 2003</strong>" in said
    assert "90 days before the anniversary, 3 Sep 2003" in said
    assert "Propose the next year" in said
    assert "Propose the next year" not in page(keeper(mti), mti)


@pytest.mark.clause("REN")
def test_a_proposed_year_stands_beside_this_one(proposal: RenewalProposal, manager: User) -> None:
    said = page(manager, proposal.agreement)
    for text in (
        "EXCEPTIONAL",
        "1 %",
        "no amount is computed from it",
        "US$110,000.00",
        "2 × US$22,500.00: US$45,000.00",
        "2 × US$15,000.00: US$30,000.00",
        "option[psam-2].fee",
    ):
        assert text in said, text
    assert "Change what is proposed" in said
    assert "Record the signatures" not in said


def test_the_reseller_sees_the_proposal_and_may_say_what_it_wishes(
    proposal: RenewalProposal,
) -> None:
    mti = proposal.agreement
    said = page(keeper(mti), mti)
    assert "Say what you wish of the next year" in said
    assert "Nothing is agreed until both sides have signed." in said
    assert "May the year not be renewed?" not in said
    assert "Change what is proposed" not in said
    other = mti.reseller.contacts.get(name="Mathew Keane").user
    assert "Say what you wish" not in page(other, mti)


@pytest.mark.clause("ATSP 9.2")
def test_the_provider_sees_whether_the_right_not_to_renew_holds(
    mti: Agreement, manager: User, told: dict[int, Performance]
) -> None:
    told[mti.pk] = Performance(
        "non-compliant",
        dt.date(2003, 3, 3),
        "By the review.",
        "",
        (
            Classification(dt.date(2003, 3, 3), "non-compliant", "non-compliant"),
            Classification(dt.date(2003, 4, 3), "compliant", "non-compliant"),
        ),
    )
    said = page(manager, mti)
    assert "The right holds" in said
    assert "The right holds since 3 Mar 2003" in said
    assert "Review of 3 Apr 2003: COMPLIANT" in said
    assert "counts as NON-COMPLIANT" in said
    assert "Do not renew" in said


def test_the_page_asks_as_much_for_many_years_as_for_few(
    proposal: RenewalProposal, administrator: User
) -> None:
    mti = proposal.agreement
    client = Client()
    client.force_login(administrator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("renewal", args=[mti.reference]))
        return len(caught)

    queries()
    few = queries()
    for number in range(5):
        SoftwareNotice.objects.create(
            agreement=mti,
            software=f"S{number}",
            ground="no_longer_supported",
            given_on=dt.date(2003, 1, 1),
            ends_on=dt.date(2003, 6, 1),
            text="It ends.",
            recorded_at=AT,
            recorded_by=administrator,
        )
        ResellerAgreementChange.objects.create(
            agreement=mti,
            standing="lapsed",
            since=dt.date(2003, 1, 1),
            reason="So.",
            recorded_at=AT,
            recorded_by=administrator,
        )
    assert queries() == few


# --- acts --------------------------------------------------------------------------------------


def test_an_unknown_act_is_not_found(mti: Agreement, manager: User) -> None:
    assert asks(manager, mti, "dance").status_code == 404


@pytest.mark.parametrize(
    ("act", "roles"),
    [
        ("propose", (Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR)),
        ("edit", (Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR)),
        ("decline", (Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR)),
        ("sign", (Role.CONTRACT_ADMINISTRATOR,)),
        ("software-notice", (Role.CONTRACT_ADMINISTRATOR,)),
        ("withdraw-notice", (Role.CONTRACT_ADMINISTRATOR,)),
        ("reseller-agreement", (Role.CONTRACT_ADMINISTRATOR,)),
        ("terminate", (Role.CONTRACT_ADMINISTRATOR,)),
        ("successor", (Role.CONTRACT_ADMINISTRATOR,)),
        ("wishes", ()),
    ],
)
def test_each_act_is_refused_to_others(
    proposal: RenewalProposal, act: str, roles: tuple[Role, ...]
) -> None:
    mti = proposal.agreement
    for role in (Role.CSE, Role.PSAM, Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR):
        user, _ = User.objects.get_or_create(
            email=f"{role}@legato.example", defaults={"name": role.label, "roles": [role]}
        )
        expected = 200 if role in roles else 403
        assert asks(user, mti, act).status_code == expected
        if expected == 403:
            assert does(user, mti, act).status_code == 403
    assert asks(keeper(mti), mti, act).status_code == (200 if act == "wishes" else 403)


def test_an_act_is_done_and_leads_back(proposal: RenewalProposal) -> None:
    mti = proposal.agreement
    response = does(keeper(mti), mti, "wishes", wishes="One PSAM is enough.")
    assert (response.status_code, response["Location"]) == (
        302,
        reverse("renewal", args=[mti.reference]),
    )
    assert "One PSAM is enough." in page(keeper(mti), mti)


def test_the_account_manager_changes_what_is_proposed(
    proposal: RenewalProposal, manager: User, told: dict[int, Performance]
) -> None:
    mti = proposal.agreement
    told.clear()  # no review tells the status
    form = words(asks(manager, mti, "edit"))
    assert "US$15,000.00 a year (REN); 0 for none." in form
    response = does(
        manager,
        mti,
        "edit",
        version=proposal.programme_version_id,
        tier="level-2",
        performance_status="compliant",
        **{"option_psam-2": 1},
    )
    assert response.status_code == 302
    proposal.refresh_from_db()
    assert (proposal.performance_status, proposal.percentage) == ("compliant", None)
    response = does(
        manager,
        mti,
        "edit",
        version=proposal.programme_version_id,
        tier="level-1",
        performance_status="",
        **{"option_psam-2": 3},
    )
    assert response.status_code == 409
    assert "is not in the column of the tier" in words(response)
    assert 'value="3"' in words(response)


@pytest.mark.clause("REN", "ATSP 20.1")
def test_the_signatures_make_the_next_year_with_the_signed_paper(
    proposal: RenewalProposal, administrator: User
) -> None:
    mti = proposal.agreement
    typed = {
        "provider_name": "Robert B. Nahum",
        "provider_title": "Director",
        "provider_signed_on": "2003-06-09",
        "reseller_name": "Todd Schaeffer",
        "reseller_title": "Chief Financial Officer",
        "initials": "TS",
    }
    refused = does(administrator, mti, "sign", **typed)
    assert refused.status_code == 409
    assert "The day beside a signature is missing." in words(refused)
    assert "Robert B. Nahum" in words(refused)
    picture = SimpleUploadedFile("signed.pdf", b"MZ not a paper")
    assert does(administrator, mti, "sign", **typed, paper=picture).status_code == 409
    assert Agreement.objects.count() == 1
    paper = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed")
    done = does(administrator, mti, "sign", **typed, reseller_signed_on="2003-06-10", paper=paper)
    assert done.status_code == 302
    renewed = Agreement.objects.get(renews=mti)
    assert renewed.state == AgreementState.SIGNED
    copies = Attachment.objects.about(renewed).filter(purpose="signed_copy")
    assert [one.name for one in copies] == ["signed.pdf"]
    client = Client()
    client.force_login(administrator)
    roster = client.get(reverse("agreement_roster", args=[renewed.reference])).content.decode()
    assert f'href="{reverse("agreement_roster", args=[mti.reference])}"' in roster, "it goes over"
    assert "is not complete" not in roster
    for name in ("agreement", "services"):
        shown = client.get(reverse(name, args=[renewed.reference])).content.decode()
        assert "Nobody is assigned yet" not in shown
        assert f'<a href="{reverse("services", args=[mti.reference])}">' in shown, name
    said = page(administrator, mti)
    assert "271-ATSP-4453-2003" in said
    assert "Record the signatures" not in said
    assert "Propose the next year" not in said


@pytest.mark.clause("REN", "D-25", "D-28")
def test_a_status_that_changed_since_the_proposal_is_shown_and_confirmed(
    proposal: RenewalProposal, administrator: User, told: dict[int, Performance]
) -> None:
    mti = proposal.agreement
    assert "confirmed_status" not in words(asks(administrator, mti, "sign"))
    told[mti.pk] = a_performance("compliant")
    changed = "The past year&#x27;s status is COMPLIANT, no percentage; the proposal says EXCEPTIONAL, 1 %"
    assert changed in words(asks(administrator, mti, "sign"))
    assert "Changed since the proposal" in page(administrator, mti)
    typed = {
        "provider_name": "Robert B. Nahum",
        "provider_signed_on": "2003-06-09",
        "reseller_name": "Todd Schaeffer",
        "reseller_signed_on": "2003-06-10",
    }
    refused = does(administrator, mti, "sign", **typed, seen_status="compliant")
    assert refused.status_code == 409
    assert "status changed since the proposal" in words(refused)
    assert "Robert B. Nahum" in words(refused)
    told[mti.pk] = a_performance("non-compliant")  # between the page and its answer
    seen = {"seen_status": "compliant", "confirmed_status": "on"}
    stale = words(does(administrator, mti, "sign", **typed, **seen))
    assert "status is NON-COMPLIANT, no percentage" in stale
    assert 'name="seen_status" value="non-compliant"' in stale
    assert "checked" not in stale
    seen["seen_status"] = "non-compliant"
    assert does(administrator, mti, "sign", **typed, **seen).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.performance_status) == ("signed", "non-compliant")


@pytest.mark.clause("REN", "D-25")
def test_the_document_to_sign_has_the_status_of_the_last_review(
    proposal: RenewalProposal, told: dict[int, Performance]
) -> None:
    assert document_data(proposed(proposal), AT)["status"] == "EXCEPTIONAL"
    told[proposal.agreement_id] = a_performance("non-compliant")
    data = document_data(proposed(proposal), AT)
    assert (data["status"], data["percentage"]) == ("NON-COMPLIANT", "")


@pytest.mark.clause("ATSP 9.2")
def test_without_the_right_the_form_says_why_and_keeps_what_was_typed(
    mti: Agreement, manager: User
) -> None:
    assert "Does not hold" in words(asks(manager, mti, "decline"))
    response = does(manager, mti, "decline", reason="They are slow.")
    assert response.status_code == 409
    assert "The option not to renew does not hold." in words(response)
    assert "They are slow." in words(response)


@pytest.mark.clause("ATSP 9.3")
def test_notice_for_a_software_is_given_and_withdrawn(mti: Agreement, administrator: User) -> None:
    form = words(asks(administrator, mti, "software-notice"))
    assert 'value="8 Sep 2003"' in form  # 90 days on
    typed = {
        "software": "NetWorker for OS/2",
        "ground": "no_longer_supported",
        "notice": "It ends.",
    }
    short = does(
        administrator, mti, "software-notice", **typed, given_on="2003-06-10", ends_on="2003-08-01"
    )
    assert short.status_code == 409
    assert "The earliest day is 8 Sep 2003" in words(short)
    (sentence,) = complaints(short, "ends_on")
    assert sentence.startswith("Support may not end on 1 Aug 2003")
    done = does(
        administrator, mti, "software-notice", **typed, given_on="2003-06-10", ends_on="2003-09-08"
    )
    assert done.status_code == 302
    notice = SoftwareNotice.objects.get()
    assert "NetWorker for OS/2" in page(keeper(mti), mti)
    assert does(administrator, mti, "withdraw-notice", notice=notice.pk).status_code == 302
    assert "Withdrawn" in page(keeper(mti), mti)


@pytest.mark.clause("ATSP 5.1", "ATSP 9.4", "ATSP 9.5", "D-5")
def test_the_reseller_agreement_is_terminated_and_the_refund_chosen(
    mti: Agreement, administrator: User
) -> None:
    paid(mti, administrator, AT)
    refused = does(administrator, mti, "terminate", on="2003-06-10", basis="time", reason="So.")
    assert refused.status_code == 409
    assert "The reseller agreement was not terminated for cause." in words(refused)
    done = does(
        administrator,
        mti,
        "reseller-agreement",
        standing="terminated",
        since="2003-06-09",
        reason="Letter of 9 June.",
    )
    assert done.status_code == 302
    assert "Terminated by the provider for cause since 9 Jun 2003" in page(keeper(mti), mti)
    assert "Terminate and refund" in page(administrator, mti)
    both = words(asks(administrator, mti, "terminate", "?on=2003-06-10"))
    assert "US$29,109.59" in both  # 80,000 and 45,000 for 85 of 365 days
    assert "US$80,000.00 for 200 unused of 200 cases: US$80,000.00." in both
    nothing = does(administrator, mti, "terminate", on="2003-06-10", reason="So.")
    assert "Say which refund applies." in words(nothing)
    done = does(
        administrator,
        mti,
        "terminate",
        on="2003-06-10",
        basis="time",
        reason="The year was used.",
    )
    assert done.status_code == 302
    lines = Charge.objects.filter(agreement=mti, kind="refund")
    assert {(one.clause, str(one.amount)) for one in lines} == {
        ("ATSP 9.4", "-18630.14"),
        ("ATSP 9.4", "-10479.45"),
    }
    said = page(keeper(mti), mti)
    assert "These sections survive the end of the agreement" in said
    assert "11, Limitation of Liability" in said
    assert "A terminated agreement has no next year." in said
    assert "Propose the next year" not in page(administrator, mti)


@pytest.mark.clause("ATSP 9.4")
def test_no_termination_is_offered_for_a_reseller_agreement_that_merely_lapsed(
    mti: Agreement, administrator: User
) -> None:
    told = {"standing": "lapsed", "since": "2003-06-09", "reason": "It ran out."}
    assert does(administrator, mti, "reseller-agreement", **told).status_code == 302
    shown = page(administrator, mti)
    assert "Not in force" in shown
    assert "Terminate and refund" not in shown


@pytest.mark.clause("ATSP 19.3")
def test_a_successor_is_recorded_and_new_documents_name_it(
    proposal: RenewalProposal, administrator: User
) -> None:
    mti = proposal.agreement
    refused = does(administrator, mti, "successor", name="", since="2003-06-10", reason="x")
    assert "The name is missing." in words(refused)
    refused = does(administrator, mti, "successor", name="EMC", since="2003-06-10", reason="x")
    assert "Say what the successor is." in words(refused)
    done = does(
        administrator,
        mti,
        "successor",
        name="EMC Corporation",
        since="2003-06-10",
        to="One of its majority-owned subsidiaries or affiliates",
        incorporated_in="Massachusetts",
        reason="The merger.",
    )
    assert done.status_code == 302
    assert Succession.objects.get().predecessor == "Legato Systems, Inc."
    new = "EMC Corporation, successor in interest to Legato Systems, Inc."
    said = page(keeper(mti), mti)
    assert new in said
    assert "LEGATO SYSTEMS, INC." in said
    assert new in paper_of(administrator, mti)


# --- the document and the list --------------------------------------------------------------------


def paper_of(user: User, agreement: Agreement) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("renewal_paper", args=[agreement.reference]))
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


@pytest.mark.clause("REN")
def test_the_document_to_sign_says_what_the_paper_says(proposal: RenewalProposal) -> None:
    said = paper_of(keeper(proposal.agreement), proposal.agreement)
    for text in (
        "AUTHORIZED TECHNICAL SUPPORT PROVIDER RENEWAL AGREEMENT",
        "Legato Systems, Inc.",
        "MTI Technology Corporation, with its principal place of business at",
        "dated September 3, 2002",
        "271-ATSP-4453, for one additional Contract Year commencing on September 3, 2003",
        "EXCEPTIONAL",
        "1 PERCENT (1)%",
        "271-RSLR-3511",
        "US$15,000.00/Contract Year",
        "US$110,000.00",
        "RESELLER: MTI TECHNOLOGY CORPORATION",
    ):
        assert text in said, text


def test_without_a_proposal_there_is_no_document(mti: Agreement, manager: User) -> None:
    client = Client()
    client.force_login(manager)
    assert client.get(reverse("renewal_paper", args=[mti.reference])).status_code == 404


@pytest.mark.clause("REN")
def test_the_list_has_the_nearest_anniversary_first_in_as_many_queries(
    proposal: RenewalProposal, manager: User
) -> None:
    client = Client()
    client.force_login(manager)

    def seen() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as caught:
            response = client.get(reverse("renewals"))
        return words(response), len(caught)

    seen()
    said, few = seen()
    assert "MTI Technology Corporation" in said
    assert "in 85 days" in said
    for _ in range(4):
        make_agreement(
            proposal.agreement.programme_version,
            effective_on=dt.date(2003, 1, 1),
            ends_on=dt.date(2003, 12, 31),
        )
    said, many = seen()
    assert many == few
    assert said.index("MTI Technology") < said.index("1 Jan 2004")


def test_those_who_renew_have_renewals_in_their_navigation(manager: User) -> None:
    engineer = User.objects.create_user("e@legato.example", name="E", roles=[Role.CSE])

    def labels(user: User) -> list[str]:
        return [entry.label for entry in navigation_for(user, "/")]

    assert "Renewals" in labels(manager)
    assert "Renewals" not in labels(engineer)
