"""The verbs of the journal that cases writes, and how each reads on a timeline."""

from portal.verbs import JournalVerb


class Verb(JournalVerb):
    """What is done to the subjects of cases."""

    CASE_OPENED = "case.opened", "opened the case", "circle-plus", "info"
    CASE_ASSIGNED = "case.assigned", "assigned the case", "user-check"
    CASE_STATE_CHANGED = "case.state_changed", "moved the case", "arrow-right"
    CASE_ACT_UNDONE = "case.act_undone", "took a change back", "arrow-back-up"
    CASE_REPLIED = "case.replied", "replied", "message"
    CASE_CALL_LOGGED = "case.call_logged", "logged a call", "phone"
    CASE_NOTED = "case.noted", "wrote an internal note", "lock"
    CASE_OTHER_CAUSE = (
        "case.other_cause",
        "notified that it may not be the Software",
        "help-circle",
        "warning",
    )
    CASE_INFORMATION_ADDED = "case.information_added", "wrote", "message"
    CASE_INFORMATION_REQUESTED = (
        "case.information_requested",
        "asked for information",
        "help-circle",
    )
    CASE_INFORMATION_RECEIVED = (
        "case.information_received",
        "has the information asked for",
        "check",
        "success",
    )
    CASE_INFORMATION_WARNED = (
        "case.information_warned",
        "warned of the missing information",
        "hourglass-high",
        "warning",
    )
    CASE_INFORMATION_PUT_OFF = (
        "case.information_put_off",
        "put the clock of the information off",
        "hourglass-high",
    )
    CASE_INFORMATION_UNTIMED = (
        "case.information_untimed",
        "ended the clock of the information",
        "hourglass-high",
    )
    CASE_CLOCK_TAKEN_BACK = (
        "case.clock_taken_back",
        "took back what the clock had done",
        "arrow-back-up",
        "success",
    )
    CASE_PROMISE_MISSED = "case.promise_missed", "noted a missed promise", "clock-x", "danger"
    CASE_MISS_TAKEN_BACK = (
        "case.miss_taken_back",
        "took a missed promise back",
        "arrow-back-up",
        "success",
    )
    CASE_CALL_CONFIRMED = (
        "case.call_confirmed",
        "confirmed the telephone report",
        "phone-incoming",
        "danger",
    )
    CASE_CALLER_REFUSED = "case.caller_refused", "refused a caller", "ban", "warning"
    CALL_REFUSED = "call.refused", "refused a call", "ban", "warning"
    CASE_SEVERITY_CONFIRMED = "case.severity_confirmed", "confirmed the severity", "circle-check"
    CASE_SEVERITY_PROPOSED = "case.severity_proposed", "proposed another severity", "flag"
    CASE_SEVERITY_ANSWERED = "case.severity_answered", "answered the proposed severity", "flag"
    CASE_SEVERITY_WITHDRAWN = "case.severity_withdrawn", "withdrew the proposed severity", "flag"
    CASE_DOWNGRADED = "case.downgraded", "lowered the severity", "arrow-down", "warning"
    CASE_FREQUENCY_AGREED = (
        "case.frequency_agreed",
        "recorded how often both sides want updates",
        "clock",
    )
    CASE_FILE_WITHDRAWN = "case.file_withdrawn", "withdrew a file", "trash"
    CASE_FILE_REDACTED = "case.file_redacted", "removed a file", "trash", "warning"
    CASE_FILE_REFUSED = "case.file_refused", "refused a file", "shield", "danger"
    CASE_RELIEF_SENT = "case.relief_sent", "sent the relief", "lifebuoy", "success"
    CASE_RELIEVED = "case.relieved", "gave relief", "lifebuoy", "success"
    CASE_RELIEF_FAILED = (
        "case.relief_failed",
        "reported that the relief did not hold",
        "rotate",
        "warning",
    )
    CASE_WORKAROUND_AGREED = (
        "case.workaround_agreed",
        "agreed to the workaround",
        "thumb-up",
        "success",
    )
    CASE_CLOSED = "case.closed", "closed the case", "circle-check", "success"
    CASE_CLOSING_PROPOSED = "case.closing_proposed", "proposed to close the case", "circle-check"
    CASE_CLOSING_REMINDED = (
        "case.closing_reminded",
        "reminded of the proposal to close",
        "hourglass-high",
    )
    CASE_CLOSING_AGREED = "case.closing_agreed", "agreed to close the case", "thumb-up", "success"
    CASE_CLOSING_DECLINED = (
        "case.closing_declined",
        "declined to close the case",
        "rotate",
        "warning",
    )
    CASE_CLOSING_OFF = "case.closing_off", "took the closing off", "arrow-back-up"
    CASE_DUPLICATE_NAMED = "case.duplicate_named", "named the original of the duplicate", "copy"
    CASE_HAS_DUPLICATE = "case.has_duplicate", "named a duplicate of this case", "copy"
    CASE_FREQUENCY_PROPOSED = (
        "case.frequency_proposed",
        "proposed how often updates come",
        "calendar-time",
    )
    CASE_FREQUENCY_ANSWERED = (
        "case.frequency_answered",
        "answered how often updates come",
        "calendar-time",
    )
    CASE_FREQUENCY_WITHDRAWN = (
        "case.frequency_withdrawn",
        "withdrew how often updates come",
        "calendar-time",
    )
    CASE_REPORT_CORRECTED = "case.report_corrected", "corrected the report", "pencil"
    CASE_LIMITATION_DECIDED = (
        "case.limitation_decided",
        "decided on a limitation",
        "gavel",
    )
    CASE_SUB_CASE_CLOSED = "case.sub_case_closed", "closed a sub-case", "subtask"
    CASE_RATED = "case.rated", "said how the case went", "thumb-up"
    CASE_REOPENED = "case.reopened", "reopened the case", "rotate", "warning"
    CASE_DETERMINED = "case.determined", "determined what the Problem is", "scale"
    CASE_ARTICLE_LINKED = "case.article_linked", "linked an article", "book"
    CASE_REPLICATED_BY_PROVIDER = "case.replicated_by_provider", "replicated the Problem", "copy"
    CASE_ENHANCEMENT_LINKED = "case.enhancement_linked", "linked a request for enhancement", "bulb"

    BULLETIN_DRAFTED = "bulletin.drafted", "drafted the bulletin", "pencil"
    BULLETIN_CHANGED = "bulletin.changed", "changed the draft", "pencil"
    BULLETIN_PUBLISHED = "bulletin.published", "published the bulletin", "send", "success"
    BULLETIN_PRODUCTS_CHOSEN = (
        "bulletin.products_chosen",
        "chose products to follow",
        "adjustments-horizontal",
    )

    PRODUCT_KEPT = "product.kept", "changed what a report tells of it", "list-check"
    PRODUCT_RELEASED = "product.released", "noted a published Release", "rocket"
    ANSWER_KEPT = "answer.kept", "wrote the answer", "notes"
    ANSWER_CHANGED = "answer.changed", "changed the answer", "pencil"
    ANSWER_RETIRED = "answer.retired", "retired the answer", "archive"
    ANSWER_USED_AGAIN = "answer.used_again", "put the answer to use again", "arrow-back-up"

    ENHANCEMENT_SUBMITTED = "enhancement.submitted", "submitted the request", "send"
    ENHANCEMENT_LINKED = "enhancement.linked", "linked a case", "link"
    ENHANCEMENT_VOTED = "enhancement.voted", "voted for it", "thumb-up"
    ENHANCEMENT_VOTE_WITHDRAWN = "enhancement.vote_withdrawn", "withdrew a vote", "arrow-back-up"
    ENHANCEMENT_DISPOSED = "enhancement.disposed", "decided", "gavel"

    CASE_CONTACT_LEFT = "case.contact_left", "noted that the contact left", "user-off", "warning"
    CASE_HANDED_OVER = "case.handed_over", "handed the case over", "user-share"
    CASE_WATCHED = "case.watched", "let watch the case", "eye"
    CASE_UNWATCHED = "case.unwatched", "ended a watch of the case", "eye-off"
    CASE_RELATED = "case.related", "related another case", "link"
    CASE_UNRELATED = "case.unrelated", "took a relation back", "unlink"
    CASE_MERGED = "case.merged", "merged the case into its original", "git-merge"
    CASE_TOOK_IN = "case.took_in", "merged another case into this one", "git-merge"
    CASE_MERGE_UNDONE = "case.merge_undone", "took the merge back", "arrow-back-up", "warning"
    CASE_LET_GO = "case.let_go", "took the merge of another case back", "arrow-back-up"
    CASE_SPLIT = "case.split", "split a message into a case of its own", "arrows-split"
    CASE_SPLIT_OUT = "case.split_out", "opened it from a message of another case", "arrows-split"
    CASE_TIME_SPENT = "case.time_spent", "noted time spent", "clock"
    CASE_TIME_TAKEN_BACK = "case.time_taken_back", "took an entry of time back", "arrow-back-up"
    CASE_SUB_CASE_MOVED = "case.sub_case_moved", "worked on a sub-case", "subtask"
    CASE_SUB_CASE_ANSWERED = "case.sub_case_answered", "answered a sub-case", "subtask", "success"
    CASE_SUB_CASE_OPENED = "case.sub_case_opened", "engaged another team", "subtask"
