"""All acts on a case: which of them a user is shown, and how the case page groups them."""

import datetime as dt
from dataclasses import dataclass, field

from cases.case.actions import ENGINEERS, INTAKE
from cases.case.forms.act import ActForm, Group
from cases.case.models import Case
from cases.conversation.forms import (
    AcceptInformationForm,
    AddInformationForm,
    LogCallForm,
    NoteForm,
    ReplyForm,
    RequestInformationForm,
)
from cases.handling.forms import (
    AssignForm,
    DetermineForm,
    HandOverForm,
    LinkArticleForm,
    ReplicatedForm,
    SubCaseForm,
    TakeForm,
)
from cases.resolution.forms import (
    AgreeWorkaroundForm,
    CloseForm,
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
)
from cases.work.forms import AskForWorkForm, NotSoftwareForm
from portal.models import User

ACTS: dict[str, type[ActForm]] = {
    form.code: form
    for form in (
        ReplyForm,
        AddInformationForm,
        LogCallForm,
        NoteForm,
        AcceptInformationForm,
        RequestInformationForm,
        AnswerSeverityForm,
        ConfirmCallForm,
        ConfirmSeverityForm,
        ProposeSeverityForm,
        DowngradeForm,
        GiveReliefForm,
        AgreeWorkaroundForm,
        FailReliefForm,
        CloseForm,
        ReopenForm,
        DetermineForm,
        LinkArticleForm,
        ReplicatedForm,
        AskForWorkForm,
        NotSoftwareForm,
        TakeForm,
        AssignForm,
        HandOverForm,
        SubCaseForm,
    )
}


@dataclass(slots=True)
class Tab:
    """One tab of the acts: a single act of talking, or a group of acts. `is_open` is the one shown at first."""

    code: str
    label: str
    icon: str
    acts: list[ActForm] = field(default_factory=list)
    is_open: bool = False


def codes_for(user: User, *, is_technical: bool, is_administrative: bool = False) -> frozenset[str]:
    """The codes of the acts that are the user's to do, on whatever case they fit."""
    return frozenset(
        code
        for code, form in ACTS.items()
        if (form.engineers and user.has_role(*ENGINEERS))
        or (form.intake and user.has_role(*INTAKE))
        or (form.contacts and not user.is_provider and is_technical)
        or (form.administrative and not user.is_provider and is_administrative)
    )


def acts_for(
    case: Case,
    user: User,
    at: dt.datetime,
    *,
    is_technical: bool,
    is_administrative: bool = False,
    bound: ActForm | None = None,
    wanted: str = "",
) -> list[ActForm]:
    """The acts to show a user on a case, in order; `bound` takes the place of its own kind, with what was typed.

    The cursor stands in the bound act, else in the one whose code is `wanted`.
    """
    theirs = codes_for(user, is_technical=is_technical, is_administrative=is_administrative)
    shown = []
    for form in ACTS.values():
        if bound is not None and isinstance(bound, form):
            shown.append(bound)
        elif form.code in theirs and form.fits(case, user):
            shown.append(form(case=case, user=user, at=at))
    for act in shown:
        if act is bound or (bound is None and act.code == wanted):
            act.take_cursor()
    return shown


def tabs_for(acts: list[ActForm], *, wanted: str = "") -> list[Tab]:
    """The acts as the page's tabs. Open is the one of the bound act, else of the `wanted`, else of the primary one."""
    tabs: dict[str, Tab] = {}
    for act in acts:
        alone = act.group is Group.TALK
        code = act.code if alone else act.group.value
        if code not in tabs:
            tabs[code] = Tab(
                code,
                act.short_label if alone else act.group.label,
                act.icon if alone else act.group.icon,
            )
        tabs[code].acts.append(act)
    shown = list(tabs.values())
    for chosen in (
        lambda act: act.is_bound,
        lambda act: act.code == wanted,
        lambda act: act.primary,
    ):
        found = next((tab for tab in shown if any(chosen(act) for act in tab.acts)), None)
        if found is not None:
            found.is_open = True
            break
    return shown
