"""What may be done to a case: by whom, and when (ATSP 4.1, 5.2.2). Forms, API, mail and telephone all ask here.

Who may do a deed is a row of `DEEDS`; when it fits is a rule of the case as it stands, which answers with a Refusal
that names the way out. Of what was typed nothing is known here: that is the rules' of its noun.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cases.case.rules import fitting
from cases.case.rules.fitting import Rule, Standing
from cases.case.rules.vocabulary import Side
from portal.rules.refusal import Refusal


class Deed(StrEnum):
    """A deed: its value is its name in addresses."""

    REPLY = "reply"
    ADD = "add"
    CALL = "call"
    NOTE = "note"
    TAKE_CALL = "take-call"
    ACCEPT = "accept"
    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    CONFIRM_CALL = "confirm-call"
    REFUSE_CALLER = "refuse-caller"
    CONFIRM_SEVERITY = "confirm-severity"
    PROPOSE = "propose"
    DOWNGRADE = "downgrade"
    RELIEF = "relief"
    AGREE = "agree"
    FAIL = "fail"
    CLOSE = "close"
    PROPOSE_CLOSING = "propose-closing"
    ANSWER_CLOSING = "answer-closing"
    WITHDRAW_CLOSING = "withdraw-closing"
    DUPLICATE = "duplicate"
    REOPEN = "reopen"
    DETERMINE = "determine"
    ARTICLE = "article"
    REPLICATED = "replicated"
    WORK = "work"
    NOT_SOFTWARE = "not-software"
    TAKE = "take"
    ASSIGN = "assign"
    MOVE = "move"
    HAND_OVER = "hand-over"
    SUB_CASE = "sub-case"
    CLOSE_SUB_CASE = "close-sub-case"
    FREQUENCY = "frequency"
    PROPOSE_FREQUENCY = "propose-frequency"
    ANSWER_FREQUENCY = "answer-frequency"
    WITHDRAW_FREQUENCY = "withdraw-frequency"
    WATCH = "watch"
    UNWATCH = "unwatch"
    FOLLOW = "follow"
    RELATE = "relate"
    UNRELATE = "unrelate"
    MERGE = "merge"
    UNDO_MERGE = "undo-merge"
    SPLIT = "split"
    TIME = "time"
    CORRECT = "correct"
    LIMITATION = "limitation"


class Who(StrEnum):
    """What a person is to a case."""

    ENGINEER = "engineer"
    DISPATCH = "dispatch"
    STAFF = "staff"
    CONTACT = "contact"
    ADMINISTRATIVE = "administrative"

    @property
    def side(self) -> Side:
        """The side on which they act."""
        if self in (Who.ENGINEER, Who.DISPATCH, Who.STAFF):
            return Side.PROVIDER
        return Side.RESELLER


@dataclass(frozen=True, slots=True)
class Terms:
    """Of one deed: the words after "may not", its clause, who may do it, and when it fits.

    What a contact asks for by a deed that `assists` waits until they are past the waiting time (ATSP 5.2.1). By one
    that `goes_on` the reseller's people go on with the case, so a closing that waits for their answer is off (D-27).
    """

    words: str
    clause: str
    who: tuple[Who, ...]
    fits: Rule
    assists: bool = False
    goes_on: bool = False

    def of_side(self, side: Side) -> bool:
        """Whether it is anybody's of that side."""
        return any(each.side is side for each in self.who)


def refusal(deed: Deed, case: Standing, side: Side) -> Refusal | None:
    """What stands against doing it now, whoever of that side does it; None when it fits."""
    return DEEDS[deed].fits(case, side)


_ENGINEER = (Who.ENGINEER,)
_INTAKE = (Who.ENGINEER, Who.DISPATCH)
_CONTACT = (Who.CONTACT,)
_BOTH = (Who.ENGINEER, Who.CONTACT)
_OWN_SIDE = (Who.CONTACT, Who.ADMINISTRATIVE)
_EVERYBODY = (Who.STAFF, *_OWN_SIDE)

DEEDS: Mapping[Deed, Terms] = MappingProxyType(
    {
        Deed.REPLY: Terms("reply to the contact", "ATSP 4.6", _ENGINEER, fitting.while_open),
        Deed.ADD: Terms(
            "add information to a case", "ATSP 5.2.7", _CONTACT, fitting.while_open, goes_on=True
        ),
        Deed.CALL: Terms("log a call with the contact", "ATSP 4.6", _ENGINEER, fitting.while_open),
        Deed.NOTE: Terms("write an internal note", "ATSP 4.1", _INTAKE, fitting.always),
        Deed.TAKE_CALL: Terms("take down a call", "ATSP 4.4, 5.2.2", _INTAKE, fitting.while_open),
        Deed.ACCEPT: Terms("accept information", "ATSP 5.2.3", _ENGINEER, fitting.asked),
        Deed.ASK: Terms("ask for information", "ATSP 5.2.3", _ENGINEER, fitting.while_open),
        Deed.ANSWER: Terms(
            "answer a proposed severity", "ATSP 4.3", _BOTH, fitting.proposed_by_other
        ),
        Deed.WITHDRAW: Terms("withdraw a proposal", "ATSP 4.3", _BOTH, fitting.proposed_by_own),
        Deed.CONFIRM_CALL: Terms(
            "confirm a telephone report", "ATSP 4.5", _INTAKE, fitting.not_highest
        ),
        Deed.REFUSE_CALLER: Terms("refuse a caller", "ATSP 5.2.2", _INTAKE, fitting.while_open),
        Deed.CONFIRM_SEVERITY: Terms(
            "confirm a severity", "ATSP 4.3", _ENGINEER, fitting.unconfirmed
        ),
        Deed.PROPOSE: Terms(
            "propose a severity", "ATSP 4.3", _BOTH, fitting.nothing_waits, goes_on=True
        ),
        Deed.DOWNGRADE: Terms("downgrade a case", "ATSP 4.9", _ENGINEER, fitting.may_sink),
        Deed.RELIEF: Terms("give relief", "ATSP Ex.B", _ENGINEER, fitting.unrelieved),
        Deed.AGREE: Terms(
            "agree to a workaround", "ATSP 4.10.3", _CONTACT, fitting.relief_to_agree
        ),
        Deed.FAIL: Terms(
            "report that the relief failed", "ATSP 4.10", _BOTH, fitting.relieved, goes_on=True
        ),
        Deed.CLOSE: Terms("close a case", "ATSP 4.10", _ENGINEER, fitting.while_open),
        Deed.PROPOSE_CLOSING: Terms(
            "propose to close a case", "ATSP 4.10", _ENGINEER, fitting.no_closing_waits
        ),
        Deed.ANSWER_CLOSING: Terms(
            "answer a proposal to close", "ATSP 4.10, D-27", _CONTACT, fitting.closing_waits
        ),
        Deed.WITHDRAW_CLOSING: Terms(
            "withdraw a proposal to close", "ATSP 4.10, D-27", _ENGINEER, fitting.closing_waits
        ),
        Deed.DUPLICATE: Terms(
            "close a case against another", "ATSP 1.3, D-27", _ENGINEER, fitting.no_closing_waits
        ),
        Deed.REOPEN: Terms("reopen a case", "ATSP 1.3", _BOTH, fitting.closed, assists=True),
        Deed.DETERMINE: Terms(
            "determine what a case is", "ATSP 2.3", _ENGINEER, fitting.determines
        ),
        Deed.ARTICLE: Terms("link an article", "ATSP Ex.B", _ENGINEER, fitting.always),
        Deed.REPLICATED: Terms(
            "record a replication", "ATSP Ex.B", _ENGINEER, fitting.unreplicated
        ),
        Deed.WORK: Terms(
            "ask for work",
            "ATSP 16, 17, 18",
            (Who.ENGINEER, *_OWN_SIDE),
            fitting.sells_work,
            goes_on=True,
        ),
        Deed.NOT_SOFTWARE: Terms(
            "notify that it may not be the Software",
            "ATSP 7.1",
            _ENGINEER,
            fitting.knows_other_errors,
        ),
        Deed.TAKE: Terms("take a case", "ATSP 4.1", _ENGINEER, fitting.while_open),
        Deed.ASSIGN: Terms("assign a case", "ATSP 4.1", _INTAKE, fitting.while_open),
        Deed.MOVE: Terms("change the state of a case", "ATSP 4.7", _ENGINEER, fitting.while_open),
        Deed.HAND_OVER: Terms(
            "hand the case over to another contact",
            "ATSP 5.2.2",
            (*_INTAKE, *_OWN_SIDE),
            fitting.while_open,
        ),
        Deed.SUB_CASE: Terms("open a sub-case", "ATSP Ex.C", _ENGINEER, fitting.while_open),
        Deed.CLOSE_SUB_CASE: Terms(
            "close a sub-case", "ATSP Ex.C", _ENGINEER, fitting.sub_case_open
        ),
        Deed.FREQUENCY: Terms(
            "agree how often to update", "ATSP 4.7", _ENGINEER, fitting.while_open
        ),
        Deed.PROPOSE_FREQUENCY: Terms(
            "propose how often updates come",
            "ATSP 4.7",
            _BOTH,
            fitting.frequency_free,
            goes_on=True,
        ),
        Deed.ANSWER_FREQUENCY: Terms(
            "answer a proposed frequency", "ATSP 4.7", _BOTH, fitting.frequency_of_other
        ),
        Deed.WITHDRAW_FREQUENCY: Terms(
            "withdraw a proposed frequency", "ATSP 4.7", _BOTH, fitting.frequency_of_own
        ),
        Deed.WATCH: Terms("watch a case", "ATSP 4.7", _EVERYBODY, fitting.always),
        Deed.UNWATCH: Terms("end a watch", "ATSP 4.7", _EVERYBODY, fitting.always),
        Deed.FOLLOW: Terms("let somebody follow a case", "ATSP 4.7, 5.2.1", _BOTH, fitting.always),
        Deed.RELATE: Terms("relate cases", "ATSP 1.3", _ENGINEER, fitting.always),
        Deed.UNRELATE: Terms("take a relation back", "ATSP 1.3", _ENGINEER, fitting.always),
        Deed.MERGE: Terms("merge cases", "ATSP 1.3, 4.10, D-27", _BOTH, fitting.while_open),
        Deed.UNDO_MERGE: Terms(
            "take a merge back", "ATSP 1.3, D-27", _BOTH, fitting.merged, assists=True
        ),
        Deed.SPLIT: Terms("split a message out", "ATSP 1.3", _BOTH, fitting.always, assists=True),
        Deed.TIME: Terms("note time spent", "ATSP 4.1", _INTAKE, fitting.always),
        Deed.CORRECT: Terms(
            "correct a report", "ATSP 5.2.3", _BOTH, fitting.while_open, goes_on=True
        ),
        Deed.LIMITATION: Terms("decide on a limitation", "ATSP 4.8", _ENGINEER, fitting.limited),
    }
)
"""What each deed's row says."""
