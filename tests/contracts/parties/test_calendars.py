"""Calendars of sites, and the published holidays behind them."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.parties.actions import load_holidays
from contracts.parties.calendars import CalendarBook, calendar_of
from portal.models import Holiday, JournalEntry, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
HOLIDAYS_FILE = factories.CONTRACTS / "data" / "holidays.toml"
FOURTH_OF_JULY = dt.datetime(2003, 7, 4, 17, 0, tzinfo=dt.UTC)  # a Friday, 10:00 in Los Angeles


@pytest.mark.clause("ATSP 1.2", "D-6")
def test_a_sites_calendar_is_its_zone_and_its_regions_holidays(
    mti: Agreement, nordlicht: Agreement
) -> None:
    Holiday.objects.create(region="US", date=dt.date(2003, 7, 4), name="Independence Day")
    anaheim, hamburg = mti.reseller.sites.get(), nordlicht.reseller.sites.get()
    assert not calendar_of(anaheim, mti.programme).covers(FOURTH_OF_JULY)
    assert calendar_of(anaheim, mti.programme).covers(FOURTH_OF_JULY - dt.timedelta(days=1))
    noon_in_hamburg = FOURTH_OF_JULY - dt.timedelta(hours=7)
    assert calendar_of(hamburg, nordlicht.programme).covers(noon_in_hamburg)


def test_a_holiday_counts_from_the_moment_it_is_published(mti: Agreement) -> None:
    site = mti.reseller.sites.get()
    assert calendar_of(site, mti.programme).covers(FOURTH_OF_JULY)
    Holiday.objects.create(region="US", date=dt.date(2003, 7, 4), name="Independence Day")
    assert not calendar_of(site, mti.programme).covers(FOURTH_OF_JULY)


def test_one_query_makes_a_calendar_and_one_makes_a_book_of_them(
    mti: Agreement, nordlicht: Agreement, django_assert_num_queries: object
) -> None:
    sites = [mti.reseller.sites.get(), nordlicht.reseller.sites.get()]
    programme = mti.programme
    with django_assert_num_queries(1):  # type: ignore[operator]
        calendar_of(sites[0], programme)
    with django_assert_num_queries(1):  # type: ignore[operator]
        book = CalendarBook()
        calendars = [book.of(site, programme) for site in sites * 3]
    assert calendars[0] == calendar_of(sites[0], programme)


def test_the_packaged_holidays() -> None:
    call_command("load_holidays", str(HOLIDAYS_FILE), stdout=StringIO())
    assert Holiday.objects.filter(region="US", date=dt.date(2003, 7, 4)).exists()
    assert Holiday.objects.filter(region="US", date=dt.date(2003, 12, 25)).exists()
    assert Holiday.objects.filter(region="EMEA", date=dt.date(2003, 12, 25)).exists()
    days = Holiday.objects.values_list("date", flat=True)
    assert {day.year for day in days} == {2002, 2003, 2004}
    assert all(day.weekday() < 5 for day in days)


def test_days_that_are_published_stay_as_they_are() -> None:
    load_holidays('[US]\n2003-07-04 = "Independence Day"', name="a.toml", by=None, at=AT)
    new = load_holidays(
        '[US]\n2003-07-04 = "Another name"\n2003-12-25 = "Christmas Day"',
        name="b.toml",
        by=None,
        at=AT,
    )
    assert [str(holiday) for holiday in new] == ["2003-12-25 Christmas Day (US)"]
    assert Holiday.objects.get(date=dt.date(2003, 7, 4)).name == "Independence Day"
    written = JournalEntry.objects.filter(verb="holiday.published", clause="ATSP 1.2")
    assert written.count() == 2


BROKEN = {
    "not TOML": ("[US\n", "the file is not TOML"),
    "nothing": ("", "the file holds no region"),
    "a day outside a region": ('2003-07-04 = "Independence Day"', "2003-07-04 is no table"),
    "a date that does not exist": ('[US]\n2003-02-30 = "X"', "US.2003-02-30 is no date"),
    "a day without a name": ('[US]\n2003-07-04 = ""', "US.2003-07-04 has no name"),
    "a name that is none": ("[US]\n2003-07-04 = 4", "US.2003-07-04 has no name"),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_file_of_holidays_is_refused_for(mistake: str) -> None:
    text, problem = BROKEN[mistake]
    with pytest.raises(AgreementFileError, match=problem) as refused:
        load_holidays(
            text + '\n[EMEA]\n2003-12-25 = "Christmas Day"' if text else "",
            name="holidays.toml",
            by=None,
            at=AT,
        )
    assert str(refused.value).startswith("holidays.toml: ")
    assert not Holiday.objects.exists()


def test_the_command_names_the_problem(tmp_path: Path) -> None:
    path = tmp_path / "holidays.toml"
    path.write_text('[US]\n2003-02-30 = "X"', encoding="utf-8")
    with pytest.raises(CommandError, match=r"US\.2003-02-30 is no date"):
        call_command("load_holidays", str(path))


def test_only_a_contract_administrator_publishes_holidays(administrator: User) -> None:
    text = '[US]\n2003-07-04 = "Independence Day"'
    engineer = User.objects.create_user("cse@legato.example", name="Carl", roles=[Role.CSE])
    with pytest.raises(Refusal, match="may not publish holidays"):
        load_holidays(text, name="a.toml", by=engineer, at=AT)
    assert len(load_holidays(text, name="a.toml", by=administrator, at=AT)) == 1
