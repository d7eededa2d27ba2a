"""The pages of agreements and programmes: who sees what, and what it says."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.parties.models.parties import Contact, Organisation
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.roster.models.entries import RosterEntry
from contracts.services.models.assignments import Absence, Assignment, Duty
from portal.models import User
from portal.navigation import home_of, navigation_for
from portal.roles import Role
from tests.contracts import factories
from tests.contracts.factories import make_agreement, make_contact, put_on_roster, reserve

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
AFTER_THE_YEAR = dt.datetime(2003, 9, 3, 18, 0, tzinfo=dt.UTC)
Get = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def _now(set_clock: Callable[..., None]) -> None:
    set_clock(AT, speed=1e-12)


@pytest.fixture
def get(client: Client) -> Get:
    """Sign somebody in and get a page: ``get(user, "agreement", "271-ATSP-4453")``."""

    def get(user: Any, name: str, *args: object, query: str = "") -> HttpResponse:
        if user is not None:
            client.force_login(user)
        return client.get(f"{reverse(name, args=args)}{query}")

    return get


def user_of(agreement: Agreement, name: str) -> User:
    user = agreement.reseller.contacts.get(name=name).user
    assert user is not None
    return user


def words(response: HttpResponse) -> str:
    """The page's text on one line."""
    return " ".join(response.content.decode().split())


# --- who sees what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("own_agreement", []),
        ("agreements", []),
        ("agreement", ["271-ATSP-4453"]),
        ("programme_version", ["atsp-2002", 1]),
    ],
)
def test_a_visitor_is_asked_to_sign_in(
    mti: Agreement, get: Get, name: str, args: list[object]
) -> None:
    response = get(None, name, *args)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse(settings.LOGIN_URL))


def test_another_resellers_agreement_is_not_found(
    mti: Agreement, nordlicht: Agreement, get: Get
) -> None:
    foreigner = user_of(nordlicht, "Jan Petersen")
    assert get(foreigner, "agreement", mti.contract_number).status_code == 404
    assert get(foreigner, "agreement", nordlicht.contract_number).status_code == 200
    assert get(foreigner, "agreement", "271-ATSP-0").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_every_provider_role_reads_every_agreement(
    mti: Agreement, nordlicht: Agreement, get: Get, role: Role
) -> None:
    user = User.objects.create_user("p@legato.example", name="P", roles=[role])
    page = words(get(user, "agreements"))
    assert "MTI Technology Corporation" in page
    assert "Nordlicht Systemhaus GmbH" in page
    assert get(user, "agreement", nordlicht.contract_number).status_code == 200


def test_a_version_that_one_did_not_sign_is_not_found(mti: Agreement, get: Get) -> None:
    stranger = make_contact(factories.make_organisation()).user
    assert get(stranger, "programme_version", "atsp-2002", 1).status_code == 404
    assert get(user_of(mti, "Mathew Keane"), "programme_version", "atsp-2002", 1).status_code == 200
    assert get(user_of(mti, "Mathew Keane"), "programme_version", "atsp-2002", 2).status_code == 404


def test_a_contact_who_left_sees_nothing(mti: Agreement, get: Get) -> None:
    user = user_of(mti, "Mathew Keane")
    Contact.objects.filter(user=user).update(left_at=AT)
    assert get(user, "agreement", mti.contract_number).status_code == 404
    assert get(user, "programme_version", "atsp-2002", 1).status_code == 404
    assert "You are not on a roster" in words(get(user, "own_agreement")).replace("&#x27;", "'")


def test_querysets_show_a_reseller_only_its_own(
    mti: Agreement, nordlicht: Agreement, administrator: User
) -> None:
    ours, theirs = user_of(mti, "Mathew Keane"), user_of(nordlicht, "Jan Petersen")
    models: list[Any] = [Agreement, RosterEntry, Contact, Organisation]
    for model in models:
        seen = set(model.objects.visible_to(ours).values_list("pk", flat=True))
        foreign = set(model.objects.visible_to(theirs).values_list("pk", flat=True))
        everything = set(model.objects.visible_to(administrator).values_list("pk", flat=True))
        assert seen
        assert foreign
        assert not seen & foreign
        assert seen | foreign <= everything == set(model.objects.values_list("pk", flat=True))


def test_provider_people_are_sent_to_the_list(
    mti: Agreement, get: Get, administrator: User
) -> None:
    response = get(administrator, "own_agreement")
    assert response.status_code == 302
    assert response["Location"] == reverse("agreements")


def test_the_list_of_all_agreements_is_the_providers_and_others_are_sent_to_their_own(
    mti: Agreement, get: Get
) -> None:
    for name in ("Terri Hirsch", "Mathew Keane"):
        response = get(user_of(mti, name), "agreements")
        assert response.status_code == 302
        assert response["Location"] == reverse("own_agreement")


def test_each_side_has_its_entry_in_the_navigation(mti: Agreement, administrator: User) -> None:
    def labels(user: User) -> list[str]:
        return [entry.label for entry in navigation_for(user, "/agreements/x/")]

    assert "Agreements" in labels(administrator)
    assert "Agreement" not in labels(administrator)
    assert "Agreement" in labels(user_of(mti, "Terri Hirsch"))
    assert "Agreements" not in labels(user_of(mti, "Terri Hirsch"))
    assert home_of(administrator) == reverse("agreements")


# --- what it says ----------------------------------------------------------------------------------


@pytest.mark.clause("ATSP page 1", "ATSP 2.3")
def test_the_agreement_page_shows_the_entitlements(mti: Agreement, get: Get) -> None:
    for number in range(3):
        reserve(mti, "US", reference=f"C-{number}", by=None, at=AT)
    page = words(get(user_of(mti, "Mathew Keane"), "own_agreement"))
    for said in (
        "In force",
        "ATSP Level II",
        "271-ATSP-4453",
        '<span class="pool-number">97</span> of 100 left',
        "3 of 100 used: 0 charged, 3 provisional",
        "New defect, not published",
        "3 Sep 2002 to 2 Sep 2003",
        "182 days to the anniversary",
        "US$80,000.00",
        "2 × PSAM Level II",
        "US$45,000.00",
        "271-RSLR-3511",
        "8 of 10 slots used",
        "Slots 9 and 10 free",
        "No contact yet: slots 1 to 10 free",
        "Technical Contact #1",
        "Alternate Technical Contact #2",
        "714-693-2238",
        "Joyce Shinn",
        "BAKCICH",
    ):
        assert said in page, said


@pytest.mark.clause("ATSP 1.1")
def test_the_administrative_contact_is_told_why_there_is_no_open_a_case(
    mti: Agreement, get: Get
) -> None:
    page = words(get(user_of(mti, "Terri Hirsch"), "own_agreement"))
    assert "You are the Administrative Contact" in page
    assert "only a Technical Contact can" in page
    assert "ATSP 5.2.2" in page
    assert "You are the Administrative Contact" not in words(
        get(user_of(mti, "Mathew Keane"), "own_agreement")
    )


@pytest.mark.clause("ATSP 5.2.1")
def test_a_new_contact_is_told_from_when_they_may_ask(mti: Agreement, get: Get) -> None:
    contact = make_contact(mti.reseller)
    usable = dt.datetime(2003, 3, 7, 18, 0, tzinfo=dt.UTC)
    put_on_roster(mti, contact, pool="us", slot=9, submitted_at=AT, usable_from=usable)
    page = words(get(contact.user, "own_agreement"))
    assert "You may ask for assistance from" in page
    assert "Fri 7 Mar 10:00 PST" in page
    assert "2 business days" in page


@pytest.mark.clause("ATSP 2.1")
def test_somebody_beside_the_roster_is_told_who_keeps_it(mti: Agreement, get: Get) -> None:
    contact = make_contact(mti.reseller)
    page = words(get(contact.user, "own_agreement"))
    assert "You are not on the roster of Technical Contacts" in page
    assert "Terri Hirsch, your Administrative Contact, keeps the roster" in page


def test_a_technical_contact_past_the_waiting_time_sees_no_warning(
    mti: Agreement, get: Get
) -> None:
    page = words(get(user_of(mti, "Mathew Keane"), "own_agreement"))
    assert 'class="notice-line"' not in page


@pytest.mark.clause("ATSP page 1, 2.a")
def test_after_the_year_the_last_agreement_is_shown_as_ended(
    mti: Agreement, get: Get, set_clock: Callable[..., None]
) -> None:
    set_clock(AFTER_THE_YEAR)
    page = words(get(user_of(mti, "Mathew Keane"), "own_agreement"))
    assert "no longer in force, so no case can be opened" in page
    assert "Ended" in page
    assert "days to the anniversary" not in page


def test_before_the_year_the_agreement_is_to_come(
    mti: Agreement, get: Get, set_clock: Callable[..., None]
) -> None:
    set_clock(dt.datetime(2002, 9, 1, tzinfo=dt.UTC))
    page = words(get(user_of(mti, "Mathew Keane"), "own_agreement"))
    assert "This agreement begins on 3 Sep 2002" in page
    assert "Signed, not yet in force" in page


@pytest.mark.clause("ATSP 5.1")
def test_a_reseller_agreement_that_lapsed_is_said_at_the_top(mti: Agreement, get: Get) -> None:
    mti.reseller_agreement_in_force = False
    mti.save()
    page = words(get(user_of(mti, "Mathew Keane"), "own_agreement"))
    assert "The reseller agreement 271-RSLR-3511 is not in force" in page


@pytest.mark.clause("ATSP 5.1")
def test_the_administrator_is_led_to_where_the_reseller_agreement_is_settled(
    mti: Agreement, get: Get, administrator: User
) -> None:
    mti.reseller_agreement_in_force = False
    mti.save()
    page = get(administrator, "agreement", mti.contract_number).content.decode()
    assert f'href="{reverse("renewal", args=[mti.reference])}#reseller-agreement"' in page
    draft = make_agreement(
        reseller=mti.reseller,
        state=AgreementState.DRAFT,
        effective_on=dt.date(2008, 1, 1),
        ends_on=dt.date(2008, 12, 31),
        reseller_agreement_in_force=False,
    )
    page = get(administrator, "agreement", draft.reference).content.decode()
    assert f'href="{reverse("change_draft", args=[draft.reference])}">Change the draft' in page


@pytest.mark.clause("ATSP 14.2")
def test_the_people_who_serve_and_who_stands_in(
    mti: Agreement, get: Get, administrator: User
) -> None:
    page = words(get(administrator, "agreement", mti.contract_number))
    assert "Nobody is assigned yet" in page
    for name, duty in (("Joan Fielding", Duty.PSAM), ("Ruth Quist", Duty.ALTERNATE_PSAM)):
        user = User.objects.create_user(f"{duty}@legato.example", name=name, roles=[Role.PSAM])
        Assignment.objects.create(agreement=mti, user=user, duty=duty, starts_on=mti.effective_on)
    page = words(get(administrator, "agreement", mti.contract_number))
    assert "Joan Fielding" in page
    assert "The alternate stands in" not in page
    joan = User.objects.get(name="Joan Fielding")
    Absence.objects.create(user=joan, starts_at=AT - dt.timedelta(days=1), ends_at=AFTER_THE_YEAR)
    page = words(get(administrator, "agreement", mti.contract_number))
    assert "Away" in page
    assert "The alternate stands in" in page


@pytest.mark.clause("ATSP 6.3")
def test_without_an_escalation_contact_the_page_says_who_is_called(
    mti: Agreement, get: Get
) -> None:
    page = words(get(user_of(mti, "Mathew Keane"), "own_agreement"))
    assert "None designated. Terri Hirsch is called meanwhile." in page


def test_a_reseller_without_any_agreement_is_told_so(db: None, get: Get) -> None:
    contact = make_contact(factories.make_organisation())
    assert "No agreement yet" in words(get(contact.user, "own_agreement"))


def test_a_programme_without_tiers_counts_no_case(db: None, get: Get, administrator: User) -> None:
    version = ProgrammeVersion.objects.create(
        code="back-line",
        number=1,
        terms=_without_tiers(),
        digest="b" * 64,
        source_name="back-line.toml",
        published_at=AT,
    )
    agreement = make_agreement(version, tier="")
    page = words(get(administrator, "agreement", agreement.contract_number))
    assert "Cases are not counted" in page
    assert get(administrator, "programme_version", "back-line", 1).status_code == 200


def _without_tiers() -> dict[str, Any]:
    """The terms of a programme that sells no tiers and runs neither escalation nor scorecard."""
    terms = dict(factories.published().terms)
    for part in ("tier", "option", "escalation", "scorecard", "information_clock", "glossary"):
        terms.pop(part)
    return terms


def test_the_list_is_narrowed_by_where_agreements_stand(
    mti: Agreement, nordlicht: Agreement, get: Get, administrator: User
) -> None:
    nordlicht.state = AgreementState.ENDED
    nordlicht.ended_on = AT.date()
    nordlicht.end_cause = EndCause.TERMINATED
    nordlicht.save()
    in_force = words(get(administrator, "agreements", query="?state=in_force"))
    assert "MTI Technology" in in_force
    assert "Nordlicht" not in in_force
    ended = words(get(administrator, "agreements", query="?state=ended"))
    assert "Nordlicht" in ended
    assert "MTI Technology" not in ended
    anything = words(get(administrator, "agreements", query="?state=rubbish"))
    assert "State “rubbish” does not exist." in anything
    assert "MTI Technology" not in anything
    assert "Nordlicht" not in anything


def test_each_row_of_the_list_says_where_its_agreement_stands(
    mti: Agreement, nordlicht: Agreement, get: Get, administrator: User
) -> None:
    nordlicht.state = AgreementState.ENDED
    nordlicht.ended_on = AT.date()
    nordlicht.end_cause = EndCause.TERMINATED
    nordlicht.save()
    page = words(get(administrator, "agreements"))
    rows = page[page.index("<tbody") :].split("<tr ")[1:]
    states = {
        name: re.sub(r"<[^>]+>", "", row[row.index('data-label="State"') :].split("</td>")[0])
        for name in ("MTI Technology", "Nordlicht")
        for row in rows
        if name in row
    }
    assert "In force" in states["MTI Technology"]
    assert "Ended" in states["Nordlicht"]
    assert "terminated with cause" in states["Nordlicht"]


def test_an_empty_list_says_the_way_out(db: None, get: Get, administrator: User) -> None:
    assert "No agreements yet" in words(get(administrator, "agreements"))
    assert "No agreement fits these filters" in words(
        get(administrator, "agreements", query="?state=ended")
    )


def test_a_programme_reads_from_tiers_to_clauses(mti: Agreement, get: Get) -> None:
    page = words(get(user_of(mti, "Mathew Keane"), "programme_version", "atsp-2002", 1))
    for said in (
        "Version 1",
        "form 051402",
        "US$24,000.00",
        "ESS Level II",
        "Monday to Friday, 08:00 to 17:00",
        "30 minutes, around the clock",
        "by telephone only",
        "every month",
        "within 5 days of reporting, else the case closes",
        "T + 30 minutes",
        "CSE</span> Make the initial response",
        "Director of WW Premium Support</span> Hotshot: severity 1 for twelve hours",
        "update the technical contact every hour, until relief, closure or downgrade",
        "30% and more",
        "8 points or more and M3 at most 25 %",
        "3 points or more or M3 at most 25 %",
        "when none of the others holds",
        "Administrative Contact",
        "Force majeure",
    ):
        assert said in page, said


def test_the_page_links_the_other_versions(mti: Agreement, get: Get, administrator: User) -> None:
    text = factories.programme_text().replace('fee = "80000.00"', 'fee = "85000.00"')
    publish_programme(text, name="atsp.toml", by=None, at=AT)
    page = words(get(administrator, "programme_version", "atsp-2002", 1))
    assert reverse("programme_version", args=["atsp-2002", 2]) in page
    own = words(get(user_of(mti, "Mathew Keane"), "programme_version", "atsp-2002", 1))
    assert reverse("programme_version", args=["atsp-2002", 2]) not in own


# --- what it costs ------------------------------------------------------------------------------------


def _queries(get: Get, django_assert_max_num_queries: Any, user: User, name: str) -> int:
    get(user, name)  # signs in, and reads the terms, which a process does once
    with django_assert_max_num_queries(100) as captured:
        assert get(None, name).status_code == 200
    return len(captured)


def test_an_agreements_page_costs_the_same_however_long_its_roster(
    mti: Agreement, get: Get, django_assert_max_num_queries: Any
) -> None:
    user = user_of(mti, "Terri Hirsch")
    few = _queries(get, django_assert_max_num_queries, user, "own_agreement")
    site = mti.reseller.sites.get()
    for slot in range(1, 9):
        put_on_roster(mti, make_contact(mti.reseller, site=site), pool="emea", slot=slot)
    many = _queries(get, django_assert_max_num_queries, user, "own_agreement")
    assert many == few <= 16


def test_the_list_costs_the_same_however_many_agreements(
    mti: Agreement, get: Get, administrator: User, django_assert_max_num_queries: Any
) -> None:
    one = _queries(get, django_assert_max_num_queries, administrator, "agreements")
    for _ in range(7):
        make_agreement()
    eight = _queries(get, django_assert_max_num_queries, administrator, "agreements")
    assert eight == one <= 9
