"""Who may open a case, and when."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.opening.rules import Cover, Opener, OverQuota, PoolBalance, admission_refusals, may_open
from portal.rules.refusal import Refusal
from tests.atsp import LOS_ANGELES, local

AT = local("2003-03-05 10:00")
SECOND = timedelta(seconds=1)
CONTACT = Opener(
    "Mathew Keane",
    is_technical_contact=True,
    is_administrative_contact=False,
    usable_from=local("2002-09-06 08:00"),
    zone=LOS_ANGELES,
)
ADMINISTRATIVE = replace(
    CONTACT,
    name="Terri Hirsch",
    is_technical_contact=False,
    is_administrative_contact=True,
    usable_from=None,
)
STRANGER = replace(CONTACT, name="Al Stone", is_technical_contact=False, usable_from=None)
COVER = Cover(
    agreement="MTI-2002",
    starts_on=date(2002, 9, 3),
    anniversary=date(2003, 9, 3),
    reseller_agreement="RA-17",
    reseller_agreement_holds=True,
    region="US",
    pool=PoolBalance("US", cases=100, taken=60),
)
SPENT = replace(COVER, pool=PoolBalance("US", cases=100, taken=100))


@pytest.mark.clause("ATSP 2.1", "ATSP 5.2.2")
def test_a_technical_contact_past_the_waiting_time_opens_a_case() -> None:
    assert admission_refusals(CONTACT, COVER, AT, updates_paid=True) == ()
    may_open(CONTACT, COVER, AT, updates_paid=True)


REFUSED = [
    # name, opener, cover, the clause, what is said, the way out
    (
        "the Administrative Contact",
        ADMINISTRATIVE,
        COVER,
        "ATSP 5.2.2, 1.1",
        "Administrative Contact, who cannot open a case",
        "you may escalate an existing case",
    ),
    ("not on the roster", STRANGER, COVER, "ATSP 2.1", "not on the roster", "Exhibit A"),
    (
        "new on the roster",
        replace(CONTACT, usable_from=local("2003-03-07 09:00")),
        COVER,
        "ATSP 5.2.1",
        "from Fri 7 Mar 2003 09:00 PST",
        "kept as a draft",
    ),
    (
        "the change to the roster is not submitted",
        replace(CONTACT, usable_from=None),
        COVER,
        "ATSP 5.2.1",
        "two Business Days after",
        "kept as a draft",
    ),
    (
        "the reseller agreement is void",
        CONTACT,
        replace(COVER, reseller_agreement_holds=False),
        "ATSP 5.1",
        "RA-17 is not in force",
        "Administrative Contact",
    ),
    (
        "before the term",
        CONTACT,
        replace(COVER, starts_on=date(2003, 3, 6)),
        "ATSP page 1, 2.a",
        "begins on 6 Mar 2003",
        "from that day on",
    ),
    (
        "after the term",
        CONTACT,
        replace(COVER, anniversary=date(2003, 3, 5)),
        "ATSP page 1, 2.a",
        "ended on 5 Mar 2003",
        "renewal",
    ),
    (
        "terminated",
        CONTACT,
        replace(COVER, terminated_on=date(2003, 3, 5)),
        "ATSP 9.4",
        "terminated as of 5 Mar 2003",
        "account manager",
    ),
    ("the quota is spent", CONTACT, SPENT, "ATSP 9.1", "All 100 cases", "extended"),
    (
        "the quota is overdrawn",
        CONTACT,
        replace(COVER, pool=PoolBalance("US", cases=100, taken=102)),
        "ATSP 9.1",
        "All 100 cases",
        "extended",
    ),
    (
        "no pool for the region",
        CONTACT,
        replace(COVER, region="APAC", pool=None),
        "ATSP 2.1",
        "no cases for the region APAC",
        "Administrative Contact",
    ),
]


@pytest.mark.clause(
    "ATSP 1.1", "ATSP 2.1", "ATSP 5.1", "ATSP 5.2.1", "ATSP 5.2.2", "ATSP 9.1", "ATSP 9.4"
)
@pytest.mark.parametrize(
    ("name", "opener", "cover", "clause", "said", "way_out"),
    REFUSED,
    ids=[row[0] for row in REFUSED],
)
def test_opening_is_refused_with_the_clause_and_the_way_out(
    name: str, opener: Opener, cover: Cover, clause: str, said: str, way_out: str
) -> None:
    (refusal,) = admission_refusals(opener, cover, AT, updates_paid=True)

    assert refusal.clause == clause
    assert said in refusal.sentence
    assert way_out in refusal.way_out


@pytest.mark.clause("ATSP 5.2.1")
@pytest.mark.parametrize(("after", "refused"), [(-SECOND, 1), (timedelta(0), 0), (SECOND, 0)])
def test_the_waiting_time_ends_at_its_very_instant(after: timedelta, refused: int) -> None:
    usable_from = local("2003-03-05 10:00")
    opener = replace(CONTACT, usable_from=usable_from)

    assert len(admission_refusals(opener, COVER, usable_from + after)) == refused


@pytest.mark.clause("ATSP page 1, 2.a")
@pytest.mark.parametrize(
    ("at", "refused"),
    [
        ("2002-09-02 23:59", 1),
        ("2002-09-03 00:00", 0),
        ("2003-09-02 23:59", 0),
        ("2003-09-03 00:00", 1),
    ],
)
def test_the_term_runs_by_the_contacts_own_dates(at: str, refused: int) -> None:
    opener = replace(CONTACT, usable_from=local("2002-08-01 08:00"))

    assert len(admission_refusals(opener, COVER, local(at))) == refused


@pytest.mark.clause("ATSP 1.1")
def test_an_administrative_contact_who_is_a_technical_contact_too_opens_a_case() -> None:
    assert admission_refusals(replace(CONTACT, is_administrative_contact=True), COVER, AT) == ()


@pytest.mark.clause("ATSP 2.1")
def test_an_end_user_without_updates_is_refused_at_its_field_once_it_was_asked() -> None:
    (refusal,) = admission_refusals(CONTACT, COVER, AT, updates_paid=False)

    assert (refusal.clause, refusal.field) == ("ATSP 2.1", "updates_paid")
    assert admission_refusals(CONTACT, COVER, AT, updates_paid=None) == ()


@pytest.mark.clause("ATSP 9.1")
def test_the_last_case_of_the_pool_is_given() -> None:
    cover = replace(COVER, pool=PoolBalance("US", cases=100, taken=99))

    assert admission_refusals(CONTACT, cover, AT) == ()


@pytest.mark.clause("ATSP 9.1")
def test_the_provider_admits_a_case_over_quota_with_a_reason_and_nothing_else_by_it() -> None:
    admitted = OverQuota(by="Dana Fox", reason="Severity 1 at a hospital.")

    assert admission_refusals(CONTACT, SPENT, AT, over_quota=admitted) == ()
    (without_reason,) = admission_refusals(
        CONTACT, SPENT, AT, over_quota=replace(admitted, reason=" ")
    )
    assert without_reason.field == "over_quota_reason"
    (still,) = admission_refusals(STRANGER, SPENT, AT, over_quota=admitted)
    assert still.clause == "ATSP 2.1"


@pytest.mark.clause("ATSP 9.1")
def test_a_pool_that_is_used_up_names_the_ways_out() -> None:
    pool = PoolBalance("US", cases=100, taken=100, ways_out="EMEA still has 3.")
    (refusal,) = admission_refusals(CONTACT, replace(COVER, pool=pool), AT)
    assert refusal.clause == "ATSP 9.1"
    assert "The draft is kept. EMEA still has 3." in refusal.way_out
    assert "the provider may admit" in refusal.way_out


def test_every_objection_is_named_at_once_the_person_first() -> None:
    cover = replace(SPENT, reseller_agreement_holds=False)

    with pytest.raises(Refusal) as refused:
        may_open(STRANGER, cover, AT, updates_paid=False)

    assert [each.clause for each in refused.value.all] == [
        "ATSP 2.1",
        "ATSP 5.1",
        "ATSP 9.1",
        "ATSP 2.1",
    ]
