"""The courses that the demonstration's cases take, chosen by a fixed random sequence."""

import datetime as dt
from dataclasses import dataclass, field
from functools import partial
from random import Random

from cases.case.models import Case
from cases.case.reported import Replication
from cases.case.rules.vocabulary import Channel
from cases.conversation.actions import add_information, log_call, reply
from cases.handling.actions import take
from cases.information.actions import accept_information, request_information
from cases.knowledge.models import Article
from cases.opening.actions import open_case
from cases.opening.report import Report
from cases.products.models import Product
from cases.resolution.actions import closing as closing_actions
from cases.resolution.actions.closing import agree_workaround, give_relief
from cases.resolution.actions.findings import determine, link_article, mark_replicated
from cases.resolution.actions.proposing import answer_closing, propose_closing
from cases.satisfaction import actions as satisfaction
from cases.satisfaction.models import Survey
from cases.satisfaction.rules import Rating
from cases.severity import actions as severity_actions
from cases.severity.actions import confirm_severity
from contracts.parties.models.parties import Contact
from contracts.programmes.rules.terms import Act
from demo.history import History
from demo.problems import Problem
from escalation.actions import duties
from portal.models import User

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ANSWERED = 2 * DAY
"""After a closing; the question comes a day after it."""
RATINGS = (
    (Rating.GOOD, ""),
    None,
    (Rating.GOOD, "Called back before we had poured the coffee, and the Fix held."),
    (Rating.FAIR, "Solved, but we had to send the same log twice."),
    (Rating.GOOD, ""),
    None,
    (Rating.BAD, "Two days without a word while our customer waited. The answer itself was right."),
    (Rating.GOOD, "The steps to replicate were read, for once."),
    (Rating.GOOD, ""),
    None,
    (Rating.GOOD, ""),
    (Rating.FAIR, ""),
    (Rating.GOOD, "The workaround carried us over the weekend."),
)
"""What contacts say of a case, by its number; some do not answer."""


@dataclass(slots=True)
class Course:
    """One case's course: who reports what and when, and how it goes on.

    Without an `end_user` it is some customer of the contact's company; without a `determination` none is made.
    """

    problem: Problem
    contact: Contact
    engineer: User
    dispatch: User
    at: dt.datetime
    severity: int
    response: dt.timedelta = 40 * MINUTE
    updates: tuple[dt.timedelta, ...] = ()
    waits_for: str = ""
    information_after: dt.timedelta | None = None
    relief: dt.timedelta | None = None
    closure: dt.timedelta | None = None
    closure_reason: str = "solution"
    proposal: dt.timedelta | None = None
    determination: str = "known-defect"
    replicated: bool = False
    call_after: dt.timedelta | None = None
    reopened_after: dt.timedelta | None = None
    psam: User | None = None
    duties: tuple[tuple[dt.timedelta, Act, str], ...] = ()
    end_user: str = ""
    case: Case | None = field(default=None, init=False)

    def plan(self, history: History) -> None:
        """Put all that will happen into the history."""
        history.plan(self.at, self.open)
        if self.call_after is not None:
            history.plan(self.at + self.call_after, self.confirm_call)
        history.plan(self.at + self.response, self.respond)
        for index, after in enumerate(self.updates):
            history.plan(self.at + after, partial(self.update, index, self.at + after))
        if self.waits_for:
            history.plan(self.at + self.response + 5 * MINUTE, self.ask)
        if self.information_after is not None:
            history.plan(self.at + self.information_after, self.answer)
        if self.replicated:
            history.plan(self.at + self.response + 3 * HOUR, self.replicate)
        if self.relief is not None:
            history.plan(self.at + self.relief, self.relieve)
        if self.proposal is not None:
            history.plan(self.at + self.proposal, self.propose_closing)
        if self.closure is not None:
            history.plan(self.at + self.closure, self.close)
            history.plan(self.at + self.closure + ANSWERED, self.rate)
        if self.reopened_after is not None:
            history.plan(self.at + self.reopened_after, self.reopen)
        for after, act, note in self.duties:
            history.plan(self.at + after, partial(self.do_duty, self.at + after, act, note))

    # Each of these is one act, at its time.

    def open(self) -> None:
        """The contact reports; by telephone, dispatch takes it down."""
        by_telephone = self.severity == 1 and self.call_after is None
        assert self.contact.user is not None
        self.case = open_case(
            report_of(self.problem, self.severity, self.contact, self.end_user),
            by=self.dispatch if by_telephone else self.contact.user,
            contact=self.contact,
            channel=Channel.TELEPHONE if by_telephone else Channel.WEB,
            at=self.at,
        )

    def confirm_call(self) -> None:
        """The contact calls, and dispatch confirms severity 1."""
        assert self.call_after is not None
        at = self.at + self.call_after
        severity_actions.confirm_call(self._case, by=self.dispatch, at=at, caller=self.contact)

    def respond(self) -> None:
        """The engineer takes the case, calls back, and confirms the severity."""
        at = self.at + self.response
        if not self._open:
            return
        take(self._case, by=self.engineer, at=at)
        log_call(
            self._case,
            by=self.engineer,
            at=at,
            logged_at=at,
            body=f"Called {self.contact.name} back: went through the report, {self.problem.release} on "
            f"{self.problem.platform}; agreed on what to look at first.",
        )
        if self._open and not self._fresh.severity_confirmed:
            confirm_severity(self._case, by=self.engineer, at=at)

    def update(self, index: int, at: dt.datetime) -> None:
        """The engineer updates the contact."""
        if not self._open:
            return
        texts = (
            "We have loaded your logs and see the same sequence; the next look is at the lock order.",
            "The trace shows where it stops. A colleague of the product group looks at it with me.",
            "No new finding since the last update; the test with the second data set is running.",
            "The test confirms the cause. I am writing down the steps that restore operation.",
        )
        reply(self._case, by=self.engineer, at=at, body=texts[index % len(texts)])

    def ask(self) -> None:
        """The engineer asks for what is missing."""
        if self._open:
            request_information(
                self._case,
                by=self.engineer,
                at=self.at + self.response + 5 * MINUTE,
                missing=self.waits_for.split(", "),
                body="To go on I need the following.",
            )

    def answer(self) -> None:
        """The contact sends it, and the engineer accepts it."""
        assert self.information_after is not None and self.contact.user is not None
        at = self.at + self.information_after
        if not self._open:
            return
        add_information(
            self._case,
            by=self.contact.user,
            at=at,
            body=f"Here is what you asked for: {self.waits_for}.",
        )
        if self._fresh.information_asked_at is not None:
            accept_information(self._case, by=self.engineer, at=at, received_at=at)

    def replicate(self) -> None:
        """The provider replicates the Problem itself."""
        mark_replicated(self._case, by=self.engineer, at=self.at + self.response + 3 * HOUR)

    def relieve(self) -> None:
        """The engineer gives the answer, links the article and determines what it was."""
        assert self.relief is not None
        at = self.at + self.relief
        if not self._open:
            return
        give_relief(self._case, by=self.engineer, at=at, body=self.problem.answer)
        article = Article.objects.filter(number=self.problem.article).first()
        if article is not None:
            link_article(self._case, article, by=self.engineer, at=at)
        if self.determination:
            determine(self._case, by=self.engineer, at=at, determination=self.determination)

    def close(self) -> None:
        """It has held: the contact agrees, on the portal or in a call, and the case closes."""
        assert self.closure is not None and self.contact.user is not None
        at = self.at + self.closure
        if not self._open:
            return
        reason = self._fresh.programme.closure_reason(self.closure_reason)
        if reason.by_agreement:
            agree_workaround(self._case, by=self.contact.user, at=at)
        if self._fresh.closing_proposed_at is not None:
            answer_closing(self._case, by=self.contact.user, at=at, agree=True, words="It holds.")
            return
        closing_actions.close(
            self._case,
            by=self.engineer,
            at=at,
            reason=self.closure_reason,
            agreed_by=self.contact.name,
            said=f"Called {self.contact.name}: it has held since, and the case may close.",
        )

    def rate(self) -> None:
        """Some contacts say how it went, when they were asked."""
        assert self.closure is not None
        survey = Survey.objects.asked().filter(case=self._case, rating="").first()
        said = RATINGS[self._case.pk % len(RATINGS)]
        if survey is not None and said is not None:
            rating, comment = said
            satisfaction.answer(
                survey, rating=rating, comment=comment, at=self.at + self.closure + ANSWERED
            )

    def propose_closing(self) -> None:
        """The engineer asks whether the case may close."""
        assert self.proposal is not None
        if self._open:
            propose_closing(
                self._case,
                by=self.engineer,
                at=self.at + self.proposal,
                reason=self.closure_reason,
                body="It has run without a stop since. May the case close?",
            )

    def reopen(self) -> None:
        """It happens again."""
        assert self.reopened_after is not None and self.contact.user is not None
        if not self._open:
            closing_actions.reopen(
                self._case,
                by=self.contact.user,
                at=self.at + self.reopened_after,
                reason="The same stop again after last night's restart, with the same last line in the log.",
            )

    def do_duty(self, at: dt.datetime, act: Act, note: str) -> None:
        """The PSAM does a duty of Exhibit C: reads the notes, or logs a call."""
        assert self.psam is not None
        if act is Act.READ_NOTES:
            duties.case_read(self._case, by=self.psam, at=at)
        else:
            duties.log_act(self._case, by=self.psam, at=at, logged_at=at, act=act, note=note)

    @property
    def _case(self) -> Case:
        assert self.case is not None, "the case was opened before"
        return self.case

    @property
    def _fresh(self) -> Case:
        return Case.objects.get(pk=self._case.pk)

    @property
    def _open(self) -> bool:
        return self._fresh.is_open


def report_of(problem: Problem, severity: int, contact: Contact, end_user: str = "") -> Report:
    """The report of a Problem, as the contact fills it in."""
    end_user = end_user or f"Customer {contact.pk * 37 % 90 + 10} of {contact.organisation.name}"
    return Report(
        title=problem.title,
        product=Product.objects.get(name=problem.product),
        release=problem.release,
        platform=problem.platform,
        operating_system=problem.operating_system,
        description=problem.description,
        business_impact=problem.impact,
        severity=severity,
        end_user=end_user,
        updates_paid=True,
        level_1_work="Collected the logs and the configuration; looked for known Fixes and tried what fits.",
        level_2_work="Isolated it to one component, compared with a system that works, read the logs of both.",
        replication_steps=problem.steps,
        replication=Replication.REPLICATED,
    )


def business_instant(random: Random, day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """An instant within the ordinary hours of a day in a zone."""
    minute = random.randrange(8 * 60 + 5, 16 * 60 + 30)
    return dt.datetime.combine(day, dt.time(minute // 60, minute % 60), zone).astimezone(dt.UTC)
