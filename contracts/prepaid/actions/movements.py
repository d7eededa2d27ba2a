"""The one way by which prepaid cases move: an entry and its account, together (ATSP page 1, 2.3).

Whoever moves cases locks all pools of the agreement first, in their order: two never take the last case at once, and
what is told of the agreement as a whole (used up, spent) holds at that instant.
"""

import datetime as dt

from contracts.agreements.models.agreements import Agreement
from contracts.prepaid import notices
from contracts.prepaid.models.ledger import CaseAccount, CaseEntry, EntryKind, Place
from contracts.prepaid.rules import ledger as rules
from contracts.prepaid.rules.ledger import highest_passed, share_passed, to_cover
from contracts.verbs import Verb
from portal import bulk, journal
from portal.models import User
from portal.prepared import NewRows, Rows, given

_LOCKED = Rows(
    lambda: (
        CaseAccount.objects.filter(agreement=given("agreement")).order_by("pk").select_for_update()
    )
)
_ENTRIES = NewRows(CaseEntry)


class Pools:
    """The pools of an agreement, locked to the end of the transaction, with what is done to them."""

    def __init__(self, agreement: Agreement, *, by: User | None, at: dt.datetime) -> None:
        self.agreement, self.by, self.at = agreement, by, at
        self.accounts = _LOCKED.read(agreement=agreement.pk)
        self._was_spent = self.is_spent

    @property
    def is_spent(self) -> bool:
        """Whether every case of every pool is charged: the cases are expended (ATSP page 1, 2.a; D-47)."""
        return bool(self.accounts) and all(one.holding.is_spent for one in self.accounts)

    def account(self, pool: str) -> CaseAccount:
        """The account of a pool. Raises KeyError when the agreement has none of that code."""
        for account in self.accounts:
            if account.pool == pool:
                return account
        raise KeyError(pool)

    def of(self, pk: int) -> CaseAccount:
        """The account of that primary key."""
        return next(one for one in self.accounts if one.pk == pk)

    def move(
        self,
        account: CaseAccount,
        kind: EntryKind,
        way: tuple[str, str],
        *,
        reference: str,
        clause: str,
        cases: int = 1,
        reason: str = "",
        to: CaseAccount | None = None,
    ) -> CaseEntry:
        """Move cases from a place to another, in the account or to that of another pool; return the entry.

        Raises OverdrawnError when too few lie there: callers ask before.
        """
        takes_from, puts_to = Place(way[0]), Place(way[1])
        if to is None:
            _set(account, takes_from, puts_to, cases)
        else:
            _set(account, takes_from, Place.PROVIDER, cases)
            _set(to, Place.PROVIDER, puts_to, cases)
        return _ENTRIES.write(
            CaseEntry(
                account=account,
                to_account=to or account,
                kind=kind,
                takes_from=takes_from,
                puts_to=puts_to,
                cases=cases,
                reference=reference,
                by=self.by,
                at=self.at,
                clause=clause,
                reason=reason,
            )
        )

    def enlarged(self, account: CaseAccount, *, clause: str) -> None:
        """After a grant, make good the cases over quota and restart the warnings above what is used."""
        cases = to_cover(account.holding)
        if cases:
            self.move(
                account,
                EntryKind.COVER,
                (Place.AVAILABLE, Place.OVER),
                reference=self.agreement.reference,
                clause=clause,
                cases=cases,
            )
        account.warned = min(account.warned, highest_passed(account.holding, self._shares))

    def keep(self, *changed: CaseAccount) -> None:
        """Write the accounts, tell of the shares that are passed now, and of all cases being spent, or no longer."""
        for account in changed:
            share = share_passed(account.holding, self._shares, account.warned)
            if share is not None:
                account.warned = share
                notices.share_passed(self.agreement, account, share, at=self.at)
        bulk.update(changed, ["granted", "reserved", "charged", "over", "warned"])
        if self.is_spent != self._was_spent:
            self._was_spent = self.is_spent
            self._tell_spent()

    @property
    def _shares(self) -> tuple[int, ...]:
        terms = self.agreement.programme.case_warnings
        return terms.shares if terms else ()

    def _tell_spent(self) -> None:
        term = self.agreement.programme.term
        journal.record(
            self.agreement,
            Verb.AGREEMENT_CASES_SPENT if self.is_spent else Verb.AGREEMENT_CASES_THERE_AGAIN,
            by=self.by,
            at=self.at,
            public=True,
            clause=term.clause if term else "",
            text="All are charged and none is provisional; open cases are served to their closure."
            if self.is_spent
            else "",
        )


def _set(account: CaseAccount, takes_from: Place, puts_to: Place, cases: int) -> None:
    after = account.holding.after(rules.Place(takes_from), rules.Place(puts_to), cases)
    account.granted, account.reserved = after.granted, after.reserved
    account.charged, account.over = after.charged, after.over
