"""Who serves an agreement, and who hears of an escalation."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import Directory, audience, psams_of, reseller_management_of
from contracts.programmes.rules.terms import Role as Audience
from contracts.roster.models.entries import RosterRole
from contracts.services.models.assignments import Absence, Assignment, Duty
from portal.models import User
from portal.roles import Role
from tests.contracts.factories import make_contact, put_on_roster

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


def person(name: str, *roles: Role) -> User:
    return User.objects.create_user(f"{name.lower()}@legato.example", name=name, roles=list(roles))


def assign(agreement: Agreement, user: User, duty: Duty, **dates: dt.date) -> User:
    values = {"starts_on": agreement.effective_on} | dates
    Assignment.objects.create(agreement=agreement, user=user, duty=duty, **values)
    return user


def away(user: User, starts_at: dt.datetime = AT, ends_at: dt.datetime = AT + HOUR) -> None:
    Absence.objects.create(user=user, starts_at=starts_at, ends_at=ends_at, reason="vacation")


@pytest.fixture
def joan(mti: Agreement) -> User:
    return assign(mti, person("Joan", Role.PSAM), Duty.PSAM)


@pytest.fixture
def ruth(mti: Agreement) -> User:
    return assign(mti, person("Ruth", Role.PSAM), Duty.ALTERNATE_PSAM)


@pytest.mark.clause("ATSP 14", "ATSP 14.1")
def test_the_assigned_psam(mti: Agreement, joan: User, ruth: User) -> None:
    assert psams_of(mti, AT) == [joan]


@pytest.mark.clause("ATSP 14.2")
@pytest.mark.parametrize(
    ("at", "expected"),
    [(AT - SECOND, "Joan"), (AT, "Ruth"), (AT + HOUR - SECOND, "Ruth"), (AT + HOUR, "Joan")],
    ids=["a second before", "from its start", "to a second before its end", "at its end"],
)
def test_the_alternate_stands_in_during_absence(
    mti: Agreement, joan: User, ruth: User, at: dt.datetime, expected: str
) -> None:
    away(joan)
    assert [user.name for user in psams_of(mti, at)] == [expected]


@pytest.mark.clause("ATSP 14.2")
def test_while_one_of_two_psams_is_there_no_alternate_is_needed(
    mti: Agreement, joan: User, ruth: User
) -> None:
    martin = assign(mti, person("Martin", Role.PSAM), Duty.PSAM)
    assert psams_of(mti, AT) == [joan, martin]
    away(joan)
    assert psams_of(mti, AT) == [martin]
    away(martin)
    assert psams_of(mti, AT) == [ruth]


def test_when_nobody_is_there_nobody_is_named(mti: Agreement, joan: User, ruth: User) -> None:
    away(joan)
    away(ruth)
    assert psams_of(mti, AT) == []


def test_an_account_that_was_closed_is_not_turned_to(
    mti: Agreement, joan: User, ruth: User
) -> None:
    User.objects.filter(pk=joan.pk).update(is_active=False)
    assert psams_of(mti, AT) == [ruth]


def test_an_assignment_holds_by_the_date_in_the_agreements_zone(mti: Agreement) -> None:
    day = dt.date(2003, 3, 5)
    kate = assign(mti, person("Kate", Role.PSAM), Duty.PSAM, starts_on=day, ends_on=day)
    midnight = dt.datetime(2003, 3, 5, 8, 0, tzinfo=dt.UTC)  # in Los Angeles
    assert psams_of(mti, midnight - SECOND) == []
    assert psams_of(mti, midnight) == [kate]
    assert psams_of(mti, midnight + 24 * HOUR - SECOND) == [kate]
    assert psams_of(mti, midnight + 24 * HOUR) == []


@pytest.mark.clause("ATSP 15", "ATSP 15.1")
def test_the_ess_of_a_reseller(mti: Agreement, nordlicht: Agreement) -> None:
    def ess(agreement: Agreement, at: dt.datetime = AT) -> list[User]:
        found = Assignment.objects.ess(agreement.pk, agreement.date_at(at)).there(at)
        return [assignment.user for assignment in found]

    day = nordlicht.date_at(AT)
    henrik = assign(nordlicht, person("Henrik", Role.ESS), Duty.ESS, starts_on=day, ends_on=day)
    assign(nordlicht, person("Petra", Role.PSAM), Duty.PSAM)
    assert ess(nordlicht) == [henrik]
    assert ess(mti) == []
    assert ess(nordlicht, AT - 24 * HOUR) == ess(nordlicht, AT + 24 * HOUR) == []
    away(henrik)
    assert ess(nordlicht) == []
    assert ess(nordlicht, AT + HOUR) == [henrik]
    User.objects.filter(pk=henrik.pk).update(is_active=False)
    assert ess(nordlicht, AT + HOUR) == []


@pytest.mark.clause("ATSP Ex.C")
def test_audiences_are_everybody_who_holds_the_role(mti: Agreement, joan: User) -> None:
    vera = person("Vera", Role.VP_TECHNICAL_SUPPORT)
    grace = person("Grace", Role.SUPPORT_MANAGEMENT)
    gone = person("Gone", Role.SUPPORT_MANAGEMENT)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    luis = person("Luis", Role.SUPPORT_MANAGEMENT, Role.SENIOR_MANAGER)
    assert audience(Audience.VP_TECHNICAL_SUPPORT, mti, AT) == [vera]
    assert audience(Audience.SUPPORT_MANAGEMENT, mti, AT) == [grace, luis]
    assert audience(Audience.SENIOR_MANAGER, mti, AT) == [luis]
    assert audience(Audience.EXECUTIVE, mti, AT) == []


@pytest.mark.clause("ATSP Ex.C")
def test_the_psam_audience_is_the_agreements_own(mti: Agreement, joan: User) -> None:
    person("Other", Role.PSAM)
    assert audience(Audience.PSAM, mti, AT) == [joan]


@pytest.mark.parametrize("role", [Audience.CSE, Audience.TECHNICAL_CONTACT])
def test_whom_only_the_case_knows_is_not_asked_of_the_agreement(
    mti: Agreement, role: Audience
) -> None:
    with pytest.raises(ValueError, match="only the case knows"):
        audience(role, mti, AT)


def test_every_audience_of_exhibit_c_resolves(mti: Agreement) -> None:
    escalation = mti.programme.escalation
    assert escalation is not None
    roles = {role for notice in escalation.notices for role in notice.audience}
    for role in roles - {Audience.CSE, Audience.TECHNICAL_CONTACT}:
        assert audience(role, mti, AT) == []


def test_a_directory_of_many_agreements_costs_three_queries(
    mti: Agreement,
    nordlicht: Agreement,
    joan: User,
    ruth: User,
    django_assert_num_queries: object,
) -> None:
    with django_assert_num_queries(3):  # type: ignore[operator]
        directory = Directory([mti, nordlicht], AT)
        for agreement in (mti, nordlicht):
            directory.psams_of(agreement)
            for role in (Audience.EXECUTIVE, Audience.SALES, Audience.PSAM):
                directory.audience(role, agreement)


@pytest.mark.clause("ATSP 6.3")
def test_the_resellers_management_is_the_designated_escalation_contact(mti: Agreement) -> None:
    contact = make_contact(mti.reseller, sign_in=False)
    put_on_roster(mti, contact, RosterRole.MANAGEMENT)
    assert reseller_management_of(mti) == [contact]


@pytest.mark.clause("ATSP 1.1")
def test_without_one_it_is_the_administrative_contact(mti: Agreement) -> None:
    assert [contact.name for contact in reseller_management_of(mti)] == ["Terri Hirsch"]
    mti.reseller.contacts.filter(name="Terri Hirsch").update(left_at=AT)
    assert reseller_management_of(mti) == []
