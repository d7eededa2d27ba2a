"""Then-current standard fees: set from a day on, never for the past (ATSP 2.1, 7.2)."""

import datetime as dt
import zoneinfo
from decimal import Decimal

from django.db import transaction

from contracts.billing.models.charges import FeeCode, StandardFee
from contracts.billing.rules.money import money_text, round_cents
from contracts.scope import places_of
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import SubjectKey, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

CLAUSES = {
    FeeCode.ADDITIONAL_CONTACT: "ATSP 2.1",
    FeeCode.TIME_AND_MATERIALS: "ATSP 7.2",
}


@transaction.atomic
def set_standard_fee(
    code: str,
    *,
    amount: Decimal,
    currency: str,
    starts_on: dt.date,
    by: User,
    at: dt.datetime,
) -> StandardFee:
    """Set a standard fee from a day on, a date in the zone of who sets it.

    What was once in force stays: the day is after today, or today while no fee of the kind is in force yet, and it is
    set once for a day. Raises Refusal unless `by` is a contract administrator of the house, and for a fee below zero.
    """
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="set fees")
    if places_of(by).exists():
        raise Refusal(
            "You may not set fees: these are the house's, and your provider keeps its own people.",
            way_out="Ask a contract administrator of the house.",
        )
    if code not in FeeCode.values:
        raise Refusal(
            f"There is no standard fee {code!r}.",
            way_out="Choose one of those listed.",
            field="code",
        )
    fee = FeeCode(code)
    clause, amount = CLAUSES[fee], round_cents(amount)
    if amount < 0:
        raise Refusal(
            f"{money_text(amount, currency)} is not a valid fee.",
            clause=clause,
            way_out="Give zero or more.",
            field="amount",
        )
    locks.lock(SubjectKey(f"fee:{fee.value}:{currency}", 0))
    today = at.astimezone(zoneinfo.ZoneInfo(by.zone)).date()
    current = StandardFee.objects.on(fee, currency, today)
    first = today if current is None else today + dt.timedelta(days=1)
    if starts_on < first:
        raise Refusal(
            f"A fee from {day_words(starts_on)} would change a past price.",
            clause=clause,
            way_out=f"Set it from {day_words(first)} on.",
            field="starts_on",
        )
    if StandardFee.objects.filter(code=fee, currency=currency, starts_on=starts_on).exists():
        raise Refusal(
            f"A fee from {day_words(starts_on)} on is set already.",
            clause=clause,
            way_out="Set another one from another day on.",
            field="starts_on",
        )
    row = StandardFee.objects.create(
        code=fee, amount=amount, currency=currency, starts_on=starts_on, set_at=at, set_by=by
    )
    journal.record(
        row,
        Verb.FEE_SET,
        by=by,
        at=at,
        clause=clause,
        text=f"{fee.label}: {money_text(amount, currency)} from {day_words(starts_on)}",
    )
    return row
