"""The verbs of cases. Web, API, mail and telephone intake call these, so that they cannot differ.

Every act takes who does it (`by`) and when (`at`, domain time), holds the case's lock, writes state, journal, deadlines
and notices in one transaction, publishes its event, and returns the case as it then stands. What is not allowed raises
Refusal with its clause and the way out.
"""

from cases.actions.assignment import assign, hand_over, may_answer_for, open_sub_case, take
from cases.actions.communication import add_information, log_call, note, reply
from cases.actions.findings import determine, link_article, mark_replicated
from cases.actions.information import accept_information, request_information
from cases.actions.opening import Report, open_case
from cases.actions.resolution import agree_workaround, close, fail_relief, give_relief, reopen
from cases.actions.severity import (
    answer_severity,
    confirm_call,
    confirm_severity,
    downgrade,
    propose_severity,
)
from cases.actions.work import ask_for_work, may_not_be_software

__all__ = [
    "Report",
    "accept_information",
    "add_information",
    "agree_workaround",
    "answer_severity",
    "ask_for_work",
    "assign",
    "close",
    "confirm_call",
    "confirm_severity",
    "determine",
    "downgrade",
    "fail_relief",
    "give_relief",
    "hand_over",
    "link_article",
    "log_call",
    "mark_replicated",
    "may_answer_for",
    "may_not_be_software",
    "note",
    "open_case",
    "open_sub_case",
    "propose_severity",
    "reopen",
    "reply",
    "request_information",
    "take",
]
