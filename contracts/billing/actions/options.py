"""Taking an option after the Effective Date: its fee for the days that remain, charged at once (ATSP page 1; D-2)."""

import datetime as dt

from django.db import transaction
from django.urls import reverse

from contracts.agreements.actions.papers import issue_page_1
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.options import AgreementOption
from contracts.billing import notices
from contracts.billing.actions.charges import charge_option
from contracts.billing.models.charges import Authorisation, AuthorisationKind
from contracts.billing.permissions import require_keeper
from contracts.billing.rules.option_taking import Quote, Taken, Wish, quote
from contracts.verbs import Verb
from portal import journal, locks
from portal.models import User
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


def quote_option(agreement: Agreement, wish: Wish, *, at: dt.datetime) -> Quote:
    """What an option would cost; nothing is written. Raises Refusal as `take_option` does."""
    if agreement.state not in (AgreementState.SIGNED, AgreementState.IN_FORCE) or (
        agreement.date_at(at) > agreement.ends_on
    ):
        raise Refusal(
            "Options can only be taken under a signed agreement that has not ended.",
            clause=agreement.programme.term.option_clause if agreement.programme.term else "",
            way_out="Take it with the renewal, or choose it while the agreement is drawn up.",
        )
    taken = [
        Taken(one.option, one.quantity, one.taken_on) for one in agreement.options.order_by("pk")
    ]
    return quote(
        agreement.programme,
        agreement.tier_terms,
        taken,
        wish,
        agreement.effective_on,
        agreement.ends_on,
    )


@transaction.atomic
def take_option(
    agreement: Agreement,
    wish: Wish,
    *,
    asked_by: str,
    purchase_order: str = "",
    by: User,
    at: dt.datetime,
) -> AgreementOption:
    """Take an option of the tier's column from a day of the year on, and charge its fee pro rata (D-1, D-2).

    The reseller exercises it: `asked_by` is who asked, `purchase_order` the number it goes on, if there is one.
    Raises Refusal unless `by` is a contract administrator, and as ``contracts.billing.rules.option_taking.quote`` does.
    """
    require_keeper(by, agreement, act="take an option for an agreement")
    locks.lock(agreement)
    quoted = quote_option(agreement, wish, at=at)
    asked_by = asked_by.strip()
    if not asked_by:
        raise Refusal(
            "Only the reseller can exercise an option.",
            clause=agreement.programme.term.option_clause if agreement.programme.term else "",
            way_out="Name who asked for it.",
            field="asked_by",
        )
    option = AgreementOption.objects.create(
        agreement=agreement,
        option=quoted.option.code,
        kind=quoted.option.kind.value,
        quantity=quoted.quantity,
        taken_on=quoted.on,
        fee=quoted.amount,
    )
    clause = agreement.programme.term.option_clause if agreement.programme.term else ""
    journal.record(
        agreement,
        Verb.AGREEMENT_OPTION_TAKEN,
        by=by,
        at=at,
        public=True,
        clause=clause or quoted.option.clause,
        text=f"{option.words} from {day_words(quoted.on)}, asked for by {asked_by}. {quoted.words}",
        option=option.pk,
        asked_by=asked_by,
    )
    issue_page_1(agreement, by=by, at=at)
    authorisation = _authorisation(agreement, purchase_order.strip(), asked_by, by=by, at=at)
    charge_option(option, by=by, at=at, authorisation=authorisation)
    notices.option_taken(
        option,
        words=quoted.words,
        clause=clause or quoted.option.clause,
        url=reverse("agreement_options", args=[agreement.reference]),
        at=at,
    )
    return option


def _authorisation(
    agreement: Agreement, number: str, given_by: str, *, by: User, at: dt.datetime
) -> Authorisation | None:
    if not number:
        return None
    return Authorisation.objects.create(
        agreement=agreement,
        kind=AuthorisationKind.PURCHASE_ORDER,
        number=number[:60],
        given_by=given_by[:160],
        dated_on=agreement.date_at(at),
        received_at=at,
        received_by=by,
    )
