"""A successor in interest: the provider's alone, and named in all that is made from its day on (ATSP 19.3; REN)."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.ending.actions.successions import record_succession
from contracts.ending.models import Succession
from portal.models import JournalEntry, User
from portal.rules.refusal import Refusal
from tests.contracts.factories import load_back_line, make_agreement

pytestmark = pytest.mark.django_db
SINCE = dt.date(2003, 3, 1)


def succeed(agreement: Agreement, side: str, to: str, by: User, at: dt.datetime) -> Succession:
    return record_succession(
        agreement,
        side=side,
        to=to,
        name="EMC Corporation",
        since=SINCE,
        reason="The merger.",
        by=by,
        at=at,
    )


@pytest.mark.clause("ATSP 19.3")
def test_a_reseller_has_no_successor(mti: Agreement, administrator: User, at: dt.datetime) -> None:
    with pytest.raises(Refusal, match="A reseller may not assign the agreement") as refused:
        succeed(mti, "reseller", "", administrator, at)
    assert refused.value.clause == "ATSP 19.3"
    with pytest.raises(Refusal, match="Say what the successor is") as refused:
        succeed(mti, "provider", "A customer", administrator, at)
    assert refused.value.clause == "ATSP 19.3"
    assert not Succession.objects.exists()
    acquirer = mti.programme.transfers[0].to[1]
    succession = succeed(mti, "provider", acquirer, administrator, at)
    assert succession.predecessor == "Legato Systems, Inc."


@pytest.mark.clause("ATSP 19.3", "REN")
def test_a_succession_is_journaled_with_the_name_before_in_what_runs_alone(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    running = make_agreement(mti.programme_version)
    states = AgreementState.DRAFT, AgreementState.ENDED
    others = [make_agreement(mti.programme_version, state=state) for state in states]
    acquirer = mti.programme.transfers[0].to[1]
    succeed(mti, "provider", acquirer, administrator, at)
    for agreement in (mti, running):
        entry = JournalEntry.objects.about(agreement).get(verb="agreement.succeeded")
        assert entry.before == {"provider": "Legato Systems, Inc."}
        assert entry.after["provider"].startswith("EMC Corporation")
    for agreement in others:
        assert not JournalEntry.objects.about(agreement).filter(verb="agreement.succeeded")


@pytest.mark.clause("ATSP 19.3")
def test_a_successor_has_another_name_and_a_day_after_the_last(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    acquirer = mti.programme.transfers[0].to[1]
    succeed(mti, "provider", acquirer, administrator, at)
    for name, field in (("emc corporation ", "name"), ("Aurora Storage", "since")):
        with pytest.raises(Refusal) as refused:
            record_succession(
                mti,
                name=name,
                to=acquirer,
                since=SINCE,
                reason="The sale.",
                by=administrator,
                at=at,
            )
        assert refused.value.field == field
    assert Succession.objects.count() == 1


@pytest.mark.clause("SCL 19.1")
def test_what_legato_is_named_as_a_customer_and_as_a_provider_does_not_touch_each_other(
    mti: Agreement, administrator: User, at: dt.datetime
) -> None:
    succeed(mti, "provider", mti.programme.transfers[0].to[1], administrator, at)
    back_line = load_back_line()
    assert back_line.reseller == mti.provider
    of_another_customer = make_agreement(mti.programme_version, provider=back_line.provider)
    gwen = User.objects.get(name="Gwen Holt")
    record_succession(
        back_line,
        side="reseller",
        name="EMC Corporation",
        since=SINCE,
        reason="The merger.",
        other_party_on=SINCE - dt.timedelta(days=1),
        by=gwen,
        at=at,
    )
    entries = JournalEntry.objects.filter(verb="agreement.succeeded")
    assert [len(entries.about(one)) for one in (back_line, of_another_customer, mti)] == [1, 0, 1]
