"""What can be told of a report before it is sent: its summary, what limits it, what it lacks, what it would bring.

Everything comes from the code that opens the case; nothing is worked out here a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.html import strip_tags

from cases.case.rules.vocabulary import Channel
from cases.opening import asking
from cases.opening import rules as admission
from cases.opening.arrival import arrival
from cases.opening.forms import OpenCaseForm
from cases.opening.limitations import limitations_of, outlasting_of
from cases.products.rules import answered, blanks_of
from cases.resolution import rules as charging
from cases.resolution.rules import ChargeResult
from cases.severity import rules as severity
from cases.severity.preview import Preview
from cases.severity.views import previews_of
from contracts.roster.permissions import Permissions
from portal.models import User
from portal.rules.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered of one step, as a summary shows it: labels and values, in the form's order."""

    code: str
    title: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Checked:
    """A report as far as it is typed.

    `limits` are the limitations that its case would carry, each with `words` and `clause`; `objection` would refuse
    it. `lacks` are the questions that still need an answer, `wrong` the answers that need another look. `blanks` is
    what the product needs and may be left blank: it is asked for at once. `charge` says what the case takes, None where
    no cases are counted; `preview` what the chosen severity would start.
    """

    answers: Sequence[Answers] = ()
    files: Sequence[str] = ()
    limits: Sequence[Mapping[str, str]] = ()
    objection: Refusal | None = None
    lacks: Sequence[BoundField] = ()
    wrong: Sequence[tuple[BoundField, str]] = ()
    blanks: Sequence[str] = ()
    charge: ChargeResult | None = None
    preview: Preview | None = None
    is_begun: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to answer."""
        return self.is_begun and not self.lacks and not self.wrong


def check(
    typed: Mapping[str, Any], standing: Permissions, user: User, *, files: Sequence[str] = ()
) -> Checked:
    """What can be told of the report as it is typed, at the instant of `standing`, whose contact has an agreement.

    At most seven statements, and none that grows with what is typed.
    """
    agreement, contact, at = standing.agreement, standing.contact, standing.at
    assert agreement is not None, "asked only with an agreement"  # noqa: S101
    assert contact is not None, "asked only for a contact"  # noqa: S101
    form = OpenCaseForm(typed, programme=agreement.programme)
    form.asks_of_product = False  # the page shows them; here they may be blank
    del form.fields["attached"]
    report = form.so_far()
    limits: list[dict[str, str]] = []
    objection: Refusal | None = None
    if report is not None:
        known = arrival(contact.site, agreement, report.product, at)
        limits = limitations_of(report, agreement, contact, known, at)
        if report.end_user.strip():
            objection = admission.end_users_alone(
                agreement.anniversary, outlasting_of(standing, contact, report)
            )
    level, previews = form.cleaned_data.get("severity"), {}
    blanks: list[str] = []
    if level:
        taken_as = severity.on_report(agreement.programme, level, Channel.WEB).standing.level
        answers = asking.answers_in(form.cleaned_data)
        blanks = blanks_of(answered(form.questions, answers), taken_as)
        previews = previews_of(
            standing, Channel.WEB, at=at, logged_at=at, user=user, lacks=bool(blanks)
        )
    return Checked(
        answers=list(_answers(form)),
        files=files,
        limits=limits,
        objection=objection,
        lacks=form.still_needed(),
        wrong=[(each, text) for each, text in form.mistakes() if each.value()],
        blanks=blanks,
        charge=charging.case_charge(agreement.programme, None)
        if charging.on_opening(agreement.programme).counts
        else None,
        preview=previews.get(level or 0),
        is_begun=any(typed.get(name) for name in form.fields),
    )


def _answers(form: OpenCaseForm) -> Sequence[Answers]:
    found = []
    for part in form.laid_out():
        rows = [(label_of(each), shown) for each in part.fields if (shown := _shown(form, each))]
        found.append(Answers(part.step.code, part.step.title, rows))
    return found


def label_of(bound: BoundField) -> str:
    """The words of a question, without the mark of one that is needed."""
    return strip_tags(str(bound.label)).rstrip("*")


def _shown(form: OpenCaseForm, bound: BoundField) -> str:
    """An answer as one reads it: a choice by its words, a tick as "yes"."""
    value = form.cleaned_data.get(bound.name, "")
    if isinstance(value, bool):
        return "yes" if value else ""
    choices = getattr(bound.field, "choices", None)
    if choices is not None and bound.name != "product":
        return next((str(words) for key, words in choices if str(key) == str(value)), "")
    return str(value or "").strip()
