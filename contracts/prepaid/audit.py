"""Whether the ledger of prepaid cases adds up: accounts against the sums of their entries, cases against their path."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.prepaid.models.ledger import OF_A_CASE, CaseAccount, CaseEntry, EntryKind, Place
from portal.reading import by_key

Leg = tuple[int, Place, int]
_NOT_TAKEN = (Place.AVAILABLE, Place.OVER)


@dataclass(frozen=True, slots=True)
class Finding:
    """A mismatch: the agreement, the pool, and what does not add up."""

    agreement: str
    pool: str
    words: str

    def __str__(self) -> str:
        return f"{self.agreement}, {self.pool}: {self.words}"


@dataclass(frozen=True, slots=True)
class Audit:
    """How much was looked at, and what was found."""

    pools: int
    entries: int
    findings: tuple[Finding, ...]


def audit() -> Audit:
    """Add up every entry again in the order of writing, and compare."""
    accounts = {one.pk: one for one in CaseAccount.objects.select_related("agreement")}
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    path: dict[str, str] = {}
    found: list[Finding] = []
    entries = 0
    for entry in by_key(CaseEntry.objects.all()):
        entries += 1
        for account, place, cases in legs(entry):
            sums[account][place] += cases
        account = accounts[entry.account_id]
        if entry.kind in OF_A_CASE:
            found += (_finding(account, words) for words in _off_its_path(entry, path))
        low = [p for p in (Place.AVAILABLE, Place.PROVISIONAL) if sums[account.pk][p] < 0]
        found += (
            _finding(account, f"{place} fell below zero with entry {entry.pk}") for place in low
        )
    for account in accounts.values():
        found += (_finding(account, words) for words in _differing(account, sums[account.pk]))
    return Audit(len(accounts), entries, tuple(found))


def legs(entry: CaseEntry) -> Iterator[Leg]:
    """The two sides of an entry: what it takes from one place of an account, and puts to another. They sum to zero.

    A transfer passes through the provider: its cases are granted to the one pool instead of the other.
    """
    if entry.kind == EntryKind.TRANSFER:
        yield entry.account_id, Place.PROVIDER, entry.cases
        yield entry.account_id, Place.AVAILABLE, -entry.cases
        yield entry.to_account_id, Place.PROVIDER, -entry.cases
        yield entry.to_account_id, Place.AVAILABLE, entry.cases
        return
    yield entry.account_id, Place(entry.takes_from), -entry.cases
    yield entry.to_account_id, Place(entry.puts_to), entry.cases


def _off_its_path(entry: CaseEntry, path: dict[str, str]) -> Iterator[str]:
    """The fault of a case's entry after the earlier ones: a case must leave the place where it was put."""
    lay = path.get(entry.reference)
    path[entry.reference] = entry.puts_to
    was_taken = lay is not None and lay not in _NOT_TAKEN
    if was_taken and entry.takes_from != lay:
        yield f"case {entry.reference} lay in {lay}, and entry {entry.pk} takes it from {entry.takes_from}"
    if not was_taken and entry.takes_from not in _NOT_TAKEN:
        yield f"case {entry.reference} was not taken, and entry {entry.pk} takes it from {entry.takes_from}"


def _differing(account: CaseAccount, lies: dict[str, int]) -> Iterator[str]:
    added = {
        "granted": -lies[Place.PROVIDER],
        "reserved": lies[Place.PROVISIONAL],
        "charged": lies[Place.CHARGED],
        "over": -lies[Place.OVER],
    }
    for name, cases in added.items():
        stands = getattr(account, name)
        if stands != cases:
            yield f"{name} is {stands}, and the entries add up to {cases}"


def _finding(account: CaseAccount, words: str) -> Finding:
    return Finding(account.agreement.reference, account.pool, words)
