"""Drawing up an agreement on the portal: a draft made, changed, deleted (ATSP page 1, 2)."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, models, transaction

from contracts.agreements.actions.parties import (
    add_sites,
    name_taken,
    paper_clause,
    place_fields,
    write_notices,
)
from contracts.agreements.actions.signing import name_signatory, require_free_year
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.options import AgreementOption
from contracts.agreements.models.signing import Side
from contracts.agreements.permissions import require_administrator
from contracts.agreements.rules.drawing_up import Paper, last_day, paper_refusals
from contracts.billing.rules.money import fee
from contracts.ending.models import Succession
from contracts.parties.models.parties import Organisation, OrganisationKind, Site
from contracts.programmes.models import ProgrammeVersion
from contracts.verbs import Verb
from portal import journal, locks
from portal.access import require_role
from portal.models import SubjectKey, User
from portal.roles import Role
from portal.rules.refusal import Refusal
from portal.ui.words import day as day_words

_STAYS = (
    "A change of the terms in mid-term is a new agreement after this one's end, or its renewal."
)


@transaction.atomic
def draw_up(version: ProgrammeVersion, paper: Paper, *, by: User, at: dt.datetime) -> Agreement:
    """Make a draft under a published version; a new reseller and new sites with it.

    Raises one Refusal with everything that is wrong, each with its field (see the rules of drawing up), also
    for a year that overlaps another agreement's or draft's of the same parties and kind of support.
    """
    require_role(by, Role.CONTRACT_ADMINISTRATOR, act="draw up an agreement")
    _require_own(version, by)
    locks.lock(SubjectKey(f"contract:{paper.contract_number}", 0))
    reseller = (
        resellers_of(version, by).filter(pk=paper.reseller).first() if paper.reseller else None
    )
    _require_paper(paper, version, reseller)
    if reseller is None:
        reseller = _new_reseller(paper)
    locks.lock(SubjectKey("years of a reseller", reseller.pk))
    sites = add_sites(reseller, paper.sites)
    agreement = Agreement(
        reseller=reseller,
        provider=_provider(version),
        programme_version=version,
        zone=paper.zone or _first_zone(reseller, sites),
        **_said(paper, version),
    )
    _require_alone(agreement)
    agreement.save()
    _write_parts(agreement, paper)
    journal.record(
        agreement,
        Verb.AGREEMENT_DRAWN_UP,
        by=by,
        at=at,
        clause=paper_clause(agreement),
        text=f"{agreement.contract_number}, {version}",
        effective_on=agreement.effective_on,
        ends_on=agreement.ends_on,
        tier=agreement.tier,
    )
    return agreement


@transaction.atomic
def change_draft(agreement: Agreement, paper: Paper, *, by: User, at: dt.datetime) -> Agreement:
    """Change a draft to what is typed now; its reseller and its programme stay. Raises Refusal as `draw_up` does.

    A signed agreement is refused: its tier and options do not change in mid-term (ATSP page 1).
    """
    require_administrator(by, agreement, "change an agreement")
    locks.lock(agreement)
    locks.lock(SubjectKey("years of a reseller", agreement.reseller_id))
    agreement = Agreement.objects.select_related("reseller", "provider").get(pk=agreement.pk)
    require_draft(agreement)
    version = agreement.version
    _require_paper(paper, version, agreement.reseller)
    add_sites(agreement.reseller, paper.sites)
    before = _shown(agreement)
    renumbered = agreement.contract_number != paper.contract_number
    for name, value in _said(paper, version).items():
        setattr(agreement, name, value)
    agreement.zone = paper.zone or agreement.zone
    if renumbered:
        agreement.reference = ""  # save() finds the one of the new number
    _require_alone(agreement)
    agreement.save()
    _write_parts(agreement, paper)
    journal.record(
        agreement,
        Verb.AGREEMENT_DRAFT_CHANGED,
        by=by,
        at=at,
        clause=paper_clause(agreement),
        before=before,
        after=_shown(agreement),
    )
    return agreement


@transaction.atomic
def delete_draft(agreement: Agreement, *, by: User, at: dt.datetime) -> None:
    """Delete a draft that comes to nothing; what the journal says of it stays. Raises Refusal for a signed one."""
    require_administrator(by, agreement, "delete a draft")
    locks.lock(agreement)
    agreement = Agreement.objects.get(pk=agreement.pk)
    if agreement.state != AgreementState.DRAFT:
        raise Refusal(
            f"Agreement {agreement.contract_number} is signed, so it cannot be deleted.",
            clause=paper_clause(agreement),
            way_out="It can be ended, with its cause.",
        )
    journal.record(
        agreement, Verb.AGREEMENT_DRAFT_DELETED, by=by, at=at, text=agreement.contract_number
    )
    for part in (agreement.options, agreement.signatures, agreement.notice_addresses):
        part.all().delete()
    try:
        with transaction.atomic():
            agreement.delete()
    except (models.ProtectedError, IntegrityError) as error:
        raise Refusal(
            f"The draft {agreement.contract_number} already has more than its paper, so it cannot be deleted.",
            way_out="Sign it, or leave it as a draft.",
        ) from error


def require_draft(agreement: Agreement) -> None:
    """Raise Refusal for an agreement that is signed: tier, options, parties and year stay (ATSP page 1)."""
    if agreement.state != AgreementState.DRAFT:
        raise Refusal(
            f"Agreement {agreement.contract_number} is signed, so its tier, options and year stay as signed.",
            clause=paper_clause(agreement),
            way_out=_STAYS,
            field="tier",
        )


def resellers_of(version: ProgrammeVersion, user: User) -> models.QuerySet[Organisation]:
    """Organizations that may become the reseller of an agreement: those the person sees that are or were resellers."""
    were = Agreement.objects.filter(programme_version__code=version.code).values("reseller")
    found: models.QuerySet[Organisation] = Organisation.objects.all().visible_to(user)
    return found.filter(models.Q(kind=OrganisationKind.RESELLER) | models.Q(pk__in=were))


def _require_own(version: ProgrammeVersion, by: User) -> None:
    """Raise Refusal unless the programme is of a provider that the person serves."""
    if not ProgrammeVersion.objects.filter(pk=version.pk).visible_to(by).exists():
        raise Refusal(
            f"You may not draw up an agreement under {version.code}: it is another provider's programme.",
            way_out="A contract administrator of that provider does it.",
        )


def _require_paper(paper: Paper, version: ProgrammeVersion, reseller: Organisation | None) -> None:
    sites = {site.name.casefold() for site in reseller.sites.all()} if reseller else set()
    refusals = [*paper_refusals(paper, version.programme, known_sites=len(sites))]
    rows = paper.site_rows or tuple(range(len(paper.sites)))
    for row, line in zip(rows, paper.sites, strict=True):
        if line.name.casefold() in sites:
            refusals.append(name_taken(line.name, f"site-{row}-name"))
        sites.add(line.name.casefold())
    if reseller is None:
        refusals.extend(_of_new_reseller(paper))
    if (refusal := Refusal.joined(refusals)) is not None:
        raise refusal


def _of_new_reseller(paper: Paper) -> list[Refusal]:
    name = paper.new_reseller.name if paper.new_reseller else ""
    if not name:
        return [
            Refusal(
                "No reseller is named.",
                way_out="Choose one, or write the name of a new one.",
                field="reseller",
            )
        ]
    if Organisation.objects.filter(name__iexact=name).exists():
        return [
            Refusal(
                f"{name} is in the portal already.",
                way_out="Choose it from the list.",
                field="new_name",
            )
        ]
    return []


def _require_alone(agreement: Agreement) -> None:
    """Raise Refusal for a second agreement of one number and day, a year already signed, and a second draft of it."""
    others = Agreement.objects.exclude(pk=agreement.pk)
    same = others.filter(
        contract_number=agreement.contract_number, effective_on=agreement.effective_on
    ).first()
    if same is not None:
        raise Refusal(
            f"Contract {same.contract_number} from {day_words(same.effective_on)} is there already, "
            f"as {same.get_state_display()}.",
            clause=paper_clause(agreement),
            way_out="Open that one, or give this one another number.",
            field="contract_number",
        )
    require_free_year(agreement)
    second = (
        others.of_the_same(agreement)
        .filter(
            state=AgreementState.DRAFT,
            effective_on__lte=agreement.ends_on,
            ends_on__gte=agreement.effective_on,
        )
        .first()
    )
    if second is not None:
        raise Refusal(
            f"A draft of these days is there already: {second.contract_number}, "
            f"{day_words(second.effective_on)} to {day_words(second.ends_on)}.",
            clause=paper_clause(agreement),
            way_out="Change that one, or delete it first.",
            field="effective_on",
        )


def _said(paper: Paper, version: ProgrammeVersion) -> dict[str, Any]:
    """The fields of the agreement itself."""
    return {
        "tier": paper.tier,
        "tier_initials": paper.tier_initials,
        "contract_number": paper.contract_number,
        "reseller_agreement_number": paper.reseller_agreement_number,
        "reseller_agreement_in_force": paper.reseller_agreement_in_force,
        "effective_on": paper.effective_on,
        "ends_on": last_day(paper, version.programme),
    }


def _write_parts(agreement: Agreement, paper: Paper) -> None:
    """Replace a draft's options with their fees (D-1), signatories and notice addresses."""
    agreement.options.all().delete()
    programme = agreement.programme
    AgreementOption.objects.bulk_create(
        AgreementOption(
            agreement=agreement,
            option=choice.option,
            kind=programme.option(choice.option).kind.value,
            quantity=choice.quantity,
            taken_on=agreement.effective_on,
            fee=fee(choice.quantity, programme.option(choice.option).fee),
            initials=choice.initials,
        )
        for choice in paper.options
    )
    for side, signatory in (
        (Side.PROVIDER, paper.provider_signatory),
        (Side.RESELLER, paper.reseller_signatory),
    ):
        name_signatory(agreement, side, signatory)
    write_notices(agreement, Side.PROVIDER, paper.provider_notices)
    write_notices(agreement, Side.RESELLER, paper.reseller_notices)


def _new_reseller(paper: Paper) -> Organisation:
    new = paper.new_reseller
    assert new is not None, "checked before"  # noqa: S101
    return Organisation.objects.create(
        name=new.name,
        kind=OrganisationKind.RESELLER,
        telephone=new.telephone,
        fax=new.fax,
        **place_fields(new.address),
    )


def _provider(version: ProgrammeVersion) -> Organisation:
    """The programme's provider: whoever provides its last agreement, or has its name by now; else that of the
    programme that it is based on; else a new organization of its name.
    """
    name, code = version.programme.provider, version.code
    if (last := _provides(code)) is not None:
        return last
    known = Organisation.objects.filter(name__iexact=name).first()
    if known is None:
        successions = Succession.objects.select_related("organisation").order_by("pk")
        names = {
            said.casefold(): one.organisation
            for one in successions
            for said in (one.name, str(one))
        }
        known = names.get(name.casefold())
    base = version.programme.based_on
    while known is None and base is not None:
        known = _provides(base)
        below = ProgrammeVersion.objects.filter(code=base).order_by("number").last()
        base = below.programme.based_on if below else None
    return known or Organisation.objects.create(name=name, kind=OrganisationKind.PROVIDER)


def _provides(code: str) -> Organisation | None:
    """Who provides the last agreement under a programme; None while there is none."""
    last = Agreement.objects.filter(programme_code=code).select_related("provider")
    agreement = last.order_by("-pk").first()
    return agreement.provider if agreement else None


def _first_zone(reseller: Organisation, new: list[Site]) -> str:
    site = new[0] if new else reseller.sites.order_by("pk").first()
    return site.zone if site else "UTC"


def _shown(agreement: Agreement) -> dict[str, Any]:
    return {
        "contract_number": agreement.contract_number,
        "tier": agreement.tier,
        "options": sorted(str(option) for option in agreement.options.all()),
        "effective_on": agreement.effective_on.isoformat(),
        "ends_on": agreement.ends_on.isoformat(),
    }
