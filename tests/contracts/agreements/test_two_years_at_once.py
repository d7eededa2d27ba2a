"""No two agreements of one provider, reseller and kind of support are in force at once, whatever the programme."""

import datetime as dt
from dataclasses import replace

import pytest

from contracts.agreements.actions.drawing_up import draw_up
from contracts.agreements.actions.loading import load_agreement
from contracts.agreements.actions.signing import sign_agreement
from contracts.agreements.models.agreements import Agreement, AgreementState
from contracts.agreements.models.signing import Side
from contracts.agreements.rules.agreement_file import AgreementFileError
from contracts.programmes.actions import publish_programme
from contracts.programmes.models import ProgrammeVersion
from contracts.programmes.rules import programme_file
from contracts.programmes.rules.terms import TECHNICAL_SUPPORT
from portal.models import User
from portal.rules.refusal import Refusal
from tests.contracts import factories
from tests.contracts.agreements.test_drawing_up import PAPER
from tests.contracts.agreements.test_life import a_draft
from tests.contracts.programmes.published import atsp, back_line

pytestmark = [pytest.mark.django_db, pytest.mark.clause("ATSP page 1, 2")]
AT = dt.datetime(2003, 3, 5, 18, 0, tzinfo=dt.UTC)
MARCH = dt.date(2003, 3, 1)
ALONE = replace(
    PAPER,
    effective_on=MARCH,
    sites=(),
    new_reseller=None,
    tier="level-1",
    options=(),
)


@pytest.fixture
def renewed_terms(mti: Agreement) -> ProgrammeVersion:
    """The programme of 2004, which the 2002 agreement is not under, and whose provider has another name."""
    path = factories.CONTRACTS / "programmes" / "atsp-2004.toml"
    return publish_programme(path.read_text(encoding="utf-8"), name=path.name, by=None, at=AT)


@pytest.fixture
def other_terms(mti: Agreement) -> ProgrammeVersion:
    """A programme that is based on none."""
    text = factories.programme_text().replace('code = "atsp-2002"', 'code = "premium-2003"', 1)
    return publish_programme(text, name="premium.toml", by=None, at=AT)


@pytest.mark.parametrize("terms", ["renewed_terms", "other_terms"])
def test_a_draft_under_another_programme_is_not_drawn_up_beside_the_year(
    mti: Agreement, administrator: User, terms: str, request: pytest.FixtureRequest
) -> None:
    version = request.getfixturevalue(terms)
    paper = replace(ALONE, reseller=mti.reseller_id)
    with pytest.raises(Refusal, match="overlaps contract 271-ATSP-4453") as refused:
        draw_up(version, paper, by=administrator, at=AT)
    assert refused.value.field == "effective_on"
    assert "3 Sep 2003 or later" in refused.value.way_out
    after = replace(paper, effective_on=mti.anniversary)
    draft = draw_up(version, after, by=administrator, at=AT)
    assert (draft.provider, draft.state) == (mti.provider, AgreementState.DRAFT)


def test_a_draft_under_another_programme_is_not_signed_beside_the_year(
    mti: Agreement, other_terms: ProgrammeVersion
) -> None:
    draft = a_draft(
        version=other_terms,
        reseller=mti.reseller,
        provider=mti.provider,
        effective_on=MARCH,
        ends_on=dt.date(2004, 2, 29),
    )
    with pytest.raises(Refusal, match="overlaps contract 271-ATSP-4453"):
        sign_agreement(draft, by=None, at=AT, signed_on=MARCH)
    draft.refresh_from_db()
    assert draft.state == AgreementState.DRAFT
    assert draft.signatures.filter(signed_on=None).count() == len(Side)


def test_a_file_under_another_programme_is_not_loaded_beside_the_year(
    mti: Agreement, other_terms: ProgrammeVersion
) -> None:
    text = (
        factories.MTI_FILE.read_text(encoding="utf-8")
        .replace("271-ATSP-4453", "271-ATSP-9999")
        .replace('programme = "atsp-2002"', 'programme = "premium-2003"')
        .replace("effective_on = 2002-09-03", "effective_on = 2003-03-01")
        .replace("ends_on = 2003-09-02", "ends_on = 2004-02-29")
    )
    with pytest.raises(AgreementFileError) as refused:
        load_agreement(text, name="beside.toml", by=None, at=AT)
    assert "overlaps 271-ATSP-4453" in refused.value.problems[0].reason


def test_back_line_support_is_another_kind() -> None:
    assert atsp().kind_of_support == TECHNICAL_SUPPORT
    assert back_line().kind_of_support == "back-line"
    assert programme_file.load(programme_file.dump(back_line())) == back_line()
