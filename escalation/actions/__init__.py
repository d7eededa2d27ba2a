"""The verbs of escalation: a timeline begins and ends with its case; duties are done, logged, waived (ATSP Ex.C).

Every act takes who does it (`by`) and when (`at`, domain time), holds the case's lock, and writes steps, deadlines,
journal and notices in one transaction. What is not allowed raises Refusal with its clause and the way out.
"""

from escalation.actions.duties import case_read, log_act, waive
from escalation.actions.timelines import end, resume, served, start

__all__ = ["case_read", "end", "log_act", "resume", "served", "start", "waive"]
