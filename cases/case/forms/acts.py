"""All acts on a case: which of them a user is shown, and how the case page groups them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cases.case.forms.act import CaseAct, Group
from cases.case.models import Case
from cases.case.rules.deeds import Deed
from cases.case.rules.likeliest import Moment, likeliest
from cases.case.rules.vocabulary import Side, State
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
    TakeCallForm,
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
from cases.relations.forms import (
    MergeForm,
    RelateForm,
    SplitForm,
    UndoMergeForm,
    UnrelateForm,
)
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
from cases.time_spent.forms import TimeForm
from cases.watching.forms import FollowForm, UnwatchForm, WatchForm
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
        TakeCallForm,
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
        WatchForm,
        UnwatchForm,
        FollowForm,
        RelateForm,
        UnrelateForm,
        MergeForm,
        UndoMergeForm,
        SplitForm,
        TimeForm,
        CorrectReportForm,
        LimitationForm,
    )
}


Offered = Offer[Case, Participant]


@dataclass(slots=True)
class Menu:
    """The acts of one group under "More", by the group's words."""

    label: str
    icon: str
    offers: list[Offered] = field(default_factory=list)


@dataclass(slots=True)
class Composer:
    """What can be done on a case page: the ways of talking (`modes`), the likeliest other acts, and all others.

    `shown` is the act whose form stands in the composer, None where there is nobody to write to; `is_wanted` tells that
    it was asked for, or came back.
    """

    modes: list[Offered]
    likely: list[Offered]
    more: list[Menu]
    shown: Offered | None
    is_wanted: bool

    @property
    def is_talk(self) -> bool:
        """Whether what is shown is a way of talking."""
        return self.shown in self.modes


def codes_for(actor: Participant) -> frozenset[str]:
    """The codes of the acts that are the actor's to do, on whatever case they fit."""
    return frozenset(code for code, act in ACTS.items() if act.is_shown_to(actor))


def composer_for(offers: Sequence[Offered], case: Case, side: Side) -> Composer | None:
    """The acts as the page's composer shows them; None for nothing to do. Shown is the act that is open, else the
    primary one, else the first way of talking.
    """
    if not offers:
        return None
    modes = [each for each in offers if ACTS[each.code].group is Group.TALK]
    menus: dict[Group, Menu] = {}
    for offer in offers:
        group: Group = ACTS[offer.code].group
        if group is not Group.TALK:
            menus.setdefault(group, Menu(group.label, group.icon)).offers.append(offer)
    wanted = next((each for each in offers if each.is_open), None)
    primary = next((each for each in modes if each.is_primary), None)
    by_code = {Deed(each.code): each for each in offers}
    likely = likeliest(by_code.keys(), moment_of(case), side)
    return Composer(
        modes,
        [by_code[code] for code in likely],
        list(menus.values()),
        wanted or primary or (modes[0] if modes else None),
        wanted is not None,
    )


def moment_of(case: Case) -> Moment:
    """What of the case says which act is next."""
    return Moment(
        state=State(case.state),
        severity=case.severity,
        is_owned=case.owner_id is not None,
        is_confirmed=case.severity_confirmed,
        is_answered=case.responded_at is not None,
        is_relieved=case.relieved_at is not None,
        awaits_call=case.awaits_call_for is not None,
        awaits_information=case.waits_for_information,
    )
