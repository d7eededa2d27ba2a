"""The people around a work order of the real agreement, and the order at each point of its way.

It is Wednesday 2003-03-05, 10:00 in Los Angeles (`AT`).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.billing.models.charges import AuthorisationKind, FeeCode, StandardFee
from contracts.parties.models.parties import Contact
from contracts.work_orders.actions import asking, authorising, working
from contracts.work_orders.actions import logs as work_logs
from contracts.work_orders.actions.asking import CaseFacts
from contracts.work_orders.actions.authorising import Paper
from contracts.work_orders.models import ExpenseKind, WorkExpense, WorkLog, WorkOrder
from portal.models import JournalEntry, Notice, User
from portal.roles import Role
from tests.contracts.factories import MTI_FILE, load

AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7\nPurchase order"


@dataclass
class WorkWorld:
    """The agreement, its contacts, and the provider's people."""

    agreement: Agreement
    technical: Contact
    administrative: Contact
    engineer: User
    manager: User
    dispatch: User
    keeper: User
    psam: User

    def user(self, name: str) -> User:
        """The user of somebody by the name of the field."""
        who = getattr(self, name)
        user = who.user if isinstance(who, Contact) else who
        assert isinstance(user, User)
        return user

    @property
    def case(self) -> CaseFacts:
        """The case that work is tied to."""
        return CaseFacts(100245, "Index corrupt after the upgrade", self.technical, self.engineer)

    def requested(self, rate: str = "on-site-replication", **changes: Any) -> WorkOrder:
        """The Technical Contact asks for work at their own site."""
        values: dict[str, Any] = {
            "rate": rate,
            "problem": "Every scan of the media index ends in a core dump.",
            "site": self.technical.site,
            "by": self.user("technical"),
            "at": AT,
        }
        case = changes.pop("case", self.case)
        return asking.request_work(self.agreement, case, **(values | changes))

    def estimated(self, rate: str = "on-site-replication", **changes: Any) -> WorkOrder:
        """The engineer estimates two days, and travel and living where it is charged."""
        order = self.requested(rate)
        values: dict[str, Any] = {
            "days": Decimal(2),
            "expenses": Decimal(1200) if order.terms.expenses_clause else Decimal(0),
            "by": self.engineer,
            "at": AT + MINUTE,
        }
        return asking.estimate(order, **(values | changes))

    def authorise(self, order: WorkOrder, **changes: Any) -> WorkOrder:
        """The Administrative Contact gives a purchase order of US$7,000."""
        values: dict[str, Any] = {
            "kind": AuthorisationKind.PURCHASE_ORDER,
            "number": "PO-7731",
            "amount": Decimal(7000),
            "dated_on": AT.date(),
            "by": self.user("administrative"),
            "at": AT + 2 * MINUTE,
        }
        return authorising.authorise(order, **(values | changes))

    def authorised(self, rate: str = "on-site-replication", **changes: Any) -> WorkOrder:
        """An order that may start."""
        return self.authorise(self.estimated(rate), **changes)

    def under_way(self, rate: str = "on-site-replication", **changes: Any) -> WorkOrder:
        """An order that has started."""
        order = self.authorised(rate, **changes)
        return working.start(order, by=self.engineer, at=AT + HOUR)

    def log(self, order: WorkOrder, day: int = 1, hours: int = 8, **changes: Any) -> WorkLog:
        """The engineer logs a day's work, so many days later."""
        began_at = AT + day * DAY
        values: dict[str, Any] = {
            "began_at": began_at,
            "ended_at": began_at + hours * HOUR,
            "days": Decimal(1) if order.terms.per_day else None,
            "text": "Scanned the media of the last week on a copy.",
            "by": self.engineer,
            "at": began_at + 10 * HOUR,
        }
        return work_logs.log_work(order, **(values | changes))

    def expense(self, order: WorkOrder, **changes: Any) -> WorkExpense:
        """The engineer adds a flight."""
        values: dict[str, Any] = {
            "kind": ExpenseKind.TRAVEL,
            "incurred_at": AT + DAY,
            "amount": Decimal("420.10"),
            "text": "Flight to Anaheim",
            "receipt": Paper("flight.pdf", b"%PDF-1.7\nReceipt"),
            "by": self.engineer,
            "at": AT + 2 * DAY,
        }
        return work_logs.add_expense(order, **(values | changes))

    def notified(self, **changes: Any) -> WorkOrder:
        """The engineer notifies that it may not be the Software."""
        values: dict[str, Any] = {
            "grounds": "The tape drive reports hardware errors.",
            "by": self.engineer,
            "at": AT,
        }
        return asking.notify_not_software(self.agreement, self.case, **(values | changes))

    def instructed(self) -> WorkOrder:
        """The Technical Contact instructs to proceed, and the engineer starts."""
        order = authorising.instruct(self.notified(), by=self.user("technical"), at=AT + 2 * MINUTE)
        return working.start(order, by=self.engineer, at=AT + HOUR)

    def set_rate(self, amount: int = 250, day: dt.date = dt.date(2002, 9, 1)) -> None:
        """A then-current rate for professional services."""
        StandardFee.objects.create(
            code=FeeCode.TIME_AND_MATERIALS, amount=amount, starts_on=day, set_at=AT
        )


def make_work_world() -> WorkWorld:
    """Load the agreement and its people."""
    agreement = load(MTI_FILE)

    def person(name: str, role: Role) -> User:
        email = f"{name.lower().replace(' ', '.')}@legato.example"
        return User.objects.create_user(email, name=name, roles=[role])

    contacts = agreement.reseller.contacts
    return WorkWorld(
        agreement=agreement,
        technical=contacts.get(name="Mathew Keane"),
        administrative=contacts.get(name="Terri Hirsch"),
        engineer=person("Carla Stone", Role.CSE),
        manager=person("Mona Reyes", Role.SUPPORT_MANAGEMENT),
        dispatch=person("Dina Patel", Role.DISPATCH),
        keeper=person("Conrad Adler", Role.CONTRACT_ADMINISTRATOR),
        psam=person("Paula Samson", Role.PSAM),
    )


def again(order: WorkOrder) -> WorkOrder:
    """The order as the database has it."""
    return WorkOrder.objects.get(pk=order.pk)


def told(order: WorkOrder, step: str) -> set[str]:
    """The names of those who read in their inbox that the step was taken."""
    found = Notice.objects.about(order).filter(step__startswith=step, channel="inbox")
    return {notice.recipient.name for notice in found.select_related("recipient")}


def verbs(order: WorkOrder) -> list[str]:
    """What its journal says happened, in order."""
    return [entry.verb for entry in JournalEntry.objects.about(order).in_order()]
