"""The real agreement with somebody who pays and somebody who keeps the books, for the tests of money."""

import datetime as dt
from decimal import Decimal
from typing import Any

from contracts.agreements.models.agreements import Agreement
from contracts.billing.actions.charges import add_charge
from contracts.billing.actions.invoices import issue_invoices
from contracts.billing.models.charges import Charge, ChargeKind
from contracts.billing.models.invoices import Invoice
from contracts.roster.models.entries import RosterRole
from portal.deadlines.sweep import sweep
from portal.models import User
from portal.roles import Role
from tests.contracts import factories
from tests.contracts.factories import make_contact, put_on_roster

AT = dt.datetime(2002, 9, 5, 17, 0, tzinfo=dt.UTC)  # Thursday 2002-09-05, 10:00 in Los Angeles
DAY = dt.timedelta(days=1)


class MoneyWorld:
    """MTI's agreement of 2002-09-03 with its two lines (US$80,000 and US$45,000), not invoiced yet."""

    def __init__(self, path: Any = factories.MTI_FILE) -> None:
        self.agreement: Agreement = factories.load(path)
        self.keeper = _user("nina@legato.example", Role.CONTRACT_ADMINISTRATOR)
        self.reader = _user("amir@legato.example", Role.ACCOUNT_MANAGER)
        self.engineer = _user("cleo@legato.example", Role.CSE)
        entry = self.agreement.roster.filter(
            standing=RosterRole.ADMINISTRATIVE, removed_at=None
        ).first()
        if entry is None:
            contact = make_contact(self.agreement.reseller, name="Ada Lindt")
            entry = put_on_roster(self.agreement, contact, RosterRole.ADMINISTRATIVE)
        if entry.contact.user is None:
            email = f"admin.{entry.pk}@reseller.example"
            entry.contact.user = User.objects.create_user(email, name=entry.contact.name)
            entry.contact.save()
        self.payer: User = entry.contact.user

    def charge(self, amount: str, kind: str = ChargeKind.WORK, **more: Any) -> Charge:
        """A line of the agreement."""
        values: dict[str, Any] = {
            "kind": kind,
            "text": f"Line of {amount}",
            "words": f"{amount} in all.",
            "clause": "ATSP 17",
            "by": None,
            "at": AT,
        }
        return add_charge(self.agreement, amount=Decimal(amount), **(values | more))

    def issue(self, *charges: Charge, at: dt.datetime = AT, **more: Any) -> list[Invoice]:
        """Invoice those lines, or all that wait."""
        chosen = charges or tuple(self.agreement.charges.to_bill())
        return issue_invoices(self.agreement, charges=chosen, by=self.keeper, at=at, **more)

    def invoice(self, *charges: Charge, at: dt.datetime = AT) -> Invoice:
        """The one invoice of those lines, or of all that wait."""
        (issued,) = self.issue(*charges, at=at)
        return issued


def balance(invoice: Invoice) -> Decimal:
    """The open amount of a document."""
    return Decimal(Invoice.objects.get(pk=invoice.pk).balance)


def swept(until: dt.datetime) -> None:
    """Everything that is due by an instant happens."""
    sweep(until)


def _user(email: str, role: Role) -> User:
    return User.objects.create_user(email, name=email.split("@")[0].capitalize(), roles=[role])
