"""The verbs of the journal that escalation writes, and how each reads on a timeline."""

from portal.verbs import JournalVerb


class Verb(JournalVerb):
    """What is done to the subjects of escalation."""

    ESCALATION_STARTED = "escalation.started", "began the severity 1 escalation", "flame"
    ESCALATION_ENDED = "escalation.ended", "ended the severity 1 escalation", "circle-check"
    ESCALATION_RESUMED = "escalation.resumed", "let the severity 1 escalation run on", "flame"
    ESCALATION_NOTICE_SENT = "escalation.notice_sent", "sent the notice of Exhibit C", "send"
    ESCALATION_HOTSHOT_SENT = "escalation.hotshot_sent", "sent the Hotshot", "flame", "danger"
    ESCALATION_DUTY_MISSED = (
        "escalation.duty_missed",
        "recorded a missed duty of Exhibit C",
        "clock-x",
        "danger",
    )
    ESCALATION_DUTY_DONE = (
        "escalation.duty_done",
        "did a duty of Exhibit C",
        "clipboard-check",
        "",
        True,
    )
    ESCALATION_ACT_LOGGED = "escalation.act_logged", "logged an act of Exhibit C", "clipboard-list"
    ESCALATION_WAIVED = "escalation.waived", "waived a duty of Exhibit C", "circle-minus"
    ESCALATION_NOBODY_TO_TELL = (
        "escalation.nobody_to_tell",
        "found nobody to tell",
        "user-off",
        "danger",
    )
    SEVERITY_1_TOLD = (
        "escalation.severity_1_told",
        "told of severity 1 without Exhibit C",
        "flame",
        "danger",
    )
