"""How the journal's verbs of cases read on a timeline."""

from portal.ui import verbs

_VERBS = {
    "case.opened": ("opened the case", "circle-plus", "info"),
    "case.assigned": ("gave the case to an engineer", "user-check", ""),
    "case.state_changed": ("moved the case", "arrow-right", ""),
    "case.replied": ("replied", "message", ""),
    "case.call_logged": ("logged a call", "phone", ""),
    "case.noted": ("wrote an internal note", "lock", ""),
    "case.information_added": ("wrote", "message", ""),
    "case.information_requested": ("asked for information", "help-circle", ""),
    "case.information_received": ("has the information asked for", "check", "success"),
    "case.information_warned": ("warned of the missing information", "hourglass-high", "warning"),
    "case.promise_missed": ("noted a missed promise", "clock-x", "danger"),
    "case.call_confirmed": ("confirmed the telephone report", "phone-incoming", "danger"),
    "case.severity_confirmed": ("confirmed the severity", "circle-check", ""),
    "case.severity_proposed": ("proposed another severity", "flag", ""),
    "case.severity_answered": ("answered the proposed severity", "flag", ""),
    "case.downgraded": ("lowered the severity", "arrow-down", "warning"),
    "case.relief_sent": ("sent the relief", "lifebuoy", "success"),
    "case.relieved": ("gave relief", "lifebuoy", "success"),
    "case.relief_failed": ("reported that the relief did not hold", "rotate", "warning"),
    "case.workaround_agreed": ("agreed to the workaround", "thumb-up", "success"),
    "case.closed": ("closed the case", "circle-check", "success"),
    "case.reopened": ("reopened the case", "rotate", "warning"),
    "case.determined": ("determined what the Problem is", "scale", ""),
    "case.article_linked": ("linked an article", "book", ""),
    "case.replicated_by_provider": ("replicated the Problem", "copy", ""),
    "case.enhancement_linked": ("linked a request for enhancement", "bulb", ""),
    "bulletin.drafted": ("drafted the bulletin", "pencil", ""),
    "bulletin.changed": ("changed the draft", "pencil", ""),
    "bulletin.published": ("published the bulletin", "send", "success"),
    "bulletin.products_chosen": ("chose products to hear of", "adjustments-horizontal", ""),
    "enhancement.submitted": ("submitted the request", "send", ""),
    "enhancement.linked": ("linked a case", "link", ""),
    "enhancement.voted": ("voted for it", "thumb-up", ""),
    "enhancement.vote_withdrawn": ("took a vote back", "arrow-back-up", ""),
    "enhancement.disposed": ("decided", "gavel", ""),
    "case.contact_left": ("noted that the contact left", "user-off", "warning"),
    "case.handed_over": ("handed the case over", "user-share", ""),
    "case.sub_case_opened": ("engaged another team", "subtask", ""),
}


def register_verbs() -> None:
    """Make them known to the timelines."""
    for code, (words, icon, tone) in _VERBS.items():
        verbs.register(code, words, icon=icon, tone=tone)
