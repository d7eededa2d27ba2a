"""Deeds: who may do what to a case, and when, in one place for forms, API, mail and telephone."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from cases.case.forms.acts import ACTS
from cases.case.rules import deeds
from cases.case.rules.deeds import DEEDS, Deed, Who
from cases.case.rules.vocabulary import Side
from cases.severity.rules import Proposal, SeverityState
from contracts.programmes.rules.terms import Programme
from tests.atsp import atsp

NOW = dt.datetime(2003, 3, 5, 18, tzinfo=dt.UTC)


@dataclass
class AsItStands:
    """A case of severity 2 in work."""

    number: str = "1001"
    programme: Programme = field(default_factory=atsp)
    standing: SeverityState = field(default_factory=lambda: SeverityState(2))
    state: str = "in_progress"
    closure_reason: str = "other-vendor"
    information_asked_at: dt.datetime | None = None
    relieved_at: dt.datetime | None = None
    replicated_by_provider_at: dt.datetime | None = None
    workaround_agreed_at: dt.datetime | None = None
    closing_proposed_at: dt.datetime | None = None
    proposed_status_every: str = ""
    status_every_proposed_by: str = ""
    merged_at: dt.datetime | None = None
    open_sub_cases: int = 0
    limitations: list[dict[str, str]] = field(default_factory=list)


def fitting(side: Side, **facts: object) -> set[Deed]:
    case = AsItStands(**facts)  # type: ignore[arg-type]
    return {
        deed
        for deed in Deed
        if DEEDS[deed].of_side(side) and deeds.refusal(deed, case, side) is None
    }


def test_each_deed_has_its_terms_and_its_form() -> None:
    assert set(DEEDS) == set(ACTS) == set(Deed)
    assert {Who.ENGINEER.side, Who.ADMINISTRATIVE.side} == {Side.PROVIDER, Side.RESELLER}


@pytest.mark.clause("ATSP 4.10", "ATSP 1.3")
def test_on_a_closed_case_nothing_goes_on_but_reopening_it() -> None:
    around = {Deed.WATCH, Deed.UNWATCH, Deed.FOLLOW, Deed.SPLIT}
    assert fitting(Side.RESELLER, state="closed") == {Deed.REOPEN, *around}
    around |= {Deed.RELATE, Deed.UNRELATE, Deed.TIME}
    found = around | {Deed.NOTE, Deed.DETERMINE, Deed.ARTICLE, Deed.REPLICATED, Deed.REOPEN}
    assert fitting(Side.PROVIDER, state="closed") == found


@pytest.mark.clause("ATSP 4.3")
def test_a_proposal_is_answered_by_the_other_side_and_withdrawn_by_its_own() -> None:
    ours = SeverityState(2, proposal=Proposal(3, Side.PROVIDER, "It runs."))
    both = {Deed.ANSWER, Deed.WITHDRAW}
    assert fitting(Side.RESELLER, standing=ours) & both == {Deed.ANSWER}
    assert fitting(Side.PROVIDER, standing=ours) & both == {Deed.WITHDRAW}
    assert not fitting(Side.PROVIDER) & both
    assert Deed.PROPOSE not in fitting(Side.RESELLER, standing=ours)


@pytest.mark.clause("ATSP 4.5")
def test_what_awaits_its_call_is_taken_back_by_the_reseller_alone() -> None:
    awaits = SeverityState(2, awaits_call=1)
    assert Deed.WITHDRAW in fitting(Side.RESELLER, standing=awaits)
    assert Deed.WITHDRAW not in fitting(Side.PROVIDER, standing=awaits)


@pytest.mark.parametrize("deed", Deed)
def test_what_does_not_fit_names_a_way_out(deed: Deed) -> None:
    cases = [
        AsItStands(state="closed"),
        AsItStands(
            standing=SeverityState(1, True, proposal=Proposal(2, Side.RESELLER, "Less.")),
            state="relieved",
            relieved_at=NOW,
            workaround_agreed_at=NOW,
            replicated_by_provider_at=NOW,
            closing_proposed_at=NOW,
            proposed_status_every="2 days",
            status_every_proposed_by="reseller",
        ),
        AsItStands(standing=SeverityState(4)),
    ]
    for side in Side:
        for case in cases:
            against = deeds.refusal(deed, case, side)
            assert against is None or against.way_out
