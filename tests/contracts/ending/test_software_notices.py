"""Written notice that support for a Software ends: what its day does, once, and what withdrawing it calls off."""

import datetime as dt

import pytest

from contracts.agreements.models.agreements import Agreement
from contracts.ending.actions.software_notices import (
    ENDS,
    give_software_notice,
    withdraw_software_notice,
)
from contracts.ending.models import NoticeGround, SoftwareNotice
from portal.deadlines.sweep import sweep
from portal.models import Deadline, DeadlineState, JournalEntry, Notice, User
from portal.rules.refusal import Refusal
from tests.contracts.factories import make_agreement

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ATSP 9.3")]
GIVEN_AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
ENDS_ON = dt.date(2003, 6, 10)
ENDED_AT = dt.datetime(2003, 6, 10, 7, 0, tzinfo=dt.UTC)  # midnight in Los Angeles, daylight saving
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def agreement() -> Agreement:
    return make_agreement()


def give(agreement: Agreement, by: User, software: str = "NetWorker") -> SoftwareNotice:
    return give_software_notice(
        agreement,
        software=software,
        ground=NoticeGround.NO_LONGER_SUPPORTED,
        text="It ends.",
        given_on=dt.date(2003, 3, 5),
        ends_on=ENDS_ON,
        by=by,
        at=GIVEN_AT,
    )


def ended(agreement: Agreement, software: str, at: dt.datetime) -> list[SoftwareNotice]:
    found = SoftwareNotice.objects.ended(agreement.contract_number, software, agreement.date_at(at))
    return list(found)


def ends(agreement: Agreement) -> list[JournalEntry]:
    return list(JournalEntry.objects.about(agreement).filter(verb="software.support_ended"))


def test_support_ends_with_the_first_instant_of_its_day_in_the_agreements_zone_and_once(
    agreement: Agreement, administrator: User
) -> None:
    give(agreement, administrator)
    assert Deadline.objects.about(agreement).get(kind=ENDS).due_at == ENDED_AT
    sweep(ENDED_AT - SECOND)
    assert ends(agreement) == []
    sweep(ENDED_AT)
    sweep(ENDED_AT + SECOND)
    (entry,) = ends(agreement)
    assert (entry.clause, entry.public) == ("ATSP 9.3", True)
    assert entry.text == "NetWorker: no support from 10 Jun 2003"
    told = Notice.objects.about(agreement).filter(step__contains="software-ended")
    assert {notice.late for notice in told} <= {False}


def test_a_withdrawn_notice_ends_nothing(agreement: Agreement, administrator: User) -> None:
    notice = give(agreement, administrator)
    withdraw_software_notice(notice, by=administrator, at=GIVEN_AT + SECOND)
    assert Deadline.objects.about(agreement).get(kind=ENDS).state == DeadlineState.CANCELLED
    sweep(ENDED_AT + SECOND)
    assert ends(agreement) == []
    assert ended(agreement, "NetWorker", ENDED_AT) == []


def test_there_is_no_support_from_that_day_on_and_for_that_software_only(
    agreement: Agreement, administrator: User
) -> None:
    notice = give(agreement, administrator)
    assert ended(agreement, "NetWorker", ENDED_AT - SECOND) == []
    assert ended(agreement, "networker", ENDED_AT) == [notice]
    assert ended(agreement, "RepliStor", ENDED_AT) == []
    assert ended(make_agreement(), "NetWorker", ENDED_AT) == []


def test_one_notice_stands_for_a_software_until_it_is_withdrawn(
    agreement: Agreement, administrator: User
) -> None:
    first = give(agreement, administrator)
    with pytest.raises(Refusal, match="was given already"):
        give(agreement, administrator, " networker")
    withdraw_software_notice(first, by=administrator, at=GIVEN_AT + SECOND)
    again = give(agreement, administrator)
    assert ended(agreement, "NetWorker", ENDED_AT) == [again]


def test_the_withdrawal_of_one_notice_leaves_the_others_day_standing(
    agreement: Agreement, administrator: User
) -> None:
    one, other = give(agreement, administrator), give(agreement, administrator, "RepliStor")
    withdraw_software_notice(one, by=administrator, at=GIVEN_AT + SECOND)
    rows = Deadline.objects.about(agreement).pending().filter(kind=ENDS)
    assert [row.step for row in rows] == [str(other.pk)]
    sweep(ENDED_AT)
    assert [entry.text for entry in ends(agreement)] == ["RepliStor: no support from 10 Jun 2003"]


def test_a_notice_is_withdrawn_until_its_day_begins_in_the_agreements_zone(
    agreement: Agreement, administrator: User
) -> None:
    notice = give(agreement, administrator)
    with pytest.raises(Refusal, match=r"has ended on 10 Jun 2003"):
        withdraw_software_notice(notice, by=administrator, at=ENDED_AT)
    notice = withdraw_software_notice(notice, by=administrator, at=ENDED_AT - SECOND)
    assert notice.withdrawn_at == ENDED_AT - SECOND


def test_a_notice_is_recorded_on_its_day_or_later(
    agreement: Agreement, administrator: User
) -> None:
    with pytest.raises(Refusal, match="in the future") as refused:
        give_software_notice(
            agreement,
            software="NetWorker",
            ground=NoticeGround.NO_LONGER_SUPPORTED,
            text="It ends.",
            given_on=dt.date(2003, 3, 6),
            ends_on=dt.date(2003, 12, 31),
            by=administrator,
            at=GIVEN_AT,
        )
    assert refused.value.field == "given_on"


def test_the_reseller_is_told_of_the_notice_when_it_is_given(
    administrator: User, mti: Agreement
) -> None:
    give(mti, administrator)
    assert Notice.objects.about(mti).filter(channel="email").exists()
