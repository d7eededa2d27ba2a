"""Moving prepaid cases from a pool to another: an act of the provider's, with its reason (ATSP page 1)."""

import datetime as dt

from django.db import transaction

from contracts.agreements.models.agreements import Agreement
from contracts.parties.people import require_serving
from contracts.prepaid import notices
from contracts.prepaid.actions.ledger import require_term
from contracts.prepaid.actions.movements import Pools
from contracts.prepaid.models.ledger import CaseAccount, CaseEntry, EntryKind, Place
from contracts.prepaid.notices import DECIDERS, pool_name
from contracts.verbs import Verb
from portal import journal
from portal.access import require_role
from portal.models import User
from portal.rules.refusal import Refusal


@transaction.atomic
def transfer_cases(
    agreement: Agreement,
    *,
    source: str,
    target: str,
    cases: int,
    reason: str,
    by: User,
    at: dt.datetime,
) -> CaseEntry:
    """Move so many cases from the pool of code `source` to that of `target`; return the entry.

    The reseller reads it with its reason. Raises Refusal unless `by` is an account manager or contract administrator,
    outside the agreement's term, without a reason, between a pool and itself, and when the pool has too few left.
    """
    tier = agreement.tier_terms
    clause = tier.clause if tier else ""
    require_role(by, *DECIDERS, act="transfer cases between pools", clause=clause)
    require_serving(by, agreement.provider_id, "transfer cases between pools")
    require_term(agreement, at)
    reason = reason.strip()
    pools = Pools(agreement, by=by, at=at)
    giving = _account(pools, source, "source", clause)
    taking = _account(pools, target, "target", clause)
    _require_sense(giving, taking, cases, reason, clause)
    if giving.left < cases:
        name = pool_name(agreement, source)
        raise Refusal(
            f"The pool {name} has {giving.left} {'case' if giving.left == 1 else 'cases'} left, not {cases}.",
            clause=clause,
            way_out="Transfer at most what is left; cases that are taken provisionally may come back.",
            field="cases",
        )
    entry = pools.move(
        giving,
        EntryKind.TRANSFER,
        (Place.AVAILABLE, Place.AVAILABLE),
        reference=agreement.reference,
        clause=clause,
        cases=cases,
        reason=reason,
        to=taking,
    )
    pools.enlarged(taking, clause=clause)
    pools.keep(giving, taking)
    journal.record(
        agreement,
        Verb.AGREEMENT_CASES_TRANSFERRED,
        by=by,
        at=at,
        public=True,
        clause=clause,
        text=f"{cases} from {pool_name(agreement, source)} to {pool_name(agreement, target)}: {reason}",
        cases=cases,
        source=source,
        target=target,
    )
    notices.transferred(entry, by=by, at=at)
    return entry


def _account(pools: Pools, code: str, field: str, clause: str) -> CaseAccount:
    try:
        return pools.account(code)
    except KeyError:
        raise Refusal(
            f"The agreement has no pool {code!r}.",
            clause=clause,
            way_out="Choose one of the list.",
            field=field,
        ) from None


def _require_sense(
    giving: CaseAccount, taking: CaseAccount, cases: int, reason: str, clause: str
) -> None:
    if giving.pk == taking.pk:
        raise Refusal(
            "Both pools are the same.",
            clause=clause,
            way_out="Choose another pool to take them.",
            field="target",
        )
    if cases < 1:
        raise Refusal(
            "Transfer at least one case.",
            clause=clause,
            way_out="Say how many.",
            field="cases",
        )
    if not reason:
        raise Refusal(
            "A transfer needs a reason.",
            clause=clause,
            way_out="Say why; the reseller reads it in the ledger.",
            field="reason",
        )
