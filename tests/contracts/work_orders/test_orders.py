"""The life of a work order: who may do what, what is recorded, who is told (ATSP 5.2.6, 7.1, 7.3.3, 16, 17, 18)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from contracts.billing.models.charges import Authorisation, AuthorisationKind
from contracts.parties.models.parties import Contact, Site
from contracts.roster.models.entries import RosterEntry
from contracts.work_orders.actions import asking, authorising, working
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.actions.frame import REMINDER
from contracts.work_orders.events import WorkOrderChanged
from contracts.work_orders.models import WorkOrder
from contracts.work_orders.rules.orders import Outcome, State
from portal import subscriptions
from portal.deadlines.sweep import sweep
from portal.models import Attachment, Deadline, JournalEntry, Notice
from portal.notices.rendering import render
from portal.rules.refusal import Refusal
from tests.cases.pages import queries
from tests.contracts.factories import make_contact, make_organisation, make_site
from tests.contracts.work_orders.world import (
    AT,
    DAY,
    HOUR,
    MINUTE,
    PDF,
    WorkWorld,
    again,
    make_work_world,
    told,
    verbs,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> WorkWorld:
    return make_work_world()


# --- asking for work ---------------------------------------------------------------------------


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18", "ATSP Ex.D")
def test_a_contact_asks_for_work_on_a_case_and_its_engineer_is_told(world: WorkWorld) -> None:
    order = world.requested()
    assert (order.number, str(order)) == (f"W-{order.pk}", f"Work order W-{order.pk}")
    assert (order.case_number, order.stands, order.site) == (
        100245,
        State.REQUESTED,
        world.technical.site,
    )
    assert "Anaheim" in order.where
    entry = JournalEntry.objects.about(order).get()
    assert (entry.verb, entry.clause, entry.public) == ("work.requested", "ATSP 17", True)
    assert told(order, "requested") == {"Carla Stone"}


def test_without_an_engineer_support_management_is_told(world: WorkWorld) -> None:
    case = asking.CaseFacts(7, "Label fails", world.technical)
    assert told(world.requested(case=case), "requested") == {"Mona Reyes"}


def test_an_engineer_proposes_it_and_the_reseller_reads_so(world: WorkWorld) -> None:
    order = world.requested(by=world.manager)
    assert verbs(order) == ["work.proposed"]
    assert told(order, "requested") == {"Carla Stone", "Mathew Keane", "Terri Hirsch"}


@pytest.mark.parametrize(
    ("rate", "site", "address", "refused"),
    [
        ("remote-replication", None, "", None),
        ("on-site-support", None, "Harbour Freight Lines, 12 Quay Road, Oakland", None),
        ("on-site-support", None, "  ", "site"),
        ("on-site-replication", "own", "Harbour Freight Lines", "site"),
        ("", None, "", None),
    ],
)
def test_on_site_work_is_at_one_site(
    world: WorkWorld, rate: str, site: str | None, address: str, refused: str | None
) -> None:
    where: Site | None = world.technical.site if site else None
    if refused is not None or not rate:
        with pytest.raises(Refusal) as refusal:
            world.requested(rate, site=where, end_user_site=address)
        assert refusal.value.field == refused
        return
    order = world.requested(rate, site=where, end_user_site=address)
    assert order.where == address


def test_remote_work_names_no_site(world: WorkWorld) -> None:
    assert world.requested("remote-replication").where == ""


def test_work_is_not_asked_for_at_somebody_elses_site_or_without_a_problem(
    world: WorkWorld,
) -> None:
    with pytest.raises(Refusal, match="not a site of this reseller"):
        world.requested(site=make_site(make_organisation()))
    with pytest.raises(Refusal) as refused:
        world.requested(problem=" ")
    assert refused.value.field == "problem"


@pytest.mark.clause("ATSP 5.2.1")
def test_a_waiting_contact_cannot_ask_for_work_yet(world: WorkWorld) -> None:
    RosterEntry.objects.filter(contact=world.technical).update(usable_from=AT + DAY)
    with pytest.raises(Refusal) as refused:
        world.requested()
    assert refused.value.clause == "ATSP 5.2.1"
    assert world.requested(by=world.user("administrative")).stands is State.REQUESTED


@pytest.mark.parametrize("who", ["dispatch", "keeper", "psam", "stranger"])
def test_others_do_not_ask_for_work(world: WorkWorld, who: str) -> None:
    stranger = make_contact(make_organisation()).user
    with pytest.raises(Refusal):
        world.requested(by=stranger if who == "stranger" else world.user(who))
    assert not WorkOrder.objects.exists()


# --- estimate and authorization ----------------------------------------------------------------


@pytest.mark.clause("ATSP 17", "ATSP Ex.D")
def test_an_estimate_is_sent_to_the_contact_and_the_administrative_contact(
    world: WorkWorld,
) -> None:
    order = world.estimated()
    assert (order.stands, order.estimated_total) == (State.ESTIMATED, Decimal(6200))
    assert told(order, "estimated") == {"Mathew Keane", "Terri Hirsch"}
    order = asking.estimate(
        order, days=Decimal(1), expenses=Decimal(0), by=world.keeper, at=AT + HOUR
    )
    assert again(order).estimated_total == 2500
    with pytest.raises(Refusal):
        asking.estimate(
            order, days=Decimal(1), expenses=Decimal(0), by=world.user("technical"), at=AT
        )


@pytest.mark.clause("ATSP 16", "ATSP 17", "ATSP 18", "ATSP Ex.D")
def test_nothing_starts_without_a_purchase_order_or_an_email(world: WorkWorld) -> None:
    for order in (world.requested(), world.estimated("remote-replication")):
        with pytest.raises(Refusal, match="No work starts before") as refused:
            working.start(order, by=world.engineer, at=AT + HOUR)
        assert refused.value.clause == order.terms.clause
        with pytest.raises(Refusal, match="No work starts before"):
            world.log(order)
        assert again(order).started_at is None


@pytest.mark.clause("ATSP 17", "ATSP Ex.D")
def test_a_purchase_order_authorises_the_fee_and_its_paper_is_kept(world: WorkWorld) -> None:
    order = world.authorised(paper=Paper("po.pdf", PDF))
    given = order.authorisations.get()
    assert (given.number, given.given_by, given.amount) == ("PO-7731", "Terri Hirsch", 7000)
    assert (order.authorised_at, order.authorised_by) == (
        AT + 2 * MINUTE,
        world.user("administrative"),
    )
    paper = Attachment.objects.about(given).get()
    assert (paper.purpose, paper.name) == ("purchase_order", "po.pdf")
    assert told(order, "authorised") == {"Carla Stone"}
    started = working.start(order, by=world.manager, at=AT + HOUR)
    assert (started.stands, started.engineer) == (State.UNDER_WAY, world.manager)


@pytest.mark.clause("ATSP 16", "ATSP Ex.D")
@pytest.mark.parametrize(
    ("text", "paper", "kept"),
    [
        (
            "Please proceed; we intend to pay US$3,000.",
            None,
            "Please proceed; we intend to pay US$3,000.",
        ),
        ("", Paper("authorisation.txt", b"Please proceed."), "As attached: authorisation.txt"),
    ],
)
def test_the_email_itself_authorises_pasted_or_attached(
    world: WorkWorld, text: str, paper: Paper | None, kept: str
) -> None:
    order = world.authorised(
        "remote-replication",
        kind=AuthorisationKind.EMAIL,
        number="",
        amount=None,
        text=text,
        paper=paper,
        by=world.keeper,
        given_by="Terri Hirsch",
    )
    given = order.authorisations.get()
    assert (given.kind, given.text, given.amount) == ("email", kept, None)
    assert Attachment.objects.about(given).count() == (paper is not None)
    assert told(order, "authorised") >= {"Terri Hirsch"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "  "}, "number"),
        ({"kind": AuthorisationKind.EMAIL, "text": " "}, "text"),
        ({"amount": Decimal(0)}, "amount"),
        ({"dated_on": AT.date() + DAY}, "dated_on"),
    ],
)
def test_only_a_purchase_order_or_an_email_authorizes(
    world: WorkWorld, changes: dict[str, Any], field: str
) -> None:
    order = world.estimated()
    with pytest.raises(Refusal) as refused:
        world.authorise(order, **changes)
    assert (refused.value.field, refused.value.clause) == (field, "ATSP 17")
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize("who", ["technical", "engineer", "dispatch", "psam"])
def test_only_the_administrative_contact_or_a_contract_administrator_authorises(
    world: WorkWorld, who: str
) -> None:
    with pytest.raises(Refusal):
        world.authorise(world.estimated(), by=world.user(who))


def test_an_estimate_above_what_is_covered_is_warned_about_and_more_can_be_authorised(
    world: WorkWorld,
) -> None:
    order = world.authorised(amount=Decimal(5000))
    entry = JournalEntry.objects.about(order).get(verb="work.authorised")
    assert "The estimate is US$1,200.00 above what is authorized." in entry.text
    order = world.authorise(order, number="PO-7732", amount=Decimal(1200), at=AT + HOUR)
    assert order.authorised_at == AT + 2 * MINUTE
    assert verbs(order)[-1] == "work.authorised_further"
    assert order.authorisations.count() == 2


@pytest.mark.parametrize("who", ["technical", "administrative", "engineer", "keeper"])
def test_either_side_declines_before_it_is_authorised(world: WorkWorld, who: str) -> None:
    order = authorising.decline(
        world.estimated(), by=world.user(who), at=AT + HOUR, reason="It was found meanwhile."
    )
    assert (order.stands, order.declined_at) == (State.DECLINED, AT + HOUR)
    other = "Terri Hirsch" if who in ("engineer", "keeper") else "Carla Stone"
    assert other in told(order, "declined")
    with pytest.raises(Refusal):
        world.authorise(order)


# --- stopping and finishing --------------------------------------------------------------------


@pytest.mark.clause("ATSP 7.3.3")
def test_a_notice_to_stop_is_received_as_it_is_sent(world: WorkWorld) -> None:
    order = world.under_way()
    order = authorising.stop(
        order,
        by=world.user("technical"),
        at=AT + 2 * HOUR,
        received_at=AT + 5 * DAY,  # the reseller does not choose when
        text="We found it. Please stop.",
    )
    assert (order.stands, order.stop_received_at) == (State.STOPPED, AT + 2 * HOUR)
    entry = JournalEntry.objects.about(order).get(verb="work.stopped")
    assert entry.clause == "ATSP 17, ATSP 7.3.3"
    assert told(order, "stopped") == {"Carla Stone", "Conrad Adler"}


@pytest.mark.clause("ATSP 7.3.3")
def test_a_notice_that_came_another_way_counts_from_its_receipt(world: WorkWorld) -> None:
    order = world.under_way()
    for received_at, said in ((AT + 9 * DAY, "after it is put on record"), (AT, "authorized")):
        with pytest.raises(Refusal, match=said) as refused:
            authorising.stop(
                order,
                by=world.dispatch,
                at=AT + 3 * HOUR,
                received_at=received_at,
                text="By fax.",
            )
        assert refused.value.field == "received_at"
    order = authorising.stop(
        order, by=world.dispatch, at=AT + 3 * HOUR, received_at=AT + 2 * HOUR, text="By fax."
    )
    assert order.stop_received_at == AT + 2 * HOUR
    assert told(order, "stopped") >= {"Terri Hirsch", "Carla Stone"}


def test_only_work_under_way_can_be_stopped(world: WorkWorld) -> None:
    with pytest.raises(Refusal):
        authorising.stop(world.estimated(), by=world.user("technical"), at=AT + HOUR, text="Stop.")
    with pytest.raises(Refusal):
        authorising.stop(world.under_way(), by=world.psam, at=AT + HOUR, text="Stop.")


def test_finished_work_says_what_came_of_it(world: WorkWorld) -> None:
    order = working.finish(
        world.under_way(), by=world.engineer, at=AT + DAY, text="Replicated: the index header."
    )
    assert (order.stands, order.finished_at) == (State.FINISHED, AT + DAY)
    assert told(order, "finished") == {"Mathew Keane", "Terri Hirsch", "Conrad Adler"}
    with pytest.raises(Refusal):
        working.finish(order, by=world.user("technical"), at=AT + DAY, text="Done.")


# --- section 7 ---------------------------------------------------------------------------------


@pytest.mark.clause("ATSP 5.2.6", "ATSP 7.1")
def test_the_reseller_is_notified_with_both_choices(world: WorkWorld) -> None:
    world.set_rate()
    order = world.notified(hours=Decimal(6))
    assert (order.stands, order.basis, order.rate) == (State.NOTIFIED, "time_and_materials", "")
    assert told(order, "notified") == {"Mathew Keane", "Terri Hirsch"}
    notice = Notice.objects.about(order).filter(step="notified", channel="email").first()
    assert notice is not None
    proceed, not_pursue = notice.context["more"]
    assert "at your possible expense" in proceed
    assert "6 hours × US$250.00: US$1,500.00." in proceed
    assert "Nothing is charged".lower() in not_pursue.lower()
    assert notice.clause == "ATSP 7.1"


def test_one_notice_at_a_time_by_an_engineer_with_its_ground(world: WorkWorld) -> None:
    for changes in (
        {"by": world.user("technical")},
        {"by": world.keeper},
        {"grounds": "  "},
        {"hours": Decimal(6)},  # no rate is on record
    ):
        with pytest.raises(Refusal):
            world.notified(**changes)
    world.notified()
    with pytest.raises(Refusal, match="has been notified about case 100245"):
        world.notified()
    assert WorkOrder.objects.count() == 1


@pytest.mark.clause("ATSP 7.1")
@pytest.mark.parametrize("who", ["technical", "administrative"])
def test_the_reseller_instructs_to_proceed_at_its_possible_expense(
    world: WorkWorld, who: str
) -> None:
    order = authorising.instruct(world.notified(), by=world.user(who), at=AT + MINUTE)
    assert (order.stands, order.authorised_by) == (State.AUTHORISED, world.user(who))
    assert told(order, "instructed") == {"Carla Stone"}
    assert verbs(order) == ["work.notified", "work.instructed"]


@pytest.mark.clause("ATSP 7.1")
def test_the_provider_does_not_instruct_itself(world: WorkWorld) -> None:
    order = world.notified()
    for who in ("engineer", "keeper"):
        with pytest.raises(Refusal) as refused:
            authorising.instruct(order, by=world.user(who), at=AT + MINUTE)
        assert refused.value.clause == "ATSP 7.1"


@pytest.mark.clause("ATSP 7.1")
def test_the_provider_may_drop_what_the_reseller_does_not_pursue(world: WorkWorld) -> None:
    order = authorising.decline(world.notified(), by=world.user("technical"), at=AT + MINUTE)
    assert order.stands is State.DECLINED
    notice = Notice.objects.about(order).filter(step="declined", channel="inbox").get()
    assert notice.recipient == world.engineer
    assert "You may elect, at your sole discretion, not to pursue it." in notice.context["words"]


@pytest.mark.clause("ATSP 7.2", "ATSP 7.3.1")
@pytest.mark.parametrize(
    ("outcome", "clause"), [(Outcome.SOFTWARE, "ATSP 7.3.1"), (Outcome.NOT_SOFTWARE, "ATSP 7.2")]
)
def test_the_cause_is_decided_with_what_was_found(
    world: WorkWorld, outcome: Outcome, clause: str
) -> None:
    order = working.decide(
        world.instructed(), outcome=outcome, words="The drive.", by=world.engineer, at=AT + DAY
    )
    assert (order.outcome, order.stands) == (outcome, State.UNDER_WAY)
    assert JournalEntry.objects.about(order).get(verb="work.decided").clause == clause
    assert told(order, "decided") == {"Mathew Keane", "Terri Hirsch", "Conrad Adler"}
    with pytest.raises(Refusal):
        working.decide(
            order, outcome=outcome, words="Mine.", by=world.user("technical"), at=AT + DAY
        )


def test_work_by_the_day_has_no_cause_to_decide(world: WorkWorld) -> None:
    with pytest.raises(Refusal):
        working.decide(
            world.under_way(), outcome=Outcome.SOFTWARE, words="It.", by=world.engineer, at=AT + DAY
        )


# --- who is told, and reminded -----------------------------------------------------------------


def test_contacts_who_left_get_no_notice_and_no_recipient_raises_an_alarm(world: WorkWorld) -> None:
    order = world.requested()
    Contact.objects.filter(pk=world.technical.pk).update(left_at=AT)
    asking.estimate(order, days=Decimal(2), expenses=Decimal(0), by=world.engineer, at=AT + MINUTE)
    assert told(order, "estimated") == {"Terri Hirsch"}
    Contact.objects.filter(pk=world.administrative.pk).update(left_at=AT)
    asking.estimate(order, days=Decimal(1), expenses=Decimal(0), by=world.engineer, at=AT + HOUR)
    assert JournalEntry.objects.about(order).filter(verb="alarm.raised").exists()


def test_the_next_person_is_reminded_after_some_business_days(world: WorkWorld) -> None:
    order = world.requested()
    deadline = Deadline.objects.about(order).get(kind=REMINDER, state="pending")
    assert deadline.due_at == AT + 2 * DAY  # Wednesday and two Business Days
    order = asking.estimate(
        order, days=Decimal(1), expenses=Decimal(0), by=world.engineer, at=AT + HOUR
    )
    pending = Deadline.objects.about(order).get(kind=REMINDER, state="pending")
    assert (pending.step, pending.due_at) == ("estimated", AT + 7 * DAY + HOUR)
    sweep(now=pending.due_at)
    assert told(order, "reminder") == {"Mathew Keane", "Terri Hirsch"}
    assert verbs(order)[-1] == "work.reminded"
    order = world.authorise(order, at=pending.due_at + HOUR)
    waiting = Deadline.objects.about(order).get(kind=REMINDER, state="pending")
    sweep(now=waiting.due_at)
    newest = Notice.objects.about(order).filter(channel="inbox").latest("pk")
    assert newest.recipient == world.engineer
    working.start(order, by=world.engineer, at=waiting.due_at + HOUR)
    assert not Deadline.objects.about(order).filter(state="pending").exists()


def test_reminding_costs_the_same_for_one_order_as_for_several(world: WorkWorld) -> None:
    def statements() -> int:
        with queries() as seen:
            sweep(now=AT + 30 * DAY)
        return len(seen)

    world.requested()
    few = statements()
    for rate in ("on-site-support", "remote-replication", "on-site-replication"):
        world.requested(rate)
        world.estimated(rate)
    several = statements()
    assert several <= few + 3, (few, several)  # the Administrative Contacts, read once


def test_the_mail_of_a_notice_says_both_choices_and_leads_to_the_order(world: WorkWorld) -> None:
    order = world.notified(grounds="The drive & its <firmware>.")
    notice = Notice.objects.about(order).filter(channel="email").first()
    assert notice is not None
    mail = render(notice)
    assert mail.subject == "Case 100245: the Problem may not be in the Software"
    for body in (mail.text, mail.html):
        assert "Proceed: we go on with Problem determination at your possible expense." in body
        assert "Do not pursue: nothing is charged." in body
        assert order.get_absolute_url() in body
        assert "ATSP 7.1" in body
    assert "The drive & its <firmware>." in mail.text
    assert "The drive &amp; its &lt;firmware&gt;." in mail.html


@pytest.mark.clause("ATSP 7.3.3")
def test_the_mail_of_a_stop_says_when_it_was_received(world: WorkWorld) -> None:
    order = world.under_way()
    authorising.stop(order, by=world.user("technical"), at=AT + 2 * HOUR, text="Please stop.")
    mail = render(Notice.objects.about(order).filter(step="stopped", channel="email")[0])
    for body in (mail.text, mail.html):
        assert "Wed 5 Mar 2003, 12:00 PST" in body
        assert "Work after the receipt of this notice is not charged." in body


def test_each_act_is_published_to_whoever_listens(world: WorkWorld) -> None:
    heard: list[WorkOrderChanged] = []
    handler = heard.append
    subscriptions.subscribe(WorkOrderChanged, handler)
    try:
        world.estimated()
    finally:
        subscriptions._subscribers[WorkOrderChanged].remove(handler)
    assert [event.verb for event in heard] == ["work.requested", "work.estimated"]


def test_an_order_of_another_agreement_is_not_acted_on(world: WorkWorld) -> None:
    order = world.estimated()
    stranger = make_contact(make_organisation()).user
    assert stranger is not None
    for act in (
        lambda: world.authorise(order, by=stranger),
        lambda: authorising.decline(order, by=stranger, at=AT + dt.timedelta(hours=1)),
        lambda: authorising.stop(order, by=stranger, at=AT + HOUR, text="Stop."),
    ):
        with pytest.raises(Refusal):
            act()


@pytest.mark.clause("ATSP Ex.D 2.3")
def test_each_side_is_told_whom_to_turn_to_before_the_work_goes_on(world: WorkWorld) -> None:
    order = world.authorised()
    assert order.contact is not None, "the reseller's own contact for it"
    started = working.start(order, by=world.engineer, at=AT + HOUR)
    assert started.engineer == world.engineer, "the provider's own contact for it"
    told = Notice.objects.filter(template="work_order", step__contains="started", channel="email")
    mails = [render(one).text for one in told]
    assert mails
    assert all(f"{world.engineer.name} has started the work." in text for text in mails)
    assert order.contact.user in {one.recipient for one in told}
