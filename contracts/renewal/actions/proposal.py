"""The renewal of a contract year: proposed on its day, edited, signed, or declined (REN; ATSP 9.2; D-1)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from contracts.agreements.models.agreements import Agreement, AgreementState, EndCause
from contracts.agreements.models.options import AgreementOption
from contracts.parties.people import require_serving
from contracts.programmes.models import ProgrammeVersion, version_of
from contracts.programmes.rules.terms import Programme
from contracts.renewal import notices
from contracts.renewal.actions.planning import OPENS, is_renewed
from contracts.renewal.models import ProposedOption, RenewalProposal
from contracts.renewal.performance import Performance, performance_of, performances
from contracts.renewal.rules.proposal import options_after, tier_after
from contracts.roster.permissions import permissions_of
from contracts.verbs import Verb
from portal import deadlines, journal, locks
from portal.access import require_role
from portal.models import User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words


@dataclass(frozen=True, slots=True)
class PastStatus:
    """The past year's performance status as a renewal has it, by code and name, with what it rests on.

    `percentage` is what the proposed terms name for it; `changed` tells that the proposal still says another.
    """

    code: str
    name: str
    words: str
    percentage: Decimal | None
    changed: bool

    @property
    def in_words(self) -> str:
        """The status with its percentage: "EXCEPTIONAL, 1 %"."""
        return status_words(self.name, self.percentage)


EDITORS = (Role.ACCOUNT_MANAGER, Role.CONTRACT_ADMINISTRATOR)


@transaction.atomic
def open_renewal(agreement: Agreement, *, by: User, at: dt.datetime) -> RenewalProposal:
    """Propose the next year before its day (REN). A proposal that is there is returned as it stands.

    Raises Refusal unless `by` is an account manager or a contract administrator, for an agreement that is not signed,
    that was terminated, or that is renewed already.
    """
    require_role(by, *EDITORS, act="propose a renewal", clause="REN")
    require_serving(by, agreement.provider_id, "propose a renewal")
    locks.lock(agreement)
    agreement.refresh_from_db(fields=["state", "end_cause"])
    present = RenewalProposal.objects.filter(agreement=agreement).first()
    if present is not None:
        return present
    require_renewable(agreement)
    deadlines.cancel(agreement, at=at, cause="The renewal was proposed before.", kinds=[OPENS])
    return open_many([agreement], by=by, at=at)[0]


def open_many(
    agreements: Sequence[Agreement], *, by: User | None, at: dt.datetime, late: bool = False
) -> list[RenewalProposal]:
    """Propose the next year of agreements, with their locks held, in a number of statements that does not grow.

    The terms are the newest published ones that descend from the agreement's own; tier and options are its own as far
    as those terms have them; the performance status is what the outer room tells of the past year.
    """
    versions = newest_versions()
    told = performances(agreements, at)
    proposals = RenewalProposal.objects.bulk_create(
        new_proposal(one, versions, told.get(one.pk), by, at) for one in agreements
    )
    taken: dict[int, list[tuple[str, int]]] = {}
    for pk, option, quantity in AgreementOption.objects.filter(
        agreement__in=[one.pk for one in agreements]
    ).values_list("agreement_id", "option", "quantity"):
        taken.setdefault(pk, []).append((option, quantity))
    ProposedOption.objects.bulk_create(
        ProposedOption(proposal=proposal, option=option, quantity=quantity)
        for proposal in proposals
        for option, quantity in options_after(
            proposal.programme, proposal.tier, taken.get(proposal.agreement_id, [])
        )
    )
    journal.record_many(
        journal.entry(
            proposal.agreement,
            Verb.RENEWAL_OPENED,
            by=by,
            at=at,
            clause=clause_of(proposal),
            public=True,
            text=f"For the year from {day_words(proposal.agreement.anniversary)}",
            late=late,
        )
        for proposal in proposals
    )
    notices.opened(proposals, at=at, late=late)
    return proposals


def new_proposal(
    agreement: Agreement,
    versions: Mapping[str, ProgrammeVersion],
    told: Performance | None,
    by: User | None,
    at: dt.datetime,
) -> RenewalProposal:
    """What is proposed first for the year after an agreement's, unsaved; `versions` are the newest terms by code."""
    version = versions.get(agreement.programme.code) or agreement.version
    status = told.status if told and told.status else ""
    return RenewalProposal(
        agreement=agreement,
        programme_version=version,
        opened_at=at,
        opened_by=by,
        tier=tier_after(version.programme, agreement.tier),
        performance_status=status,
        status_from=told.words if told and status else "",
        percentage=_percentage(version.programme, status),
    )


def past_status(
    proposal: RenewalProposal, at: dt.datetime, told: Performance | None = None
) -> PastStatus:
    """The status with which a renewal is signed at an instant: that of the last review of the past year (REN; D-25).

    Without a review it is what the proposal says; so it is once the proposal is settled.
    """
    code, words, percentage = (
        proposal.performance_status,
        proposal.status_from,
        proposal.percentage,
    )
    if proposal.is_open:
        told = told or performance_of(proposal.agreement, at)
        if told is not None and told.status:
            code, words = told.status, told.words
            percentage = _percentage(proposal.programme, code)
    changed = (code, percentage) != (proposal.performance_status, proposal.percentage)
    return PastStatus(code, proposal.name_of_status(code), words, percentage, changed)


def status_words(name: str, percentage: Decimal | None) -> str:
    """A status with its percentage in words: "EXCEPTIONAL, 1 %"; "NON-COMPLIANT, no percentage"."""
    percent = "no percentage" if percentage is None else f"{percentage.normalize():f} %"
    return f"{name or 'not known'}, {percent}"


def newest_versions() -> dict[str, ProgrammeVersion]:
    """By a programme's code, the newest published terms that are its own or descend from it (two statements)."""
    newest: dict[str, ProgrammeVersion] = {}
    for version in ProgrammeVersion.objects.order_by("published_at", "pk"):
        newest[version.code] = version
    programmes = {code: version.programme for code, version in newest.items()}
    found = dict(newest)
    for code, version in sorted(newest.items(), key=lambda one: (one[1].published_at, one[1].pk)):
        for ancestor in _ancestors(programmes, code):
            if found[ancestor].published_at <= version.published_at:
                found[ancestor] = version
    return found


def _ancestors(programmes: Mapping[str, Programme], code: str) -> list[str]:
    """The programmes that one is based on, directly or through others, as far as they are published."""
    line: list[str] = []
    below = programmes[code].based_on
    while below is not None and below in programmes and below not in line and below != code:
        line.append(below)
        below = programmes[below].based_on
    return line


# --- wishes and edits ----------------------------------------------------------------------------


@transaction.atomic
def state_wishes(
    proposal: RenewalProposal, wishes: str, *, by: User, at: dt.datetime
) -> RenewalProposal:
    """Record what the reseller wishes of the next year: its Administrative Contact says it (ATSP 1.1; REN).

    The account managers are told. Raises Refusal for anybody else, for an empty text and a proposal that is settled.
    """
    proposal = locked_proposal(proposal)
    standing = permissions_of(by, at)
    if not standing.is_administrative or standing.organisation != proposal.agreement.reseller:
        raise Refusal(
            "Only the Administrative Contact says what your company wants for the next year.",
            clause="ATSP 1.1",
            way_out="Ask your Administrative Contact: the roster names them.",
        )
    if not wishes.strip():
        raise Refusal(
            "The message is empty.",
            clause="REN",
            way_out="Write what should change, or that all should stay as it is.",
            field="wishes",
        )
    before = proposal.wishes
    proposal.wishes, proposal.wished_at, proposal.wished_by = wishes.strip(), at, by
    proposal.save(update_fields=["wishes", "wished_at", "wished_by"])
    entry = journal.record(
        proposal.agreement,
        Verb.RENEWAL_WISHED,
        by=by,
        at=at,
        clause=clause_of(proposal),
        public=True,
        text=proposal.wishes,
        before={"wishes": before},
        after={"wishes": proposal.wishes},
    )
    notices.wished(proposal, entry.pk, by=by, at=at)
    return proposal


@transaction.atomic
def edit_renewal(
    proposal: RenewalProposal,
    *,
    version: ProgrammeVersion,
    tier: str,
    options: Mapping[str, int],
    performance_status: str,
    by: User,
    at: dt.datetime,
) -> RenewalProposal:
    """Change what is proposed: the terms, tier, options with quantities, and the past year's status (page 1; REN).

    The percentage is what the proposed terms name for the status. Once a review tells the status, it is that (D-25).
    Raises Refusal for another then, for a tier or status that the terms do not have, an option of another column, and a
    proposal that is settled.
    """
    require_role(by, *EDITORS, act="change the proposed year", clause="REN")
    require_serving(by, proposal.agreement.provider_id, "change the proposed year")
    proposal = locked_proposal(proposal)
    programme = version.programme
    _require_status(programme, performance_status)
    _require_tier(programme, tier)
    chosen = _require_options(programme, tier, options)
    before = _state_of(proposal)
    told = performance_of(proposal.agreement, at)
    if told is not None and told.status:
        _require_reviewed(proposal, performance_status, told)
        performance_status, proposal.status_from = told.status, told.words
    elif performance_status != proposal.performance_status:
        proposal.status_from = f"Entered by {by.name}."
    proposal.programme_version, proposal.tier = version, tier
    proposal.performance_status = performance_status
    proposal.percentage = _percentage(programme, performance_status)
    proposal.save(
        update_fields=[
            "programme_version",
            "tier",
            "performance_status",
            "status_from",
            "percentage",
        ]
    )
    proposal.options.all().delete()
    ProposedOption.objects.bulk_create(
        ProposedOption(proposal=proposal, option=code, quantity=quantity)
        for code, quantity in chosen.items()
    )
    after = _state_of(proposal)
    if before != after:
        journal.record(
            proposal.agreement,
            Verb.RENEWAL_EDITED,
            by=by,
            at=at,
            clause=clause_of(proposal),
            public=True,
            text=f"{after['tier'] or 'No tier'}, {after['options'] or 'no options'}",
            before=before,
            after=after,
        )
    return proposal


def clause_of(proposal: RenewalProposal) -> str:
    """The clause under which the year is proposed."""
    terms = proposal.programme.renewal or proposal.agreement.programme.renewal
    return terms.clause if terms else "REN"


def locked_proposal(proposal: RenewalProposal) -> RenewalProposal:
    """The proposal as it stands, its agreement locked. Raises Refusal when it is settled."""
    locks.lock(proposal.agreement)
    fresh = RenewalProposal.objects.select_related(
        "agreement__reseller", "agreement__provider"
    ).get(pk=proposal.pk)
    if not fresh.is_open:
        raise settled(fresh)
    return fresh


def settled(proposal: RenewalProposal) -> Refusal:
    """The answer to an act on a proposal that is signed or declined."""
    return Refusal(
        f"The renewal of {proposal.agreement.reference} is {proposal.get_state_display()}: nothing of it changes.",
        clause="REN",
        way_out="Look at the year that follows, or draw up a new agreement.",
    )


def require_renewable(agreement: Agreement) -> None:
    """Raise Refusal for a draft, a terminated agreement, one that is renewed, or one without a year."""
    number = agreement.reference
    if agreement.state == AgreementState.DRAFT:
        sentence, way_out = f"{number} is a draft.", "Sign it first."
    elif agreement.end_cause == EndCause.TERMINATED:
        sentence, way_out = f"{number} was terminated.", "Draw up a new agreement."
    elif is_renewed(agreement):
        sentence, way_out = f"{number} is renewed already.", "Renew the year that follows it."
    elif agreement.programme.term is None:
        sentence, way_out = f"{number} has no contract year.", "Draw up a new agreement."
    else:
        return
    raise Refusal(sentence, clause="REN", way_out=way_out)


def _require_status(programme: Programme, status: str) -> None:
    known = [one.code for one in programme.scorecard.statuses] if programme.scorecard else []
    if status and status not in known:
        raise Refusal(
            f"{status!r} is not a performance status of the terms.",
            clause="ATSP Ex.B",
            way_out=f"Choose one of: {', '.join(known) or 'none'}.",
            field="performance_status",
        )


def _require_reviewed(proposal: RenewalProposal, status: str, told: Performance) -> None:
    """Raise Refusal for another status than the last review's (D-25); an empty one says nothing."""
    if status not in ("", told.status):
        raise Refusal(
            f"The reviews say {proposal.name_of_status(told.status or '')}, not "
            f"{proposal.name_of_status(status)}. {told.words}",
            clause="REN, D-25",
            way_out="Leave the status as the last review has it; a mistake of the review is mended there.",
            field="performance_status",
        )


def _require_tier(programme: Programme, tier: str) -> None:
    known = [one.code for one in programme.tiers]
    if (tier or known) and tier not in known:
        raise Refusal(
            "One tier must be chosen.",
            clause="ATSP page 1",
            way_out=f"Choose one of: {', '.join(one.name for one in programme.tiers)}.",
            field="tier",
        )


def _require_options(programme: Programme, tier: str, options: Mapping[str, int]) -> dict[str, int]:
    """The options that are taken at all. Raises Refusal for one that the tier's column does not have."""
    offered = {option.code: option for option in programme.options}
    chosen = {code: quantity for code, quantity in options.items() if quantity}
    for code, quantity in chosen.items():
        option = offered.get(code)
        if option is None or option.tier != tier:
            name = option.name if option else code
            raise Refusal(
                f"{name} is not in the column of the tier.",
                clause="ATSP page 1",
                way_out="If they pick an option, it must be in the same column as the ATSP level.",
                field=f"option_{code}",
            )
        if quantity < 0:
            raise Refusal(
                f"{option.name} cannot be taken {quantity} times.",
                clause=option.clause,
                way_out="Write how many are taken; 0 for none.",
                field=f"option_{code}",
            )
    return chosen


def _percentage(programme: Programme, status: str) -> Decimal | None:
    """What the terms name for a status; None when they name nothing (REN)."""
    named = programme.renewal.percentage_for(status) if programme.renewal and status else None
    return named.percent if named else None


def _state_of(proposal: RenewalProposal) -> dict[str, str]:
    """What a proposal says, for the journal."""
    tier = proposal.tier_terms
    options: Iterable[ProposedOption] = proposal.options.all()
    return {
        "terms": str(version_of(proposal.programme_version_id)),
        "tier": tier.name if tier else "",
        "options": ", ".join(f"{one.quantity} × {one.terms.name}" for one in options),
        "status": proposal.status_name,
        "percentage": "" if proposal.percentage is None else f"{proposal.percentage.normalize():f}",
    }
