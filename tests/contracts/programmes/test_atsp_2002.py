"""The file of the ATSP programme says what the paper says, number by number."""

from decimal import Decimal

import pytest

from contracts.programmes.rules.terms import (
    Act,
    InformationOutcome,
    Measured,
    OptionKind,
    Programme,
    Role,
    Span,
    Unit,
)
from tests.contracts.programmes.published import atsp


@pytest.fixture
def programme() -> Programme:
    return atsp()


def span(text: str) -> Span:
    return Span.parse(text)


@pytest.mark.clause("ATSP page 1")
@pytest.mark.parametrize(
    ("code", "fee", "pools"),
    [
        ("level-1", "24000.00", [(("US", "EMEA"), 40, 5)]),
        ("level-2", "80000.00", [(("US",), 100, 10), (("EMEA",), 100, 10)]),
    ],
)
def test_each_level_has_its_fee_cases_and_contacts(
    programme: Programme, code: str, fee: str, pools: list[tuple[tuple[str, ...], int, int]]
) -> None:
    tier = programme.tier(code)
    assert tier.fee == Decimal(fee)
    assert [(pool.regions, pool.cases, pool.contacts) for pool in tier.pools] == pools
    assert tier.cases == {"level-1": 40, "level-2": 200}[code]


@pytest.mark.clause("ATSP page 1")
def test_a_region_finds_the_pool_it_draws_on(programme: Programme) -> None:
    both, split = programme.tier("level-1"), programme.tier("level-2")
    assert both.pool_of("US") is both.pool_of("EMEA") is both.pools[0]
    assert [pool and pool.code for pool in map(split.pool_of, ("US", "EMEA", "APJ"))] == [
        "us",
        "emea",
        None,
    ]


@pytest.mark.clause("ATSP page 1")
@pytest.mark.parametrize(
    ("code", "kind", "tier", "fee"),
    [
        ("psam-1", OptionKind.PSAM, "level-1", "10000.00"),
        ("psam-2", OptionKind.PSAM, "level-2", "22500.00"),
        ("ess-1", OptionKind.ESS, "level-1", "25000.00"),
        ("ess-2", OptionKind.ESS, "level-2", "35000.00"),
    ],
)
def test_each_option_stands_in_its_column_with_its_price(
    programme: Programme, code: str, kind: OptionKind, tier: str, fee: str
) -> None:
    option = programme.option(code)
    assert (option.kind, option.tier, option.fee) == (kind, tier, Decimal(fee))


@pytest.mark.clause("ATSP page 1", "ATSP 1.1", "ATSP 2.3")
def test_there_are_no_other_tiers_options_or_regions(programme: Programme) -> None:
    assert [tier.code for tier in programme.tiers] == ["level-1", "level-2"]
    assert len(programme.options) == 4
    assert [region.code for region in programme.regions] == ["US", "EMEA"]


@pytest.mark.clause("ATSP 1.2")
def test_the_business_day_is_monday_to_friday_eight_to_five(programme: Programme) -> None:
    day = programme.business_day
    assert (day.weekdays, day.opens, day.closes) == ((0, 1, 2, 3, 4), "08:00", "17:00")
    assert day.clause == "ATSP 1.2"


@pytest.mark.clause("ATSP 4.6", "ATSP 4.5", "D-10")
@pytest.mark.parametrize(
    ("level", "response", "status", "in_business_time", "resolution"),
    [
        (1, "30 minutes", "24 hours", False, "Continuous, 24x365"),
        (2, "1 business hour", "1 business day", True, "Continuous, Business Days"),
        (3, "4 business hours", "1 week", True, "As required"),
        (4, "1 business day", "1 month", True, "As required"),
    ],
)
def test_each_severity_has_its_objectives(
    programme: Programme,
    level: int,
    response: str,
    status: str,
    in_business_time: bool,
    resolution: str,
) -> None:
    severity = programme.severity(level)
    assert severity.first_response == span(response)
    assert severity.status_every == span(status)
    assert severity.status_in_business_time is in_business_time
    assert severity.resolution == resolution
    assert severity.objective_clause == "ATSP 4.6"
    assert severity.round_the_clock is (level == 1)


@pytest.mark.clause("ATSP 4.3.1", "ATSP 4.3.2", "ATSP 4.3.3", "ATSP 4.3.4")
@pytest.mark.parametrize(
    ("level", "name", "meaning"),
    [
        (
            1,
            "Critical",
            "A business process and system functionality are critically affected. "
            "A system Workaround is required immediately.",
        ),
        (
            2,
            "Serious",
            "A business process and system functionality are seriously affected; system and/or data "
            "is exposed to potential loss or interruption. Near-term system Workaround is required.",
        ),
        (
            3,
            "Medium impact",
            "Business process and system functionality are moderately affected; critical system "
            "and/or data not at risk. System Workaround requested.",
        ),
        (
            4,
            "Low",
            "Business process and system functionality are marginally affected or unaffected. System "
            "and/or data not at risk. Request for minor Fix, information or RFE.",
        ),
    ],
)
def test_a_severity_means_what_the_agreement_says(
    programme: Programme, level: int, name: str, meaning: str
) -> None:
    severity = programme.severity(level)
    assert (severity.name, severity.meaning) == (name, meaning)
    assert severity.clause == f"ATSP 4.3.{level}"
    told = programme.clause(severity.clause).text
    assert meaning[0].lower() + meaning[1:] in told


@pytest.mark.clause("ATSP 4.5")
def test_only_severity_1_must_be_reported_by_telephone(programme: Programme) -> None:
    assert [s.level for s in programme.severities if s.by_telephone_only] == [1]


@pytest.mark.clause("ATSP 4.9.1", "ATSP 4.10.8")
@pytest.mark.parametrize(
    ("severity", "within", "warn", "outcome", "to", "reason", "clause"),
    [
        (1, "1 hour", "15 minutes", InformationOutcome.DOWNGRADE, 2, None, "ATSP 4.9.1"),
        (2, "1 day", "4 hours", InformationOutcome.DOWNGRADE, 3, None, "ATSP 4.9.1"),
        (
            3,
            "5 days",
            "1 day",
            InformationOutcome.CLOSE,
            None,
            "information-not-received",
            "ATSP 4.10.8",
        ),
    ],
)
def test_information_not_received_has_its_clock(
    programme: Programme,
    severity: int,
    within: str,
    warn: str,
    outcome: InformationOutcome,
    to: int | None,
    reason: str | None,
    clause: str,
) -> None:
    clock = programme.information_clock(severity)
    assert clock is not None
    assert (clock.within, clock.warn_before) == (span(within), span(warn))
    assert (clock.outcome, clock.to_severity, clock.closure_reason) == (outcome, to, reason)
    assert clock.clause == clause


@pytest.mark.clause("ATSP 4.10.8")
def test_severity_4_has_no_information_clock(programme: Programme) -> None:
    assert programme.information_clock(4) is None


@pytest.mark.clause(*(f"ATSP 4.10.{n}" for n in range(1, 9)))
def test_a_case_closes_for_one_of_eight_reasons(programme: Programme) -> None:
    assert [(r.code, r.clause, r.is_relief) for r in programme.closure_reasons] == [
        ("solution", "ATSP 4.10.1", True),
        ("fix", "ATSP 4.10.2", True),
        ("workaround", "ATSP 4.10.3", True),
        ("other-vendor", "ATSP 4.10.4", False),
        ("documentation-bug", "ATSP 4.10.5", False),
        ("future-release", "ATSP 4.10.6", False),
        ("enhancement-request", "ATSP 4.10.7", False),
        ("information-not-received", "ATSP 4.10.8", False),
    ]
    assert [r.code for r in programme.closure_reasons if r.by_agreement] == ["workaround"]
    assert [r.code for r in programme.closure_reasons if r.by_clock] == ["information-not-received"]


@pytest.mark.clause("ATSP 2.3", "D-3", "ATSP 1.3")
@pytest.mark.parametrize(
    ("code", "charged", "clause"),
    [
        ("known-defect", True, "ATSP 2.3"),
        ("new-defect", False, "ATSP 2.3"),
        ("question", True, "D-3"),
        ("enhancement", True, "D-3"),
        ("not-software", True, "D-3"),
        ("duplicate", False, "ATSP 1.3"),
    ],
)
def test_what_a_case_turned_out_to_be_settles_its_charge(
    programme: Programme, code: str, charged: bool, clause: str
) -> None:
    determination = programme.determination(code)
    assert (determination.charged, determination.clause) == (charged, clause)


@pytest.mark.clause("ATSP 4.8")
def test_the_four_limitations_of_support_can_be_flagged(programme: Programme) -> None:
    assert [limitation.name.split()[0] for limitation in programme.limitations] == [
        "(i)",
        "(ii)",
        "(iii)",
        "(iv)",
    ]


@pytest.mark.clause("ATSP 5.2.1")
def test_the_roster_is_due_in_three_business_days_and_usable_after_two(
    programme: Programme,
) -> None:
    roster = programme.roster
    assert (roster.due_within, roster.usable_after) == (
        span("3 business days"),
        span("2 business days"),
    )
    assert (roster.minimum_technical, roster.minimum_alternate) == (1, 1)


@pytest.mark.clause("ATSP 3.2", "ATSP 9.1", "ATSP Ex.D")
def test_invoices_are_due_in_30_days_and_an_extension_is_charged_in_twelfths(
    programme: Programme,
) -> None:
    assert programme.payment is not None
    assert programme.payment.due_within == Span(30, Unit.DAY)
    assert programme.payment.extension_months == 12
    assert programme.payment.expenses_on_receipt
    assert programme.payment.expenses_clause == "ATSP Ex.D"


@pytest.mark.clause("ATSP page 1, 2.a", "ATSP page 1, 2.b", "ATSP 9.2", "ATSP 9.3")
def test_the_term_is_a_year_with_its_ends(programme: Programme) -> None:
    term = programme.term
    assert term is not None
    assert term.length == Span(12, Unit.MONTH)
    assert (term.non_renewal_window, term.software_notice) == (span("6 months"), span("90 days"))


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18")
@pytest.mark.parametrize(
    ("code", "per_day", "expenses", "clause"),
    [
        ("remote-replication", "1500.00", False, "ATSP 16"),
        ("on-site-replication", "2500.00", True, "ATSP 17"),
        ("on-site-support", "2500.00", True, "ATSP 18"),
    ],
)
def test_work_by_the_day_has_its_rate(
    programme: Programme, code: str, per_day: str, expenses: bool, clause: str
) -> None:
    rate = programme.work_rate(code)
    assert (rate.per_day, rate.plus_expenses, rate.clause) == (Decimal(per_day), expenses, clause)
    assert rate.exhibit == ("ATSP Ex.D" if expenses else None)


@pytest.mark.clause("ATSP 7.1", "ATSP 7.2", "ATSP 7.3", "ATSP 7.3.1", "ATSP 7.3.2", "ATSP 7.3.3")
def test_work_on_what_may_not_be_the_software_has_a_clause_for_each_answer(
    programme: Programme,
) -> None:
    terms = programme.other_errors
    assert terms is not None
    assert (terms.clause, terms.paid_clause) == ("ATSP 7.1", "ATSP 7.2")
    assert (terms.software_clause, terms.uninstructed_clause, terms.stopped_clause) == (
        "ATSP 7.3.1",
        "ATSP 7.3.2",
        "ATSP 7.3.3",
    )


EXHIBIT_C_DUTIES = [
    ("30 minutes", Role.CSE, Act.CONTACT_UPDATE),
    ("1 hour", Role.CSE, Act.CONTACT_UPDATE),
    ("2 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("2 hours", Role.PSAM, Act.READ_NOTES),
    ("2 hours", Role.PSAM, Act.STATUS_FROM_CSE),
    ("2 hours", Role.PSAM, Act.CALL_RESELLER_MANAGEMENT),
    ("3 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("4 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("4 hours", Role.SUPPORT_MANAGEMENT, Act.UPDATE_PSAM),
    ("4 hours", Role.PSAM, Act.INFORM_SALES),
    ("4 hours", Role.PSAM, Act.CALL_RESELLER_MANAGEMENT),
    ("5 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("6 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("6 hours", Role.CSE, Act.ENGAGE_PSE),
    ("6 hours", Role.PSAM, Act.STATUS_FROM_MANAGEMENT),
    ("6 hours", Role.PSAM, Act.INFORM_RESELLER_MANAGEMENT),
    ("6 hours", Role.PSAM, Act.INFORM_SALES),
    ("8 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("8 hours", Role.PSAM, Act.INFORM_DIRECTOR),
    ("9 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("10 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("11 hours", Role.CSE, Act.CONTACT_UPDATE),
    ("12 hours", Role.CSE, Act.ENGAGE_ENGINEERING),
]


@pytest.mark.clause("ATSP Ex.C")
def test_exhibit_c_has_every_duty_at_its_hour(programme: Programme) -> None:
    escalation = programme.escalation
    assert escalation is not None
    assert (escalation.severity, escalation.option) == (1, OptionKind.PSAM)
    assert [(str(d.at), d.role, d.act) for d in escalation.duties] == EXHIBIT_C_DUTIES


@pytest.mark.clause("D-14")
def test_the_psam_duties_at_six_hours_may_wait_for_the_business_day(programme: Programme) -> None:
    assert programme.escalation is not None
    waiting = [d.code for d in programme.escalation.duties if d.or_next_business_opening]
    assert waiting == ["status-from-management-6h", "inform-management-6h", "inform-sales-6h"]
    waivable = [d.code for d in programme.escalation.duties if d.if_necessary]
    assert waivable == ["status-from-management-6h"]


@pytest.mark.clause("ATSP Ex.C")
def test_exhibit_c_has_every_notice_with_its_audience(programme: Programme) -> None:
    assert programme.escalation is not None
    assert [(str(n.at), n.audience, n.hotshot) for n in programme.escalation.notices] == [
        ("0 minutes", (Role.CSE, Role.TECHNICAL_CONTACT), False),
        ("1 hour", (Role.PSAM,), False),
        ("4 hours", (Role.SUPPORT_MANAGEMENT,), False),
        ("8 hours", (Role.VP_TECHNICAL_SUPPORT, Role.SENIOR_MANAGER), False),
        ("8 hours", (Role.CPE_MANAGEMENT,), False),
        ("12 hours", (Role.VP_TECHNICAL_SUPPORT, Role.DIRECTOR_PREMIUM_SUPPORT), True),
        ("24 hours", (Role.EXECUTIVE,), True),
    ]


@pytest.mark.clause("D-13", "D-15")
def test_the_commitment_is_hourly_and_served_by_an_update_half_an_hour_before(
    programme: Programme,
) -> None:
    assert programme.escalation is not None
    commitment = programme.escalation.commitment
    assert (commitment.every, commitment.served_by_update_within) == (
        span("1 hour"),
        span("30 minutes"),
    )
    assert (commitment.role, commitment.act) == (Role.CSE, Act.CONTACT_UPDATE)


EXHIBIT_B = {
    Measured.CRITICAL_IN_KNOWLEDGE_BASE: [
        (0, 4, "2"),
        (5, 9, "1.5"),
        (10, 14, "1"),
        (15, 29, "0.5"),
        (30, 100, "0"),
    ],
    Measured.ALL_IN_KNOWLEDGE_BASE: [(0, 4, "3"), (5, 9, "2"), (10, 19, "1"), (20, 100, "0")],
    Measured.REPLICATED_BY_PROVIDER: [(0, 25, "3"), (26, 35, "2"), (36, 50, "1"), (51, 100, "0")],
    Measured.DAYS_RELIEF_TO_CLOSURE: [(0, 7, "1"), (8, 15, "0.5"), (16, None, "0")],
    Measured.CONTACTS_TRAINED: [(100, 100, "1"), (50, 99, "0.5"), (0, 49, "0")],
}


@pytest.mark.clause("ATSP Ex.B", "D-16")
@pytest.mark.parametrize("measured", list(Measured))
def test_exhibit_b_has_the_bands_of_the_paper(programme: Programme, measured: Measured) -> None:
    assert programme.scorecard is not None
    (measure,) = (m for m in programme.scorecard.measures if m.measured is measured)
    assert [(b.least, b.most, b.points) for b in measure.bands] == [
        (least, most, Decimal(points)) for least, most, points in EXHIBIT_B[measured]
    ]


@pytest.mark.clause("ATSP Ex.B", "D-18")
def test_exhibit_b_has_three_statuses_in_order_of_merit(programme: Programme) -> None:
    assert programme.scorecard is not None
    assert [
        (s.name, s.least_total, s.measure, s.at_most, s.both) for s in programme.scorecard.statuses
    ] == [
        ("EXCEPTIONAL", Decimal(8), "M3", 25, True),
        ("COMPLIANT", Decimal(3), "M3", 25, False),
        ("NON-COMPLIANT", Decimal(0), None, None, False),
    ]
    assert [m.code for m in programme.scorecard.measures] == ["M1", "M2", "M3", "M4", "M5"]


@pytest.mark.clause("ATSP 4.2")
def test_reviews_are_half_yearly_and_monthly_once_non_compliant(programme: Programme) -> None:
    scorecard = programme.scorecard
    assert scorecard is not None
    assert (scorecard.window, scorecard.review_every) == (span("6 months"), span("6 months"))
    assert scorecard.review_every_when_failing == span("1 month")
    assert scorecard.months_to_recover == 6


@pytest.mark.clause("ATSP 1")
@pytest.mark.clause(*(f"ATSP 1.{n}" for n in range(1, 23)))
def test_the_glossary_defines_all_of_section_1(programme: Programme) -> None:
    clauses = [term.clause for term in programme.glossary]
    expected = [f"ATSP 1.{n}" for n in range(1, 23)]
    deeper = [f"ATSP 1.13.{n}" for n in (1, 2, 3)] + [f"ATSP 1.19.{n}" for n in (1, 2, 3)]
    assert sorted(clauses) == sorted(expected + deeper)
    business_day = next(term for term in programme.glossary if term.term == "Business Day")
    assert business_day.meaning == (
        "Monday through Friday, 8:00 a.m. to 5:00 p.m., Reseller's local time, "
        "except published Legato holidays."
    )


@pytest.mark.parametrize(
    "clause",
    [
        "ATSP page 1",
        "ATSP 1.2",
        "ATSP 2.1",
        "ATSP 3.2",
        "ATSP 4.9.1",
        "ATSP 5.2.7",
        "ATSP 6.3",
        "ATSP 7.3.3",
        "ATSP 9.4",
        "ATSP 10.1",
        "ATSP 14.2",
        "ATSP 15.2.3",
        "ATSP 19.3",
        "ATSP Ex.A",
        "ATSP Ex.B",
        "ATSP Ex.C",
        "ATSP Ex.D",
        *(f"D-{n}" for n in range(1, 22)),
    ],
)
def test_a_clause_can_be_read_in_the_portal(programme: Programme, clause: str) -> None:
    found = programme.clause(clause)
    assert found.heading
    assert found.text.endswith((".", ":", '"', "cfm"))


def test_no_mark_of_the_scan_is_left_in_a_clause(programme: Programme) -> None:
    text = "\n".join(clause.text for clause in programme.clauses)
    marks = ("<", "__", "----", "lO,OOO", "SLIT", "l00%", "[K ", "Legato Confidential", "@mti")
    left = [mark for mark in marks if mark in text.replace("< 50 %", "")]
    assert left == []


def test_an_unknown_code_is_refused_with_the_known_ones(programme: Programme) -> None:
    with pytest.raises(KeyError, match=r"atsp-2002 has no tier 'level-3'; it has level-1, level-2"):
        programme.tier("level-3")
    with pytest.raises(KeyError, match=r"atsp-2002 has no closure reason 'tired'"):
        programme.closure_reason("tired")
    with pytest.raises(KeyError, match="atsp-2002 has no severity 5"):
        programme.severity(5)
    with pytest.raises(KeyError, match=r"atsp-2002 has no clause 'ATSP 99'"):
        programme.clause("ATSP 99")
    for find in (programme.option, programme.determination, programme.work_rate):
        with pytest.raises(KeyError, match="'nothing'"):
            find("nothing")
