"""Print the demonstration's accounts, one for every role."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.parties.models.provider_people import ProviderPerson
from contracts.roster.models.entries import RosterEntry
from demo.accounts import PASSWORD
from portal import clock
from portal.models import User


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a table of who may sign in."""
        self.stdout.write(f"Password of every account: {PASSWORD}")
        seen: set[str] = set()
        entries = (
            RosterEntry.objects.current(clock.now())
            .exclude(contact__user=None)
            .select_related("contact__organisation", "contact__user", "agreement")
            .order_by("contact__organisation", "standing", "pk")
        )
        for entry in entries:
            what = f"{entry.called}, {entry.contact.organisation.name}"
            if what not in seen and entry.contact.user is not None:
                seen.add(what)
                self.stdout.write(f"  {entry.contact.user.email:40} {what}")
        employers = dict(ProviderPerson.objects.values_list("user", "organisation__name"))
        for user in User.objects.exclude(roles=[]).order_by("pk"):
            what = ", ".join([*user.role_names, *filter(None, [employers.get(user.pk)])])
            if what not in seen:
                seen.add(what)
                self.stdout.write(f"  {user.email:40} {what}")
