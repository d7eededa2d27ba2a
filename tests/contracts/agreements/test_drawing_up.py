"""Drawing up an agreement: page 1's choices, years, zones, second drafts; a draft changed, deleted, signed."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from contracts.agreements.actions import drawing_up, parties
from contracts.agreements.actions.signing import sign_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import NoticeLine, Signatory, SiteLine
from contracts.agreements.rules.drawing_up import NewReseller, OptionChoice, Paper
from contracts.parties.models.parties import Organisation
from contracts.programmes.models import ProgrammeVersion
from portal.models import JournalEntry, User
from portal.rules.refusal import Refusal
from tests.contracts.factories import (
    load_back_line,
    make_agreement,
    make_contact,
    make_site,
    published,
    put_on_roster,
)

pytestmark = pytest.mark.django_db
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
PAPER = Paper(
    contract_number="271-ATSP-5000",
    effective_on=dt.date(2003, 4, 1),
    tier="level-2",
    tier_initials="AL",
    options=(OptionChoice("psam-2", 2, "AL"), OptionChoice("ess-2", 1)),
    new_reseller=NewReseller("Aurora Storage"),
    reseller_agreement_number="271-RSLR-5000",
    sites=(SiteLine("Denver", "US", "America/Denver"),),
    reseller_notices=NoticeLine("Aurora Storage", attention="Ada Lindt"),
    provider_signatory=Signatory("Barbara T. Bakich", "Vice President, Sales"),
    reseller_signatory=Signatory("Ada Lindt", "Director"),
)


@pytest.fixture
def draw(version: ProgrammeVersion, administrator: User) -> Any:
    """Draws up an agreement from the paper with some of it changed."""

    def drawn(**changes: Any) -> Agreement:
        return drawing_up.draw_up(version, replace(PAPER, **changes), by=administrator, at=AT)

    return drawn


def refused(draw: Any, **changes: Any) -> Refusal:
    before = Organisation.objects.count()
    with pytest.raises(Refusal) as caught:
        draw(**changes)
    assert Organisation.objects.count() == before, "nothing of it is kept"
    return caught.value


@pytest.mark.clause("ATSP page 1", "ATSP page 1, 2.a", "D-1")
def test_a_draft_is_made_whole(draw: Any, administrator: User) -> None:
    draft = draw()
    assert (draft.state, draft.reference) == (AgreementState.DRAFT, "271-ATSP-5000")
    assert (draft.effective_on, draft.ends_on) == (dt.date(2003, 4, 1), dt.date(2004, 3, 31))
    assert draft.zone == "America/Denver", "its first site's"
    assert {(one.option, one.quantity, one.fee) for one in draft.options.all()} == {
        ("psam-2", 2, 45000),
        ("ess-2", 1, 35000),
    }
    assert draft.provider.name == "Legato Systems, Inc."
    assert {(one.side, one.name) for one in draft.signatures.all()} == {
        ("provider", "Barbara T. Bakich"),
        ("reseller", "Ada Lindt"),
    }
    assert draft.notice_addresses.get().attention == "Ada Lindt"
    assert not draft.charges.exists()
    assert not draft.case_accounts.exists()
    entry = JournalEntry.objects.about(draft).get()
    assert (entry.verb, entry.by, entry.public) == ("agreement.drawn_up", administrator, False)


@pytest.mark.clause("ATSP page 1")
def test_a_level_must_be_chosen_and_the_refusal_quotes_page_1(draw: Any) -> None:
    said = refused(draw, tier="")
    assert (said.field, said.clause) == ("tier", "ATSP page 1")
    assert "“Reseller must pick at least one level." in said.sentence
    assert "ATSP Level I, ATSP Level II" in said.way_out


@pytest.mark.clause("ATSP page 1")
def test_an_option_of_another_column_is_refused_with_page_1_s_words(draw: Any) -> None:
    said = refused(draw, options=(OptionChoice("psam-1", 1), OptionChoice("ess-2", 1)))
    assert (said.field, said.clause) == ("option-psam-1", "ATSP page 1")
    assert "it must be in the same column" in said.sentence
    assert "PSAM Level II, ESS Level II" in said.way_out


@pytest.mark.clause("ATSP 1.2")
def test_a_zone_that_does_not_exist_is_refused_by_name(draw: Any) -> None:
    site = SiteLine("Denver", "US", "America/Dnver")
    said = refused(draw, sites=(site,))
    assert (said.field, said.clause) == ("site-0-zone", "ATSP 1.2")
    assert "There is no time zone 'America/Dnver'." in said.sentence
    assert refused(draw, zone="Mars/Olympus").field == "zone"


def test_every_mistake_is_named_at_once(draw: Any) -> None:
    said = refused(
        draw,
        tier="",
        contract_number="new",
        sites=(SiteLine("", "APAC", ""),),
        new_reseller=None,
        site_rows=(1,),
    )
    assert [each.field for each in said.all] == [
        "contract_number",
        "tier",
        "site-1-name",
        "site-1-region",
        "site-1-zone",
        "reseller",
    ]


def test_a_reseller_needs_a_site_and_a_name_of_its_own(draw: Any) -> None:
    assert refused(draw, sites=()).field == "site-0-name"
    make_agreement(reseller=None)
    Organisation.objects.create(name="AURORA STORAGE", kind="reseller")
    assert refused(draw).field == "new_name"


def test_a_known_reseller_keeps_its_sites(draw: Any) -> None:
    known = make_agreement(effective_on=dt.date(2002, 1, 1), ends_on=dt.date(2002, 12, 31)).reseller
    make_site(known, name="Austin", zone="America/Chicago")
    draft = draw(reseller=known.pk, new_reseller=None, sites=())
    assert (draft.reseller, draft.zone) == (known, "America/Chicago")
    twice = (SiteLine("austin", "US", "America/Chicago"),)
    said = refused(draw, reseller=known.pk, sites=twice, contract_number="X")
    assert (said.field, "a site austin already" in said.sentence) == ("site-0-name", True)


@pytest.mark.clause("ATSP page 1, 2.a")
def test_an_overlapping_year_is_refused_with_the_other_contracts_number(
    draw: Any, mti: Agreement
) -> None:
    said = refused(draw, reseller=mti.reseller_id, effective_on=dt.date(2003, 9, 2), sites=())
    assert "overlaps contract 271-ATSP-4453, 3 Sep 2002 to 2 Sep 2003" in said.sentence
    assert (said.field, said.clause) == ("effective_on", "ATSP page 1, 2.a")
    draft = draw(reseller=mti.reseller_id, effective_on=dt.date(2003, 9, 3), sites=())
    assert draft.effective_on == dt.date(2003, 9, 3)


def test_a_second_draft_of_the_same_days_is_refused_with_the_first_ones_number(
    draw: Any,
) -> None:
    draft = draw()
    common = {"reseller": draft.reseller_id, "new_reseller": None, "sites": ()}
    said = refused(draw, **common)
    assert said.field == "contract_number"
    assert "271-ATSP-5000 from 1 Apr 2003 is there already, as draft" in said.sentence
    said = refused(draw, **common, contract_number="271-ATSP-5001")
    assert said.field == "effective_on"
    assert "A draft of these days is there already: 271-ATSP-5000" in said.sentence


def test_a_draft_is_changed_and_its_address_follows_its_number(
    draw: Any, administrator: User
) -> None:
    draft = draw()
    paper = replace(PAPER, tier="level-1", options=(), contract_number="271-ATSP-6", sites=())
    changed = drawing_up.change_draft(draft, paper, by=administrator, at=AT)
    assert (changed.reference, changed.tier) == ("271-ATSP-6", "level-1")
    assert not changed.options.exists()
    entry = JournalEntry.objects.about(draft).get(verb="agreement.draft_changed")
    assert (entry.before["tier"], entry.after["tier"]) == ("level-2", "level-1")


@pytest.mark.clause("ATSP page 1")
def test_a_change_of_tier_in_mid_term_is_refused_with_the_clause(
    mti: Agreement, administrator: User
) -> None:
    with pytest.raises(Refusal, match="tier, options and year stay as signed") as caught:
        drawing_up.change_draft(mti, PAPER, by=administrator, at=AT)
    assert (caught.value.clause, caught.value.field) == ("ATSP page 1", "tier")
    assert "renewal" in caught.value.way_out


def test_a_draft_is_deleted_and_a_signed_agreement_is_not(draw: Any, administrator: User) -> None:
    draft = draw()
    drawing_up.delete_draft(draft, by=administrator, at=AT)
    assert not Agreement.objects.exists()
    assert JournalEntry.objects.filter(verb="agreement.draft_deleted").count() == 1
    signed = sign_agreement(
        draw(contract_number="X-1", new_reseller=NewReseller("Other")),
        by=administrator,
        at=AT,
        signed_on=AT.date(),
    )
    with pytest.raises(Refusal, match="is signed, so it cannot be deleted"):
        drawing_up.delete_draft(signed, by=administrator, at=AT)


def test_a_draft_that_somebody_built_on_stays(draw: Any, administrator: User) -> None:
    draft = draw()
    put_on_roster(draft, make_contact(draft.reseller), pool="us", slot=1)
    with pytest.raises(Refusal, match="more than its paper"):
        drawing_up.delete_draft(draft, by=administrator, at=AT)
    assert draft.signatures.count() == 2, "whole, or not at all"


def test_only_contract_administrators_draw_up(version: ProgrammeVersion, make_user: Any) -> None:
    with pytest.raises(Refusal, match="You may not draw up an agreement"):
        drawing_up.draw_up(version, PAPER, by=make_user("Sam", "sales"), at=AT)


def test_a_programme_without_tiers_or_term_needs_its_last_day(administrator: User) -> None:
    terms = dict(published().terms)
    for part in ("tier", "option", "escalation", "scorecard", "information_clock", "term"):
        terms.pop(part)
    version = ProgrammeVersion.objects.create(
        code="plain",
        number=1,
        terms=terms,
        digest="c" * 64,
        source_name="plain.toml",
        published_at=AT,
    )
    paper = replace(PAPER, tier="", options=())
    with pytest.raises(Refusal, match="The last day is missing") as caught:
        drawing_up.draw_up(version, paper, by=administrator, at=AT)
    assert caught.value.field == "ends_on"
    before = replace(paper, ends_on=dt.date(2003, 3, 31))
    with pytest.raises(Refusal, match="31 Mar 2003 is before the Effective Date, 1 Apr 2003"):
        drawing_up.draw_up(version, before, by=administrator, at=AT)
    draft = drawing_up.draw_up(
        version, replace(paper, ends_on=dt.date(2004, 9, 30)), by=administrator, at=AT
    )
    assert draft.ends_on == dt.date(2004, 9, 30)


def test_a_site_is_changed_with_its_zone_and_journaled(mti: Agreement, administrator: User) -> None:
    site = mti.reseller.sites.get()
    line = SiteLine("Tustin", "US", "America/Phoenix")
    parties.change_site(site, line, mti, by=administrator, at=AT)
    site.refresh_from_db()
    assert (site.name, site.zone) == ("Tustin", "America/Phoenix")
    entry = JournalEntry.objects.about(mti).get(verb="agreement.site_changed")
    assert (entry.before["zone"], entry.public) == ("America/Los_Angeles", True)
    with pytest.raises(Refusal, match="on the roster under US") as caught:
        parties.change_site(site, replace(line, region="EMEA"), mti, by=administrator, at=AT)
    assert caught.value.field == "region"


def test_a_site_is_added_once(mti: Agreement, administrator: User) -> None:
    line = SiteLine("London", "EMEA", "Europe/London")
    parties.add_site(mti, line, by=administrator, at=AT)
    with pytest.raises(Refusal, match="has a site London already"):
        parties.add_site(mti, line, by=administrator, at=AT)
    with pytest.raises(Refusal, match="There is no time zone"):
        parties.add_site(mti, replace(line, name="X", zone="X"), by=administrator, at=AT)


@pytest.mark.clause("ATSP 20.2")
def test_notice_addresses_can_change_at_any_time(mti: Agreement, administrator: User) -> None:
    line = NoticeLine("MTI Legal", attention="General Counsel")
    parties.change_notices(mti, Side.RESELLER, line, by=administrator, at=AT)
    assert mti.notice_addresses.get(side="reseller").name == "MTI Legal"
    parties.change_notices(mti, Side.RESELLER, None, by=administrator, at=AT)
    assert not mti.notice_addresses.filter(side="reseller").exists()
    assert JournalEntry.objects.about(mti).filter(clause="ATSP 20.2").count() == 2


@pytest.mark.clause("SCL 8.2", "D-42")
def test_a_back_line_agreement_runs_through_the_last_day_without_cost_at_most() -> None:
    load_back_line()
    version = ProgrammeVersion.objects.get(code="back-line-2002")
    gwen = User.objects.get(name="Gwen Holt")
    paper = Paper(
        contract_number="SCL-2",
        effective_on=dt.date(2003, 4, 1),
        new_reseller=NewReseller("Aurora Storage"),
        sites=(SiteLine("Denver", "US", "America/Denver"),),
    )
    late = replace(paper, ends_on=dt.date(2004, 10, 1))
    with pytest.raises(Refusal, match="1 Oct 2004 is after 30 Sep 2004") as caught:
        drawing_up.draw_up(version, late, by=gwen, at=AT)
    assert (caught.value.clause, caught.value.field) == ("SCL 8.2", "ends_on")
    assert drawing_up.draw_up(version, paper, by=gwen, at=AT).ends_on == dt.date(2004, 9, 30)
