"""Whom to notify about work orders, at the reseller and the provider, in a few queries however many there are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from contracts.parties.models.parties import Contact
from contracts.parties.people import Staff
from contracts.parties.presence import Presence, written_to
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.work_orders.models import WorkOrder
from portal.alarms import raise_alarm
from portal.models import User
from portal.notices.outbox import Recipient
from portal.roles import Role


class WorkPeople:
    """The people of some work orders at an instant."""

    def __init__(self, orders: Iterable[WorkOrder], at: dt.datetime) -> None:
        self.at = at
        self._resellers = {order.agreement.reseller_id for order in orders}
        self._presence = Presence(at)
        self._managers = Staff(Role.SUPPORT_MANAGEMENT, at=at)
        self._administrators = Staff(Role.CONTRACT_ADMINISTRATOR, at=at)

    def provider(self, order: WorkOrder, *, but: User | None = None) -> list[Recipient]:
        """The order's engineer, or Customer Support Management while nobody there has it; never who acts (`but`)."""
        engineer = order.engineer
        if engineer is not None and self._presence.can_act(engineer):
            people = [engineer]
        else:
            people = self._managers.holders(order.agreement.provider_id)
            people = people or self.administrators(order)
        return [one for one in people if one != but]

    def administrators(self, order: WorkOrder) -> list[User]:
        """The contract administrators of the agreement's provider."""
        return self._administrators.of(order.agreement)

    def reseller(self, order: WorkOrder) -> list[Recipient]:
        """The case's contact and the Administrative Contact; an alarm when neither can be told in writing."""
        found: dict[str, Recipient] = {}
        for contact in (order.contact, *self._keepers[order.agreement.reseller_id]):
            recipient = written_to(contact)
            if recipient is not None:
                found.setdefault(recipient.email.lower(), recipient)
        if not found:
            raise_alarm(
                order,
                "nobody-to-tell",
                f"Work order {order.number} of {order.agreement.reseller.name}: nobody at the reseller can be told.",
                at=self.at,
                url=order.get_absolute_url(),
            )
        return list(found.values())

    @cached_property
    def _keepers(self) -> dict[int, list[Contact]]:
        """The Administrative Contacts, by reseller."""
        entries = RosterEntry.objects.current(self.at).filter(
            agreement__reseller__in=self._resellers, standing=RosterRole.ADMINISTRATIVE
        )
        found: dict[int, list[Contact]] = defaultdict(list)
        for entry in entries.select_related("contact__user").order_by("pk"):
            found[entry.contact.organisation_id].append(entry.contact)
        return found
