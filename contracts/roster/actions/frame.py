"""What every change of the roster shares: who may, the lock, the lines, and what is settled at its end (ATSP 5.2.1)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.rules.agreement_file import TECHNICAL, ContactRole
from contracts.parties.calendars import CalendarBook
from contracts.parties.models.parties import Contact, Site
from contracts.programmes.rules.spans import due
from contracts.roster import notices
from contracts.roster.actions import duty
from contracts.roster.events import ContactLeft
from contracts.roster.models.entries import RosterEntry, RosterRole
from contracts.roster.permissions import is_outlasted
from contracts.roster.reading import form_of
from contracts.roster.rules.lines import Form, Place
from contracts.verbs import Verb
from portal import journal, locks, subscriptions
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal


def may_keep(user: Any, agreement: Agreement) -> bool:
    """Whether somebody keeps the roster: its Administrative Contact, or a contract administrator (ATSP 1.1)."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_provider:
        serves = Agreement.objects.visible_to(user).filter(pk=agreement.pk)
        return user.has_role(Role.CONTRACT_ADMINISTRATOR) and serves.exists()
    return agreement.roster.filter(
        standing=RosterRole.ADMINISTRATIVE,
        removed_at=None,
        contact__user=user,
        contact__left_at=None,
    ).exists()


def require_keeper(agreement: Agreement, by: User, at: dt.datetime) -> None:
    """Raise Refusal unless somebody may change the roster, and it is one that still holds.

    An expired agreement's goes on while delegated coverage outlasts it (SCL 8.4).
    """
    terms = agreement.programme.roster
    if not may_keep(by, agreement):
        keeper = agreement.roster.filter(
            standing=RosterRole.ADMINISTRATIVE, removed_at=None, contact__left_at=None
        ).select_related("contact")
        entry = keeper.first()
        who = f"{entry.contact.name}, the Administrative Contact" if entry else "nobody yet"
        raise Refusal(
            f"You may not change the roster of {agreement.reseller.name}.",
            clause=terms.keeper_clause or terms.clause,
            way_out=f"It is kept by {who}; the provider's contract administrator may change it too.",
        )
    is_over = agreement.state == AgreementState.ENDED or agreement.date_at(at) > agreement.ends_on
    if is_over and not is_outlasted(agreement, at):
        raise Refusal(
            f"Agreement {agreement.contract_number} has ended, so its roster stays as it is.",
            clause=agreement.programme.term_clause or terms.clause,
            way_out="Change the roster of the agreement that follows it.",
        )


@contextmanager
def keeping(agreement: Agreement, *, by: User, at: dt.datetime) -> Iterator["Keeping"]:
    """Change the roster in one transaction under the agreement's lock. Raises Refusal for those who may not.

    At the end the journal is written, contacts without a line have left, the duty of a complete Exhibit A is set or
    met, and those whom it concerns are told.
    """
    with transaction.atomic():
        locks.lock(agreement)
        require_keeper(agreement, by, at)
        change = Keeping(agreement, by, at)
        yield change
        change.finish()


class Keeping:
    """A change of the roster in progress: the lines as they stand now, and the verbs that acts are made of."""

    def __init__(self, agreement: Agreement, by: User, at: dt.datetime) -> None:
        self.agreement = agreement
        self.by = by
        self.at = at
        self.calendars = CalendarBook()
        self.sites: dict[str, Site] = {site.name: site for site in agreement.reseller.sites.all()}
        self.entries: list[RosterEntry] = []
        self._notes: list[journal.Entry] = []
        self._new: list[RosterEntry] = []
        self._gone: dict[int, Contact] = {}
        for entry in agreement.roster.filter(removed_at=None).select_related(
            "contact__site", "contact__user"
        ):
            left_at = entry.contact.left_at
            if left_at is None:
                self.entries.append(entry)
            else:  # whoever left holds no slot
                entry.removed_at = max(left_at, entry.submitted_at)
                entry.save(update_fields=["removed_at"])

    @property
    def form(self) -> Form:
        """The lines as the rules read them."""
        return form_of(self.agreement, self.sites.values(), self.entries)

    def entry(self, pk: int) -> RosterEntry:
        """A line that stands. Raises Refusal when it was changed or removed meanwhile."""
        found = next((entry for entry in self.entries if entry.pk == pk), None)
        if found is None:
            raise Refusal(
                "This line of the roster was changed or removed meanwhile.",
                clause=self.agreement.programme.roster.clause,
                way_out="Look at the roster as it is now, and do it again.",
            )
        return found

    def submit(
        self,
        contact: Contact,
        standing: ContactRole,
        place: Place | None,
        *,
        before: RosterEntry | None = None,
        waits: bool = True,
    ) -> RosterEntry:
        """Write a new line. A technical one waits from now on, or as long as the line `before` it did (ATSP 5.2.1)."""
        at = self.at
        if standing not in TECHNICAL:
            usable_from = at
        elif waits or before is None:
            usable_from = self.usable_from(contact.site)
        else:
            usable_from = max(before.usable_from, at)
        entry = RosterEntry.objects.create(
            agreement=self.agreement,
            contact=contact,
            standing=standing.value,
            pool=place.pool if place else "",
            slot=place.slot if place else None,
            submitted_at=at,
            usable_from=usable_from,
            **self._training_of(contact, before) if standing in TECHNICAL else {},
        )
        self.entries.append(entry)
        self._gone.pop(contact.pk, None)
        if waits or before is None:
            self._new.append(entry)
        return entry

    def end(self, entry: RosterEntry) -> None:
        """End a line; without another one the contact leaves when the change is finished."""
        entry.removed_at = self.at
        entry.save(update_fields=["removed_at"])
        self.entries.remove(entry)
        self._gone[entry.contact_id] = entry.contact

    def usable_from(self, site: Site) -> dt.datetime:
        """From when a contact of the site may ask for assistance when their line is submitted now (ATSP 5.2.1)."""
        programme = self.agreement.programme
        calendar = self.calendars.of(site, programme)
        return due(programme.roster.usable_after, self.at, calendar).at

    def note(self, verb: Verb, text: str, *, clause: str = "", **details: Any) -> None:
        """Add an entry to what the journal will say of the agreement, for the reseller to read too."""
        self._notes.append(
            journal.entry(
                self.agreement,
                verb,
                by=self.by,
                at=self.at,
                text=text,
                clause=clause or self.agreement.programme.roster.clause,
                public=True,
                **details,
            )
        )

    def finish(self) -> None:
        """Let go who has no line any more, write the journal, settle the duty, tell people."""
        kept = {entry.contact_id for entry in self.entries}
        left = [
            contact
            for pk, contact in self._gone.items()
            if pk not in kept and self._leaves(contact)
        ]
        journal.record_many(self._notes)
        duty.settle(self.agreement, self.form, at=self.at)
        notices.changed(
            self.agreement, self._notes, self._new, self.entries, by=self.by, at=self.at
        )
        for contact in left:
            subscriptions.publish(ContactLeft(self.agreement, contact, self.by, self.at))

    def _leaves(self, contact: Contact) -> bool:
        """End a contact's sign-in at once, unless another agreement that runs has them on its roster (ATSP 5.2.1)."""
        elsewhere = RosterEntry.objects.filter(contact=contact, removed_at=None).exclude(
            agreement=self.agreement
        )
        if elsewhere.exclude(agreement__state="ended").exists():
            return False
        contact.left_at = self.at
        contact.save(update_fields=["left_at"])
        if contact.user is not None:
            contact.user.is_active = False
            contact.user.set_unusable_password()  # no session of theirs holds any more, also should they come back
            contact.user.save(update_fields=["is_active", "password"])
        return True

    def _training_of(self, contact: Contact, before: RosterEntry | None) -> dict[str, Any]:
        """What is on record of a contact's training, for their new line: it is theirs, not the line's."""
        last = before or (
            RosterEntry.objects.filter(contact=contact)
            .technical()
            .order_by("-submitted_at")
            .first()
        )
        if last is None or last.contact_id != contact.pk:
            return {}
        return {
            "trained_on": last.trained_on,
            "certified_on": last.certified_on,
            "evidence": last.evidence,
        }
