"""Refusing a call: it is logged with who, when and why, and told to whoever keeps the roster (ATSP 5.2.1, 5.2.2)."""

import datetime as dt

from django.db import transaction

from cases.calls import notices
from cases.calls.callers import Caller, caller_of
from cases.calls.models import RefusedCall, Why
from cases.case.actions import INTAKE, require_text
from cases.verbs import Verb
from contracts.parties.models.parties import Contact
from portal import journal
from portal.access import require_role
from portal.models import User
from portal.rules.refusal import Refusal

CLAUSE = "ATSP 5.2.2"


@transaction.atomic
def refuse_call(
    *,
    by: User,
    at: dt.datetime,
    logged_at: dt.datetime,
    contact: Contact | None = None,
    caller: str = "",
    company: str = "",
    telephone: str = "",
    reason: str = "",
) -> RefusedCall:
    """Log a call at `at` that dispatch refused: of a `contact` on file, or of somebody who says who they are.

    What stands against a contact is the reason unless another is given; against one who is authorized one must be
    given, as that they could not show who they are. The Administrative Contact is told. Returns the logged call.
    Raises Refusal for a call in the future, and when the caller or the reason is missing.
    """
    require_role(by, *INTAKE, act="refuse a call", clause=CLAUSE)
    if at > logged_at:
        raise Refusal(
            "The time of the call is in the future.",
            clause="D-23",
            way_out="Give the time at which they called; empty means now.",
            field="called_at",
        )
    found = caller_of(contact, by, at) if contact is not None else None
    call = RefusedCall(
        caller=contact.name if contact else require_text(caller, field="caller", what="name"),
        company=contact.organisation.name if contact else company.strip(),
        telephone=telephone.strip() or (contact.telephone if contact else ""),
        contact=contact,
        organisation=contact.organisation if contact else None,
        why=_why(found),
        reason=require_text(
            reason or reason_of(found), field="reason", what="reason why the call is refused"
        ),
        clause=(found.verdict.clause if found else "") or CLAUSE,
        called_at=at,
        logged_at=logged_at,
        by=by,
    )
    if found is not None and found.agreement is not None:
        call.agreement, call.provider_id = found.agreement, found.agreement.provider_id
    call.save()
    journal.record(
        call,
        Verb.CALL_REFUSED,
        by=by,
        at=at,
        logged_at=logged_at,
        clause=call.clause,
        text=f"{call.caller} called and was refused: {call.reason}",
        after={"caller": call.caller, "why": call.why},
    )
    notices.refused(call, by=by, at=logged_at)
    return call


def reason_of(found: Caller | None) -> str:
    """What stands against a caller in words; "" against one who is authorized, or not on file."""
    if found is None:
        return ""
    return ". ".join(one.why for one in found.verdict.reasons)


def _why(found: Caller | None) -> Why:
    if found is None:
        return Why.UNKNOWN
    reasons = found.verdict.reasons
    return Why(reasons[0].ground.value) if reasons else Why.DOUBT
