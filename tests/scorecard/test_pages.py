"""The pages of scorecards: who reads them, what they say, and what they cost."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.case.rules.vocabulary import Channel
from contracts.programmes.actions import publish_programme
from portal.navigation import home_of, navigation_for
from portal.roles import Role
from scorecard.navigation import READERS
from tests.atsp import local
from tests.contracts.factories import programme_text
from tests.scorecard.world import (
    DAY,
    HOUR,
    Past,
    World,
    add_contact,
    another_agreement,
    write_past,
)

NOW = local("2003-03-05 14:10")
PORTFOLIO = "/scorecards/"
PAGE = "/scorecards/ATSP-TEST/"


@pytest.fixture
def client(world: World, client: Client, set_clock) -> Client:
    """The account manager's browser, two days after the first review."""
    set_clock(NOW)
    client.force_login(world.manager)
    return client


def words(page: str) -> str:
    """The page as a reader reads it: without tags, one space between words."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    text = re.sub(r'<span class="pop".*?</span>\s*</span>', " ", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def read(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return words(response.content.decode())


def write_some(world: World) -> None:
    """Twenty cases in the first window: 2 known (1 of the 5 of severity 1), 6 replicated, 4 closed in 3 days."""
    start = local("2002-10-01 10:00")
    write_past(
        world,
        [
            Past(
                reported_at=start + number * DAY,
                severity=1 if number < 5 else 3,
                fix_at=start - DAY if number in (0, 9) else None,
                replicated=number < 6,
                relieved_at=start + number * DAY + HOUR if number < 4 else None,
                closed_at=start + number * DAY + HOUR + 3 * DAY if number < 4 else None,
            )
            for number in range(20)
        ],
    )


# --- who reads them --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("url", [PORTFOLIO, PAGE, f"{PAGE}M1/", f"{PAGE}M5/", f"{PAGE}opened/"])
def test_the_providers_people_who_manage_the_account_read_scorecards_and_nobody_else(
    world: World, client: Client, make_user, role: Role, url: str
) -> None:
    client.force_login(make_user("Someone Else", role))
    assert client.get(url).status_code == (200 if role in READERS else 403)


@pytest.mark.parametrize("url", [PORTFOLIO, PAGE, f"{PAGE}M1/", f"{PAGE}opened/"])
def test_a_resellers_person_is_refused_their_own_page_like_any_other(
    world: World, client: Client, url: str
) -> None:
    client.force_login(world.reseller)
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("url", [PORTFOLIO, PAGE, f"{PAGE}M1/"])
def test_strangers_are_asked_to_sign_in(client: Client, url: str) -> None:
    client.logout()
    response = client.get(url)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "url",
    ["/scorecards/NO-SUCH/", "/scorecards/NO-SUCH/M1/", f"{PAGE}M9/", f"{PAGE}histories/"],
)
def test_missing_objects_are_not_found(client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_a_programme_without_performance_measures_has_no_scorecard(
    world: World, client: Client
) -> None:
    text = programme_text()
    without = text[: text.index("[scorecard]")] + text[text.index("[[glossary]]") :]
    version = publish_programme(without, name="without.toml", by=None, at=NOW)
    another_agreement("ATSP-WITHOUT", programme_version=version)
    assert "has no scorecard" in read(client, "/scorecards/ATSP-WITHOUT/", 403)
    portfolio = read(client, PORTFOLIO)
    assert "ATSP-TEST" in portfolio
    assert "ATSP-WITHOUT" not in portfolio


def test_the_account_manager_lands_on_the_portfolio(world: World, client: Client) -> None:
    assert home_of(world.manager) == reverse("portfolio")
    shown = {entry.label: entry.active for entry in navigation_for(world.manager, PAGE)}
    assert shown["Scorecards"]
    assert "Scorecards" not in [e.label for e in navigation_for(world.engineer, PAGE)]


# --- the scorecard ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.B", "ATSP 4.2", "D-12", "D-16")
def test_the_page_shows_the_latest_review_with_points_bands_and_the_words_of_rounding(
    world: World, client: Client
) -> None:
    write_some(world)
    add_contact(world.agreement)
    text = read(client, PAGE)
    assert "Review of 3 Mar 2003 6 months from 3 Sep 2002 to 2 Mar 2003" in text
    assert "5 of 10 points COMPLIANT" in text
    for said in (
        "1 of 5 cases",
        "2 of 20 cases",
        "6 of 20 cases",
        "mean of 4 cases",
        "1 of 2 contacts",
        "6 of 20 cases required replication by the provider: 30\xa0%. 26–35\xa0% gives 2 points.",
    ):
        assert said.replace("\xa0", " ") in text.replace("\xa0", " ")


@pytest.mark.clause("ATSP Ex.B", "D-18")
def test_the_status_rules_are_applied_line_by_line(world: World, client: Client) -> None:
    start = local("2002-10-01 10:00")
    write_past(world, [Past(start + n * HOUR, replicated=n < 3) for n in range(10)])
    text = read(client, PAGE)
    assert "EXCEPTIONAL Needs a total of 8 or more (9: yes) and M3 at most 25 % (30 %: no)." in text
    assert (
        "COMPLIANT Needs a total of 3 or more (9: yes) or M3 at most 25 % (30 %: no). A total that high, without "
        "the rest that the status above needs, is this status Clause D-18" in text
    )
    assert "NON-COMPLIANT A status above holds." in text


@pytest.mark.clause("D-17")
def test_a_measure_without_cases_says_so(world: World, client: Client) -> None:
    text = read(client, PAGE)
    assert "10 of 10 points EXCEPTIONAL" in text
    assert text.count("no cases scored as 0") == 4
    page = client.get(PAGE).content.decode()
    assert "no cases, scored" not in page
    portfolio = client.get(PORTFOLIO).content.decode()
    assert portfolio.count("no cases") == 4


@pytest.mark.clause("D-16")
@pytest.mark.parametrize(
    ("severity", "known", "among", "note"),
    [
        (1, 3, 10, "exactly 30 % in no band"),
        (3, 2, 10, "exactly 20 % in no band"),
        (3, 3, 10, ""),
        (1, 29, 100, ""),
    ],
)
def test_a_number_that_the_paper_leaves_in_no_band_is_explained(
    world: World, client: Client, severity: int, known: int, among: int, note: str
) -> None:
    start = local("2002-10-01 10:00")
    write_past(
        world,
        [
            Past(start + n * HOUR, severity=severity, fix_at=start - DAY if n < known else None)
            for n in range(among)
        ],
    )
    text = read(client, PAGE).replace("\xa0", " ")
    assert ("in no band; it gives" in text) is bool(note)
    assert note in text


@pytest.mark.clause("ATSP 2.3")
def test_the_numbers_of_cases_open_their_cases(world: World, client: Client) -> None:
    write_some(world)
    text = read(client, PAGE)
    assert "Opened 20 reported in these months" in text
    assert "Not determined yet 20" in text
    page = client.get(PAGE).content.decode()
    for code in ("opened", "charged", "given-back", "provisional"):
        assert f'href="{PAGE}{code}/?on=2003-03-03"' in page
    assert "Cases opened" in read(client, f"{PAGE}opened/?on=2003-03-03")
    assert len(_rows(client, f"{PAGE}opened/?on=2003-03-03")) == 20
    assert _rows(client, f"{PAGE}charged/?on=2003-03-03") == []


def _rows(client: Client, url: str) -> list[str]:
    page = client.get(url).content.decode()
    return re.findall(r'<tr data-keys-row id="case-(\d+)"', page)


@pytest.mark.clause("ATSP 4.2")
def test_one_goes_from_review_to_review_and_to_today(world: World, client: Client) -> None:
    write_past(world, [Past(local("2003-03-04 10:00"))])
    text = read(client, PAGE)
    assert "Review 3 Mar 2003 Rolling to 5 Mar 2003 Next review 3 Sep 2003" in text
    assert "Rolling to 5 Mar 2003 6 months from 5 Sep 2002 to 4 Mar 2003" in read(
        client, f"{PAGE}?on=2003-03-05"
    )
    assert "Next review, 3 Sep 2003: so far" in read(client, f"{PAGE}?on=2003-09-03")
    assert "Up to 1 Jun 2003: so far" in read(client, f"{PAGE}?on=2003-06-01")
    counts = [
        len(_rows(client, f"{PAGE}opened/?on={day}"))
        for day in ("2003-03-03", "2003-03-05", "2003-09-03")
    ]
    assert counts == [0, 1, 1]


@pytest.mark.clause("ATSP 4.2")
def test_before_the_first_review_the_page_rolls_to_today(
    world: World, client: Client, set_clock
) -> None:
    set_clock(local("2002-12-10 09:00"))
    text = read(client, PAGE)
    assert "Rolling to 10 Dec 2002" in text
    assert "No review has come yet. Reviewed every 6 months; next on 3 Mar 2003." in text
    set_clock(local("2002-09-03 09:00"))  # the very first day: nothing lies behind
    assert "Next review, 3 Mar 2003: so far" in read(client, PAGE)
    set_clock(local("2002-08-01 09:00"))  # signed, not begun
    assert "Next review, 3 Mar 2003: so far" in read(client, PAGE)


@pytest.mark.clause("ATSP 4.2", "ATSP Ex.B")
def test_a_reseller_without_a_review_has_no_status_yet(
    world: World, client: Client, set_clock
) -> None:
    set_clock(local("2002-09-03 01:00"))  # in force for an hour: nothing is measured
    text = read(client, PORTFOLIO)
    assert "EXCEPTIONAL 10 points" not in text
    assert "of 10 No review yet" in text
    set_clock(local("2002-10-13 09:00"))
    page = read(client, PAGE)
    assert re.search(r"of 10 points No review yet What would change it", page)
    assert "No review has come yet." in page
    months = page.partition("Points by month")[2].partition("Number of Cases")[0]
    assert "No review yet" in months
    assert "EXCEPTIONAL" not in months


@pytest.mark.clause("ATSP 4.2")
def test_after_its_year_the_agreement_keeps_its_last_review(
    world: World, client: Client, set_clock
) -> None:
    set_clock(local("2005-01-10 09:00"))
    text = read(client, PAGE)
    assert "Review of 3 Sep 2003" in text
    assert "The contract year ends on 2 Sep 2003, before another review." in text
    assert "No reseller has a scorecard" in read(client, PORTFOLIO)


@pytest.mark.clause("ATSP 4.2")
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("yesterday", "“yesterday” is not taken."),
        ("3.3.03", "“3.3.03” is not taken."),
        ("2003-02-30", "“2003-02-30” is not taken."),
        ("0001-01-01", "the agreement had no day behind it"),
        ("2002-09-03", "the agreement had no day behind it"),
        ("2003-09-04", "lies after the next review"),
        ("9999-12-31", "lies after the next review"),
        ('"><script>', '“"><script>” is not taken.'),
    ],
)
def test_a_day_that_cannot_be_shown_is_refused_and_stays_in_the_form(
    client: Client, typed: str, why: str
) -> None:
    response = client.get(PAGE, {"on": typed})
    page = response.content.decode()
    assert response.status_code == 400
    assert why in html.unescape(re.sub(r"\s+", " ", page))
    assert f'value="{html.escape(typed)}"' in page
    assert "Review of 3 Mar 2003" in words(page)
    assert client.get(f"{PAGE}M1/", {"on": typed}).status_code == 403


@pytest.mark.parametrize("typed", ["2002-09-04", "2003-09-03", "2003-01-15", ""])
def test_every_day_from_the_first_to_the_next_review_can_be_shown(
    client: Client, typed: str
) -> None:
    assert client.get(PAGE, {"on": typed}).status_code == 200


@pytest.mark.clause("ATSP 4.2", "ATSP 9.2")
def test_a_non_compliant_reseller_shows_its_way_back(world: World, client: Client) -> None:
    world.agreement.roster.update(trained_on=None)
    start = local("2002-10-01 10:00")
    write_past(
        world,
        [Past(start + n * HOUR, severity=1, fix_at=start - DAY, replicated=True) for n in range(4)],
    )
    text = read(client, PAGE)
    assert "NON-COMPLIANT Since the review of 3 Mar 2003." in text
    assert "Reviewed every month until 6 months in a row are compliant; next on 3 Apr 2003." in text
    assert "0 of 6 compliant months" in text
    assert "option not to renew" in text
    portfolio = read(client, PORTFOLIO)
    assert (
        "NON-COMPLIANT since 3 Mar 2003 0 of 6 compliant months 3 Apr 2003 in 29 days" in portfolio
    )


@pytest.mark.clause("ATSP Ex.B")
def test_what_would_change_a_measure_names_the_cases_that_keep_it(
    world: World, client: Client
) -> None:
    write_some(world)
    page = client.get(PAGE).content.decode()
    assert "1 case fewer would be 25\xa0%: 3 points." in page
    assert f'href="{PAGE}M3/?on=2003-03-03&amp;show=counted"' in page
    assert len(_rows(client, f"{PAGE}M3/?on=2003-03-03&show=counted")) == 6


# --- the cases behind a number ---------------------------------------------------------------------


@pytest.mark.clause("ATSP Ex.B", "D-12")
def test_each_case_behind_a_number_says_why_it_counts_or_not(world: World, client: Client) -> None:
    at = local("2002-11-05 10:00")
    known, late, unfixed, unlinked = (world.open(at) for _ in range(4))
    world.known(known, at=at + DAY, fix_at=at - 5 * DAY)
    world.known(late, at=at + DAY, fix_at=at + 2 * HOUR)
    world.known(unfixed, at=at + DAY, fix_at=None)
    world.replicate(known, at + 2 * DAY)
    world.settle(known, relief_at=at + DAY, days=2.5)
    text = read(client, f"{PAGE}M2/?on=2003-03-03")
    assert re.search(r"counts KB-\d+ had its Fix since 31 Oct 2002, before the report\.", text)
    assert re.search(
        r"does not The Fix of KB-\d+ was published on 5 Nov 2002, after the report\.", text
    )
    assert re.search(r"does not KB-\d+ had no Fix when it was linked\.", text)
    assert "does not No article is linked." in text
    text = read(client, f"{PAGE}M3/?on=2003-03-03")
    assert "counts Replicated by the provider on 7 Nov 2002." in text
    assert text.count("does not The provider did not have to replicate it.") == 3
    text = read(client, f"{PAGE}M4/?on=2003-03-03")
    assert "2.5 days: relief on 6 Nov 2002, closed on 8 Nov 2002." in text
    assert _rows(client, f"{PAGE}M4/?on=2003-03-03") == [str(known.pk)]
    assert set(_rows(client, f"{PAGE}M2/?show=others")) == {
        str(case.pk) for case in (late, unfixed, unlinked)
    }
    assert _rows(client, f"{PAGE}M2/?show=counted") == [str(known.pk)]
    assert len(_rows(client, f"{PAGE}M2/?show=nonsense")) == 0
    assert (
        "Show “nonsense” does not exist." in client.get(f"{PAGE}M2/?show=nonsense").content.decode()
    )


@pytest.mark.clause("ATSP Ex.B")
def test_a_downgraded_case_behind_m1_says_that_it_was_severity_1(
    world: World, client: Client
) -> None:
    at = local("2002-11-05 10:00")
    case = world.open(at, severity=1, channel=Channel.TELEPHONE)
    world.downgrade(case, at + HOUR, to=3)
    assert "was severity 1" in read(client, f"{PAGE}M1/")
    assert "was severity 1" in read(client, f"{PAGE}M2/")


@pytest.mark.clause("ATSP Ex.B", "ATSP 5.2.1")
def test_the_contacts_behind_m5_are_named_with_their_training(world: World, client: Client) -> None:
    late = add_contact(world.agreement, trained_on=dt.date(2003, 3, 4))
    text = read(client, f"{PAGE}M5/?on=2003-03-03")
    assert f"{world.contact.name} Technical Contact trained 1 Aug 2002" in text
    assert f"{late.name} Technical Contact not by that day —" in text
    assert "4 Mar 2003" in read(client, f"{PAGE}M5/?on=2003-03-05")


def test_an_empty_number_leads_back_to_its_scorecard(client: Client) -> None:
    page = client.get(f"{PAGE}M3/?on=2003-03-05").content.decode()
    assert "No cases" in page
    assert f'href="{PAGE}?on=2003-03-05"' in page


# --- the portfolio ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 4.2")
def test_the_portfolio_shows_every_reseller_in_force_by_the_date_in_its_own_zone(
    world: World, client: Client, set_clock
) -> None:
    another_agreement("Eastward", zone="Asia/Tokyo", effective_on=dt.date(2002, 9, 6))
    another_agreement("Not Yet", effective_on=dt.date(2003, 4, 1), ends_on=dt.date(2004, 3, 31))
    set_clock(local("2003-03-05 14:10"))  # 6 March in Tokyo, the day of its first review
    text = read(client, PORTFOLIO)
    assert "Not Yet" not in text
    assert re.search(
        r"Eastward Eastward.*EXCEPTIONAL since 6 Mar 2003 6 Sep 2003 in 184 days", text
    )
    assert "in 182 days" in text


@pytest.mark.clause("ATSP Ex.B")
def test_the_portfolio_says_points_trend_and_what_would_change_the_status(
    world: World, client: Client
) -> None:
    write_some(world)
    text = read(client, PORTFOLIO).replace("\xa0", " ")
    assert "5.5 of 10 COMPLIANT" in text
    assert "M1 0.5 of 2 points M2 1 of 3 points M3 2 of 3 points M4 1 of 1 points" in text
    assert "steady" in text
    assert "EXCEPTIONAL needs" in text or "would be EXCEPTIONAL" in text


def test_the_portfolio_comes_in_pages(world: World, client: Client, monkeypatch) -> None:
    monkeypatch.setattr("scorecard.views.scorecards.ROWS", 2)
    for name in ("Beta", "Gamma"):
        another_agreement(name)
    first, second = (client.get(f"{PORTFOLIO}?page={n}").content.decode() for n in (1, 2))
    assert first.count("data-keys-row") == 2
    assert second.count("data-keys-row") == 1


# --- the cost --------------------------------------------------------------------------------------


def cost(client: Client, url: str) -> int:
    """How many statements a page takes, its second time."""
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("url", "most"),
    [(PORTFOLIO, 12), (PAGE, 10), (f"{PAGE}M2/", 12), (f"{PAGE}opened/", 12), (f"{PAGE}M5/", 10)],
)
def test_a_page_takes_as_many_statements_for_30_cases_as_for_3(
    world: World, client: Client, url: str, most: int
) -> None:
    start = local("2002-10-01 10:00")
    write_past(world, [Past(start + n * HOUR) for n in range(3)])
    few = cost(client, url)
    write_past(world, [Past(start + n * HOUR, replicated=True) for n in range(27)])
    assert cost(client, url) == few <= most


def test_the_portfolio_takes_as_many_statements_for_5_resellers_as_for_1(
    world: World, client: Client
) -> None:
    few = cost(client, PORTFOLIO)
    for number in range(4):
        another_agreement(f"Other {number}")
    assert cost(client, PORTFOLIO) == few


@pytest.mark.clause("ATSP 4.2")
def test_monthly_reviews_take_no_more_statements_than_half_yearly_ones(
    world: World, client: Client, set_clock
) -> None:
    set_clock(local("2003-08-20 09:00"))
    few = cost(client, PAGE)
    world.agreement.roster.update(trained_on=None)
    months = [local(f"{month} 10:00") for month in ("2002-10-01", "2003-02-01", "2003-06-01")]
    write_past(
        world,
        [Past(at, severity=1, fix_at=at - DAY, replicated=True) for at in months for _ in "ab"],
    )
    assert "Reviewed every month" in read(client, PAGE)
    assert cost(client, PAGE) == few
