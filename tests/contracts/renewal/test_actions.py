"""The renewal of a year by its acts: proposed on its day, edited, signed, in force afresh; or declined."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.agreements.actions.life import end_for_cause
from contracts.agreements.actions.papers import bytes_of
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.actions.successions import record_succession
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.renewal import performance
from contracts.renewal.actions.decision import (
    ISSUED,
    Signatory,
    decline_renewal,
    renewal_paper_of,
    sign_renewal,
)
from contracts.renewal.actions.proposal import OPENS, edit_renewal, open_renewal, state_wishes
from contracts.renewal.models import RenewalProposal
from contracts.renewal.performance import Performance
from contracts.renewal.rules.non_renewal import Classification
from contracts.roster.actions import duty
from contracts.roster.permissions import permissions_of
from contracts.services.models.assignments import Assignment
from portal.deadlines.sweep import sweep
from portal.models import Attachment, Deadline, JournalEntry, Notice, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.factories import CONTRACTS, LOADED_AT, make_agreement

pytestmark = pytest.mark.django_db
OPENS_AT = dt.datetime(2003, 6, 5, 15, 0, tzinfo=dt.UTC)  # 08:00 in Los Angeles
OVER = dt.datetime(2003, 9, 3, 7, 0, tzinfo=dt.UTC)
SIGNED_AT = dt.datetime(2003, 8, 20, 17, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
FORM = duty.OWED_WITH_THE_ROSTER
PROVIDER = Signatory("Robert B. Nahum", "Director", dt.date(2003, 8, 19))
RESELLER = Signatory("Todd Schaeffer", "Chief Financial Officer", dt.date(2003, 8, 18))


def terms_of_2004(at: dt.datetime = LOADED_AT) -> ProgrammeVersion:
    path = CONTRACTS / "programmes" / "atsp-2004.toml"
    return publish_programme(path.read_text(), name=path.name, by=None, at=at)


@pytest.fixture
def manager(db: None) -> User:
    return User.objects.create_user(
        "ann@legato.example", name="Ann Holm", roles=[Role.ACCOUNT_MANAGER]
    )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[int, Performance]:
    """The performance that the outer room reports, by agreement."""
    known: dict[int, Performance] = {}
    monkeypatch.setattr(performance, "_sources", [lambda agreements, at: known])
    return known


def a_performance(status: str, *reviews: tuple[str, str]) -> Performance:
    return Performance(
        status,
        None,
        "By the review.",
        "",
        tuple(Classification(dt.date.fromisoformat(on), code, code) for on, code in reviews),
    )


@pytest.fixture
def proposal(mti: Agreement, manager: User, told: dict[int, Performance]) -> RenewalProposal:
    terms_of_2004()
    told[mti.pk] = a_performance("exceptional")
    return open_renewal(mti, by=manager, at=OPENS_AT)


def keeper(agreement: Agreement) -> User:
    user = agreement.reseller.contacts.get(name="Terri Hirsch").user
    assert user is not None
    return user


def planned(agreement: Agreement) -> list[dt.datetime]:
    rows = Deadline.objects.about(agreement).filter(kind=OPENS).pending()
    return [row.due_at for row in rows]


# --- the day -----------------------------------------------------------------------------------


@pytest.mark.clause("REN")
def test_the_day_of_the_proposal_is_set_when_the_agreement_is_loaded(mti: Agreement) -> None:
    assert planned(mti) == [OPENS_AT]


def test_a_year_that_is_over_has_no_such_day(version: ProgrammeVersion) -> None:
    text = factories.MTI_FILE.read_text()
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    from contracts.agreements.actions.loading import load_agreement

    assert planned(load_agreement(text, name="mti.toml", by=None, at=at)) == []


@pytest.mark.clause("REN")
def test_on_its_day_the_next_year_is_proposed_and_everybody_concerned_told(
    mti: Agreement, manager: User, administrator: User, told: dict[int, Performance]
) -> None:
    terms_of_2004()
    told[mti.pk] = a_performance("exceptional")
    sweep(OPENS_AT - MINUTE)
    assert not RenewalProposal.objects.exists()
    sweep(OPENS_AT)
    proposal = RenewalProposal.objects.get()
    assert (proposal.agreement, proposal.programme.code) == (mti, "atsp-2004")
    assert (proposal.tier, proposal.performance_status) == ("level-2", "exceptional")
    assert proposal.percentage == Decimal(1)
    (option,) = proposal.options.all()
    assert (option.option, option.quantity, option.annual) == ("psam-2", 2, Decimal(30000))
    notices = Notice.objects.filter(step="renewal-opened", channel="inbox")
    assert {one.recipient for one in notices} == {manager, administrator, keeper(mti)}
    entry = JournalEntry.objects.about(mti).get(verb="renewal.opened")
    assert (entry.clause, entry.public, entry.by) == ("REN", True, None)


def test_without_newer_terms_the_year_is_proposed_under_the_present_ones(
    mti: Agreement, told: dict[int, Performance]
) -> None:
    sweep(OPENS_AT)
    proposal = RenewalProposal.objects.get()
    assert proposal.programme_version == mti.programme_version
    assert (proposal.performance_status, proposal.percentage) == ("", None)


def test_many_years_are_proposed_in_the_same_number_of_statements(
    version: ProgrammeVersion, manager: User
) -> None:
    from contracts.renewal.actions.planning import plan_renewal

    def statements(number: int) -> int:
        for _ in range(number):
            with transaction.atomic():
                plan_renewal(make_agreement(version), at=LOADED_AT)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            sweep(OPENS_AT)
        return len(caught)

    few = statements(1)
    assert statements(6) == few
    assert RenewalProposal.objects.count() == 7


# --- wishes and edits ----------------------------------------------------------------------------


@pytest.mark.clause("ATSP 1.1", "REN")
def test_the_administrative_contact_says_what_the_reseller_wants(
    proposal: RenewalProposal, manager: User
) -> None:
    user = keeper(proposal.agreement)
    state_wishes(proposal, " One PSAM is enough. ", by=user, at=OPENS_AT)
    proposal.refresh_from_db()
    assert (proposal.wishes, proposal.wished_by) == ("One PSAM is enough.", user)
    state_wishes(proposal, "Two after all.", by=user, at=OPENS_AT + MINUTE)
    notices = Notice.objects.filter(step__startswith="renewal-wished", channel="email")
    assert [one.recipient for one in notices] == [manager, manager]


def test_nobody_else_says_it(proposal: RenewalProposal, manager: User) -> None:
    other = proposal.agreement.reseller.contacts.get(name="Mathew Keane").user
    for user in (other, manager):
        with pytest.raises(Refusal, match="Only the Administrative Contact"):
            state_wishes(proposal, "More.", by=user, at=OPENS_AT)
    with pytest.raises(Refusal, match="message is empty") as refused:
        state_wishes(proposal, "  ", by=keeper(proposal.agreement), at=OPENS_AT)
    assert refused.value.field == "wishes"


@pytest.mark.clause("REN", "ATSP page 1")
def test_the_account_manager_edits_and_the_percentage_follows_the_status(
    proposal: RenewalProposal, manager: User, told: dict[int, Performance]
) -> None:
    told.clear()  # no review tells it
    changed = edit_renewal(
        proposal,
        version=proposal.programme_version,
        tier="level-1",
        options={"psam-1": 1, "psam-2": 0},
        performance_status="compliant",
        by=manager,
        at=OPENS_AT,
    )
    assert (changed.tier, changed.percentage, changed.status_name) == ("level-1", None, "COMPLIANT")
    assert changed.status_from == "Entered by Ann Holm."
    assert [one.option for one in changed.options.all()] == ["psam-1"]
    entry = JournalEntry.objects.about(proposal.agreement).get(verb="renewal.edited")
    assert entry.before["options"] == "2 × PSAM"
    assert entry.after["options"] == "1 × PSAM"


REFUSED_EDITS = {
    "an option of another column": ({"options": {"psam-1": 1}}, "option_psam-1", "ATSP page 1"),
    "an option that is not offered": ({"options": {"ess-2": 1}}, "option_ess-2", "ATSP page 1"),
    "a negative quantity": ({"options": {"psam-2": -1}}, "option_psam-2", "REN"),
    "no tier": ({"tier": ""}, "tier", "ATSP page 1"),
    "a status that there is not": (
        {"performance_status": "brilliant"},
        "performance_status",
        "ATSP Ex.B",
    ),
}


@pytest.mark.parametrize("what", list(REFUSED_EDITS))
def test_an_edit_is_refused_for(proposal: RenewalProposal, manager: User, what: str) -> None:
    said, field, clause = REFUSED_EDITS[what]
    values = {
        "version": proposal.programme_version,
        "tier": "level-2",
        "options": {},
        "performance_status": "",
    }
    with pytest.raises(Refusal) as refused:
        edit_renewal(proposal, by=manager, at=OPENS_AT, **{**values, **said})
    assert (refused.value.field, refused.value.clause) == (field, clause)


@pytest.mark.clause("REN", "D-25")
def test_no_other_status_than_the_last_reviews_is_proposed(
    proposal: RenewalProposal, manager: User, told: dict[int, Performance]
) -> None:
    told[proposal.agreement_id] = a_performance("non-compliant")
    values = {
        "version": proposal.programme_version,
        "tier": "level-2",
        "options": {},
        "by": manager,
        "at": OPENS_AT,
    }
    with pytest.raises(Refusal, match="The reviews say NON-COMPLIANT, not EXCEPTIONAL") as refused:
        edit_renewal(proposal, performance_status="exceptional", **values)
    assert refused.value.field == "performance_status"
    changed = edit_renewal(proposal, performance_status="non-compliant", **values)
    assert (changed.status_name, changed.percentage) == ("NON-COMPLIANT", None)
    assert changed.status_from == "By the review."


# --- signed --------------------------------------------------------------------------------------


@pytest.mark.clause("REN")
def test_the_signed_renewal_is_the_next_year_of_the_contract(
    proposal: RenewalProposal, administrator: User
) -> None:
    mti = proposal.agreement
    renewed = sign_renewal(
        proposal,
        provider=PROVIDER,
        reseller=RESELLER,
        initials="TS",
        by=administrator,
        at=SIGNED_AT,
    )
    assert (renewed.state, renewed.renews) == (AgreementState.SIGNED, mti)
    assert (renewed.contract_number, renewed.reference) == (
        mti.contract_number,
        "271-ATSP-4453-2003",
    )
    assert (renewed.effective_on, renewed.ends_on) == (
        dt.date(2003, 9, 3),
        dt.date(2004, 9, 2),
    )
    assert {(c.kind, c.amount) for c in renewed.charges.all()} == {
        ("cases", Decimal("80000.00")),
        ("option", Decimal("30000.00")),
    }
    assert [one.granted for one in renewed.case_accounts.all()] == [100, 100]
    assert renewed.notice_addresses.count() == mti.notice_addresses.count() == 2
    option = mti.options.get()
    assert (option.fee, mti.programme.option("psam-2").fee) == (45000, Decimal("22500.00"))
    assert planned(mti) == []
    assert planned(renewed) == [dt.datetime(2004, 6, 5, 15, 0, tzinfo=dt.UTC)]


@pytest.mark.clause("REN", "D-25", "D-28")
def test_the_renewal_has_the_status_of_the_last_review_at_signature(
    proposal: RenewalProposal, administrator: User, told: dict[int, Performance]
) -> None:
    """Proposed as EXCEPTIONAL ninety days before, then found Non-Compliant."""

    def sign(**confirmed: str) -> Agreement:
        return sign_renewal(
            proposal,
            provider=PROVIDER,
            reseller=RESELLER,
            by=administrator,
            at=SIGNED_AT,
            **confirmed,
        )

    told[proposal.agreement_id] = a_performance("non-compliant")
    with pytest.raises(Refusal, match="it was EXCEPTIONAL, 1 %; it is NON-COMPLIANT") as refused:
        sign()
    assert (refused.value.field, refused.value.clause) == ("confirmed_status", "REN, D-25")
    with pytest.raises(Refusal, match="changed since the proposal"):
        sign(confirmed_status="compliant")  # another one was seen
    assert Agreement.objects.count() == 1
    proposal.refresh_from_db()
    assert (proposal.is_open, proposal.performance_status) == (True, "exceptional")
    renewed = sign(confirmed_status="non-compliant")
    proposal.refresh_from_db()
    assert (proposal.status_name, proposal.percentage) == ("NON-COMPLIANT", None)
    assert proposal.status_from == "By the review."
    entry = JournalEntry.objects.about(proposal.agreement).get(verb="renewal.edited")
    assert entry.before == {"status": "EXCEPTIONAL, 1 %"}
    assert entry.after == {"status": "NON-COMPLIANT, no percentage"}
    assert renewed.renews == proposal.agreement
    issued = Attachment.objects.about(proposal.agreement).filter(purpose=ISSUED)
    assert issued.count() == 1, "the paper, at its signature"
    assert renewal_paper_of(proposal, at=OVER) == bytes_of(issued.get())
    assert issued.count() == 1


@pytest.mark.clause("REN", "D-25")
def test_without_a_review_the_renewal_has_the_status_that_was_entered(
    proposal: RenewalProposal, administrator: User, told: dict[int, Performance]
) -> None:
    told.clear()
    sign_renewal(proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT)
    proposal.refresh_from_db()
    assert (proposal.status_name, proposal.percentage) == ("EXCEPTIONAL", Decimal(1))


@pytest.mark.clause("REN")
def test_the_signed_year_runs_under_the_proposed_terms_and_the_past_one_under_its_own(
    proposal: RenewalProposal, administrator: User
) -> None:
    renewed = sign_renewal(
        proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT
    )
    assert renewed.programme_version == proposal.programme_version
    assert (renewed.programme.code, renewed.programme.option("psam-2").fee) == (
        "atsp-2004",
        Decimal("15000.00"),
    )
    assert renewed.renews is not None
    assert renewed.renews.programme.code == "atsp-2002"


@pytest.mark.clause("ATSP 19.3", "REN")
def test_the_next_year_is_signed_by_the_successor_in_interest(
    proposal: RenewalProposal, administrator: User
) -> None:
    record_succession(
        proposal.agreement,
        to=proposal.agreement.programme.transfers[0].to[0],
        name="EMC Corporation",
        since=PROVIDER.signed_on,
        reason="The merger.",
        by=administrator,
        at=SIGNED_AT,
    )
    renewed = sign_renewal(
        proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT
    )
    assert (
        renewed.provider_name_as_signed
        == "EMC Corporation, successor in interest to Legato Systems, Inc."
    )


@pytest.mark.clause("REN", "ATSP 5.2.1")
def test_on_its_day_the_next_year_is_in_force_with_roster_and_people(
    proposal: RenewalProposal, administrator: User, manager: User
) -> None:
    mti = proposal.agreement
    psam = User.objects.create_user("dana@legato.example", name="Dana", roles=[Role.PSAM])
    Assignment.objects.create(
        agreement=mti, user=psam, duty="psam", starts_on=mti.effective_on, ends_on=mti.ends_on
    )
    gone = mti.roster.get(contact__name="Larry Herring")
    renewed = sign_renewal(
        proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT
    )
    gone.removed_at = SIGNED_AT + MINUTE  # after the signature, before the first day
    gone.save()
    assert not renewed.roster.exists()
    sweep(OVER)
    renewed.refresh_from_db()
    mti.refresh_from_db()
    assert (renewed.state, mti.state) == (AgreementState.IN_FORCE, AgreementState.ENDED)
    assert {line.contact.name for line in renewed.roster.all()} == {
        line.contact.name for line in mti.roster.filter(removed_at=None)
    }
    assert renewed.roster.count() == 8
    before = mti.roster.get(contact__name="Mathew Keane")
    after = renewed.roster.get(contact__name="Mathew Keane")
    assert (after.slot, after.usable_from) == (before.slot, before.usable_from)
    assert [(one.user, one.starts_on, one.ends_on) for one in renewed.assignments.all()] == [
        (psam, renewed.effective_on, None)
    ]
    standing = permissions_of(before.contact.user, OVER)
    assert standing.agreement == renewed
    assert standing.may_ask
    told = Notice.objects.filter(step="in_force", channel="inbox", subject_id=renewed.pk)
    assert keeper(mti) in {one.recipient for one in told}


@pytest.mark.clause("REN")
def test_a_renewal_signed_after_the_anniversary_is_in_force_at_once(
    proposal: RenewalProposal, administrator: User
) -> None:
    sweep(OVER)
    late = OVER + dt.timedelta(days=49)
    renewed = sign_renewal(
        proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=late
    )
    assert renewed.state == AgreementState.IN_FORCE
    assert renewed.effective_on == dt.date(2003, 9, 3)
    assert renewed.roster.count() == 9


def owed(agreement: Agreement) -> list[str]:
    return list(
        Deadline.objects.about(agreement)
        .unfinished()
        .filter(kind__in=FORM)
        .values_list("kind", flat=True)
    )


@pytest.mark.clause("REN", "ATSP 5.2.1")
def test_a_renewed_year_owes_no_exhibit_a_that_goes_over_to_it(
    proposal: RenewalProposal, administrator: User
) -> None:
    renewed = sign_renewal(
        proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT
    )
    assert owed(renewed) == []
    sweep(OVER)
    sweep(OVER + dt.timedelta(days=10))
    assert not Notice.objects.filter(template="roster_form", subject_id=renewed.pk)
    assert owed(renewed) == []


@pytest.mark.clause("REN", "ATSP 5.2.1")
def test_a_renewed_year_owes_what_the_roster_that_went_over_lacks(
    proposal: RenewalProposal, administrator: User
) -> None:
    proposal.agreement.roster.exclude(standing="administrative").update(removed_at=SIGNED_AT)
    renewed = sign_renewal(
        proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT
    )
    sweep(OVER)
    due = Deadline.objects.about(renewed).unfinished().get(kind=duty.DUE)
    assert due.due_at == dt.datetime(2003, 9, 9, 0, tzinfo=dt.UTC), "17:00, the third Business Day"


REFUSED_SIGNATURES = {
    "nobody for the provider": (Signatory(" ", "", PROVIDER.signed_on), RESELLER, "provider_name"),
    "nobody for the reseller": (PROVIDER, Signatory("", "", RESELLER.signed_on), "reseller_name"),
    "no day": (PROVIDER, Signatory("Todd", "", None), "reseller_signed_on"),
    "a day to come": (PROVIDER, Signatory("Todd", "", dt.date(2003, 9, 1)), "reseller_signed_on"),
}


@pytest.mark.parametrize("what", list(REFUSED_SIGNATURES))
def test_a_signature_is_refused_for(
    proposal: RenewalProposal, administrator: User, what: str
) -> None:
    provider, reseller, field = REFUSED_SIGNATURES[what]
    with pytest.raises(Refusal) as refused:
        sign_renewal(proposal, provider=provider, reseller=reseller, by=administrator, at=SIGNED_AT)
    assert refused.value.field == field
    assert Agreement.objects.count() == 1
    proposal.refresh_from_db()
    assert proposal.is_open


def test_a_settled_proposal_stays_as_it_is(
    proposal: RenewalProposal, administrator: User, manager: User
) -> None:
    sign_renewal(proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT)
    with pytest.raises(Refusal, match="nothing of it changes"):
        sign_renewal(proposal, provider=PROVIDER, reseller=RESELLER, by=administrator, at=SIGNED_AT)
    with pytest.raises(Refusal, match="nothing of it changes"):
        state_wishes(proposal, "More.", by=keeper(proposal.agreement), at=SIGNED_AT)
    with (
        pytest.raises(Exception, match="settled_proposals_stay"),
        transaction.atomic(),
    ):
        RenewalProposal.objects.update(tier="level-1")


def test_only_the_right_people_act(
    proposal: RenewalProposal, manager: User, administrator: User
) -> None:
    with pytest.raises(Refusal, match="You may not sign a renewal"):
        sign_renewal(proposal, provider=PROVIDER, reseller=RESELLER, by=manager, at=SIGNED_AT)
    engineer = User.objects.create_user("e@legato.example", name="E", roles=[Role.CSE])
    with pytest.raises(Refusal, match="You may not propose a renewal"):
        open_renewal(proposal.agreement, by=engineer, at=OPENS_AT)
    assert open_renewal(proposal.agreement, by=administrator, at=OPENS_AT) == proposal


# --- declined ------------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 9.2")
def test_a_year_is_not_renewed_by_the_right_and_the_reseller_has_notice(
    mti: Agreement, manager: User, told: dict[int, Performance]
) -> None:
    told[mti.pk] = a_performance("non-compliant", ("2003-03-03", "non-compliant"))
    declined = decline_renewal(mti, "Four reviews in a row.", by=manager, at=OPENS_AT)
    assert (declined.state, declined.reason) == ("declined", "Four reviews in a row.")
    entry = JournalEntry.objects.about(mti).get(verb="renewal.declined")
    assert entry.clause == "ATSP 9.2"
    assert "since 3 Mar 2003" in entry.text
    assert entry.data["facts"][0]["on"] == "2003-03-03"
    notices = Notice.objects.filter(step="renewal-declined", channel="email")
    assert {"thirsch@mti.example", "jshinn@mti.example"} <= {one.address for one in notices}
    assert planned(mti) == [], "nothing is proposed on its day any more"
    with pytest.raises(Refusal):
        decline_renewal(mti, "Once more.", by=manager, at=OPENS_AT + MINUTE)
    sweep(OVER)
    assert RenewalProposal.objects.count() == 1
    assert not Notice.objects.filter(step="renewal-opened").exists()


@pytest.mark.clause("ATSP 9.2")
def test_without_the_right_the_year_cannot_be_declined(
    mti: Agreement, manager: User, told: dict[int, Performance]
) -> None:
    told[mti.pk] = a_performance("compliant", ("2003-03-03", "compliant"))
    with pytest.raises(Refusal, match="does not hold") as refused:
        decline_renewal(mti, "We do not like it.", by=manager, at=OPENS_AT)
    assert (refused.value.clause, refused.value.field) == ("ATSP 9.2", None)
    told[mti.pk] = a_performance("non-compliant", ("2003-03-03", "non-compliant"))
    with pytest.raises(Refusal, match="is told why"):
        decline_renewal(mti, " ", by=manager, at=OPENS_AT)


def test_a_draft_and_a_terminated_agreement_are_not_renewed(
    mti: Agreement, version: ProgrammeVersion, manager: User, told: dict[int, Performance]
) -> None:
    draft = make_agreement(version, state=AgreementState.DRAFT)
    with pytest.raises(Refusal, match="is a draft"):
        open_renewal(draft, by=manager, at=OPENS_AT)
    end_for_cause(
        mti,
        on=dt.date(2003, 3, 5),
        reason="The reseller agreement was terminated.",
        by=None,
        at=dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC),
    )
    assert planned(mti) == []
    with pytest.raises(Refusal, match="was terminated"):
        open_renewal(mti, by=manager, at=OPENS_AT)
    told[mti.pk] = a_performance("non-compliant", ("2003-03-03", "non-compliant"))
    with pytest.raises(Refusal, match="was terminated"):
        decline_renewal(mti, "Four reviews in a row.", by=manager, at=OPENS_AT)


def test_one_proposal_a_year(proposal: RenewalProposal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalProposal.objects.create(
            agreement=proposal.agreement,
            programme_version=proposal.programme_version,
            opened_at=OPENS_AT,
        )
