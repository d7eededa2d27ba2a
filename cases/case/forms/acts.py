"""All acts on a case: which of them a user is shown, and how the case page groups them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.clocks.forms import (
    AnswerFrequencyForm,
    FrequencyForm,
    ProposeFrequencyForm,
    WithdrawFrequencyForm,
)
from cases.conversation.forms import (
    AddInformationForm,
    LogCallForm,
    NoteForm,
    ReplyForm,
)
from cases.handling.forms import (
    AssignForm,
    CloseSubCaseForm,
    DetermineForm,
    HandOverForm,
    LinkArticleForm,
    MoveForm,
    ReplicatedForm,
    SubCaseForm,
    TakeForm,
)
from cases.information.forms import AcceptInformationForm, RequestInformationForm
from cases.report.forms import CorrectReportForm, LimitationForm
from cases.resolution.forms.closing import (
    AnswerClosingForm,
    CloseForm,
    DuplicateForm,
    ProposeClosingForm,
    WithdrawClosingForm,
)
from cases.resolution.forms.relief import (
    AgreeWorkaroundForm,
    FailReliefForm,
    GiveReliefForm,
    ReopenForm,
)
from cases.severity.forms import (
    AnswerSeverityForm,
    ConfirmCallForm,
    ConfirmSeverityForm,
    DowngradeForm,
    ProposeSeverityForm,
    RefuseCallerForm,
    WithdrawSeverityForm,
)
from cases.work_orders.forms import AskForWorkForm, NotSoftwareForm
from contracts.roster.permissions import Participant
from portal.acts import Offer

ACTS: dict[str, type[CaseAct]] = {
    form.code: form
    for form in (
        ReplyForm,
        AddInformationForm,
        LogCallForm,
        NoteForm,
        AcceptInformationForm,
        RequestInformationForm,
        AnswerFrequencyForm,
        WithdrawFrequencyForm,
        ProposeFrequencyForm,
        FrequencyForm,
        AnswerSeverityForm,
        WithdrawSeverityForm,
        ConfirmCallForm,
        RefuseCallerForm,
        ConfirmSeverityForm,
        ProposeSeverityForm,
        DowngradeForm,
        GiveReliefForm,
        AgreeWorkaroundForm,
        FailReliefForm,
        AnswerClosingForm,
        ProposeClosingForm,
        WithdrawClosingForm,
        CloseForm,
        DuplicateForm,
        ReopenForm,
        DetermineForm,
        LinkArticleForm,
        ReplicatedForm,
        AskForWorkForm,
        NotSoftwareForm,
        TakeForm,
        AssignForm,
        MoveForm,
        HandOverForm,
        SubCaseForm,
        CloseSubCaseForm,
        CorrectReportForm,
        LimitationForm,
    )
}


Offered = Offer[Case, Participant]


@dataclass(slots=True)
class Tab:
    """One tab of the acts: a single act of talking, or a group of acts. `is_open` is the one shown at first."""

    code: str
    label: str
    icon: str
    offers: list[Offered] = field(default_factory=list)
    is_open: bool = False


def codes_for(actor: Participant) -> frozenset[str]:
    """The codes of the acts that are the actor's to do, on whatever case they fit."""
    return frozenset(code for code, act in ACTS.items() if act.is_shown_to(actor))


def tabs_for(offers: Sequence[Offered]) -> list[Tab]:
    """The acts as the page's tabs. Open is the one of the act that is open, else of the primary one."""
    tabs: dict[str, Tab] = {}
    for offer in offers:
        group: Group = ACTS[offer.code].group
        alone = group is Group.TALK
        code = offer.code if alone else group.value
        if code not in tabs:
            tabs[code] = Tab(
                code,
                offer.short if alone else group.label,
                offer.icon if alone else group.icon,
            )
        tabs[code].offers.append(offer)
    shown = list(tabs.values())
    for chosen in (attrgetter("is_open"), attrgetter("is_primary")):
        found = next((tab for tab in shown if any(map(chosen, tab.offers))), None)
        if found is not None:
            found.is_open = True
            break
    return shown
