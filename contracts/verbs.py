"""The verbs of the journal that contracts writes, and how each reads on a timeline."""

from portal.verbs import JournalVerb


class Verb(JournalVerb):
    """What is done to the subjects of contracts."""

    WORK_REQUESTED = "work.requested", "asked for work", "circle-plus", "info"
    WORK_PROPOSED = "work.proposed", "proposed work", "circle-plus", "info"
    WORK_NOTIFIED = (
        "work.notified",
        "notified that the Problem may not be in the Software",
        "help-circle",
        "warning",
    )
    WORK_ESTIMATED = "work.estimated", "estimated the work", "scale"
    WORK_AUTHORISED = "work.authorised", "authorized the work", "signature", "success"
    WORK_AUTHORISED_FURTHER = "work.authorised_further", "authorized more", "signature", "success"
    WORK_INSTRUCTED = (
        "work.instructed",
        "instructed us to proceed at its possible expense",
        "player-play",
        "success",
    )
    WORK_DECLINED = "work.declined", "does not want it pursued", "hand-stop", "warning"
    WORK_WITHDRAWN = "work.withdrawn", "withdrew the order", "circle-off", "warning"
    WORK_STARTED = "work.started", "started the work", "player-play"
    WORK_LOGGED = "work.logged", "logged work", "clock-play"
    WORK_EXPENSE_ADDED = "work.expense_added", "added an expense", "receipt"
    WORK_LINE_TAKEN_BACK = "work.line_taken_back", "took a line back", "arrow-back-up", "warning"
    WORK_STOPPED = "work.stopped", "gave notice to stop", "hand-stop", "danger"
    WORK_FINISHED = "work.finished", "finished the work", "circle-check", "success"
    WORK_DECIDED = "work.decided", "decided the cause", "scale"
    WORK_SIGNED = "work.signed", "attached the signed exhibit", "paperclip"
    WORK_SETTLED = "work.settled", "settled the order", "receipt-2", "success"
    WORK_REMINDED = "work.reminded", "reminded whoever is next", "bell"

    PROGRAMME_PUBLISHED = "programme.published", "published the programme", "book"

    HOLIDAY_PUBLISHED = "holiday.published", "published a holiday", "calendar-event"

    AGREEMENT_LOADED = "agreement.loaded", "loaded the agreement", "file-certificate"
    AGREEMENT_DRAWN_UP = "agreement.drawn_up", "drew up the agreement", "pencil"
    AGREEMENT_DRAFT_CHANGED = "agreement.draft_changed", "changed the draft", "pencil"
    AGREEMENT_DRAFT_DELETED = "agreement.draft_deleted", "deleted the draft", "trash"
    AGREEMENT_SITE_ADDED = "agreement.site_added", "added a site", "map-pin"
    AGREEMENT_SITE_CHANGED = "agreement.site_changed", "changed a site", "map-pin"
    AGREEMENT_NOTICES_CHANGED = (
        "agreement.notices_changed",
        "changed where notices go",
        "mail-forward",
    )
    AGREEMENT_PARTY_CHANGED = (
        "agreement.party_changed",
        "changed a party's name or address",
        "building",
    )
    AGREEMENT_SIGNED_COPY_ATTACHED = (
        "agreement.signed_copy_attached",
        "attached a signed copy",
        "paperclip",
    )
    AGREEMENT_SIGNED = "agreement.signed", "signed the agreement", "signature"
    AGREEMENT_IN_FORCE = "agreement.in_force", "put the agreement in force", "circle-check"
    AGREEMENT_ENDED = "agreement.ended", "ended the agreement", "circle-off"
    AGREEMENT_CARRIED_OVER = "agreement.carried_over", "carried the roster over", "users"
    AGREEMENT_RENEWED = "agreement.renewed", "loaded the renewal", "refresh"
    AGREEMENT_SUCCEEDED = (
        "agreement.succeeded",
        "recorded a successor in interest",
        "arrows-exchange",
    )
    AGREEMENT_RESELLER_AGREEMENT = (
        "agreement.reseller_agreement",
        "recorded the reseller agreement",
        "file-description",
    )
    COVERAGE_ENTERED = "coverage.entered", "entered delegated coverage", "shield-check"
    COVERAGE_STRUCK = "coverage.struck", "struck delegated coverage", "shield"
    AGREEMENT_BREACH_NOTIFIED = (
        "agreement.breach_notified",
        "recorded notice of a breach",
        "alert-triangle",
    )
    AGREEMENT_CURE_EXTENDED = "agreement.cure_extended", "gave more time to cure", "calendar-time"
    AGREEMENT_BREACH_CURED = "agreement.breach_cured", "recorded a cure", "circle-check"
    AGREEMENT_CURE_OVER = "agreement.cure_over", "found the time to cure over", "clock-x"
    AGREEMENT_REFUNDED = "agreement.refunded", "chose the refund", "receipt-refund"

    RENEWAL_OPENED = "renewal.opened", "proposed the next year", "refresh"
    RENEWAL_WISHED = "renewal.wished", "said what the reseller wants", "message"
    RENEWAL_EDITED = "renewal.edited", "changed the proposed year", "pencil"
    RENEWAL_SIGNED = "renewal.signed", "renewed the agreement", "signature"
    RENEWAL_DECLINED = "renewal.declined", "declined the next year", "circle-x"

    SOFTWARE_NOTICE_GIVEN = "software.notice_given", "gave notice for a Software", "bell"
    SOFTWARE_NOTICE_WITHDRAWN = "software.notice_withdrawn", "withdrew a notice", "arrow-back-up"
    SOFTWARE_SUPPORT_ENDED = "software.support_ended", "ended support for a Software", "circle-off"

    AGREEMENT_CHARGED = "agreement.charged", "charged", "receipt"
    AGREEMENT_CREDITED = "agreement.credited", "credited", "receipt-refund"
    AGREEMENT_OPTION_TAKEN = "agreement.option_taken", "took an option", "circle-plus"

    INVOICE_ISSUED = "invoice.issued", "issued it", "file-invoice"
    INVOICE_PAID = "invoice.paid", "recorded a payment", "credit-card"
    INVOICE_CREDIT_USED = "invoice.credit_used", "applied a credit note", "receipt-refund"
    INVOICE_REFUNDED = "invoice.refunded", "recorded what was paid out", "receipt-refund"
    INVOICE_PAYMENT_TAKEN_BACK = (
        "invoice.payment_taken_back",
        "took a payment back",
        "arrow-back-up",
    )
    INVOICE_REMINDED = "invoice.reminded", "reminded the payer", "bell"
    INVOICE_OVERDUE = "invoice.overdue", "marked it overdue", "alert-triangle"
    INVOICE_DISPUTED = "invoice.disputed", "disputed it", "message-2"
    INVOICE_DISPUTE_ANSWERED = "invoice.dispute_answered", "wrote about the dispute", "message"
    INVOICE_DISPUTE_UPHELD = "invoice.dispute_upheld", "upheld the dispute", "circle-check"
    INVOICE_DISPUTE_REJECTED = "invoice.dispute_rejected", "rejected the dispute", "circle-x"
    INVOICE_DISPUTE_WITHDRAWN = "invoice.dispute_withdrawn", "withdrew the dispute", "arrow-back-up"

    FEE_SET = "fee.set", "set a standard fee", "currency-dollar"

    AGREEMENT_ASSIGNED = "agreement.assigned", "assigned a person", "user-check"
    AGREEMENT_CASE_ADMITTED_OVER_QUOTA = (
        "agreement.case_admitted_over_quota",
        "admitted a case over quota",
        "ticket",
    )
    AGREEMENT_ASSIGNMENT_ENDS = (
        "agreement.assignment_ends",
        "set until when a person serves",
        "calendar-event",
    )
    AGREEMENT_COVER_GAP_SEEN = (
        "agreement.cover_gap_seen",
        "found a time with nobody in the PSAM's place",
        "alert-triangle",
    )
    AGREEMENT_COVER_GAP_BEGAN = (
        "agreement.cover_gap_began",
        "found nobody in the PSAM's place",
        "user-off",
    )

    ABSENCE_ENTERED = "absence.entered", "entered an absence", "zzz"
    ABSENCE_CALLED_OFF = "absence.called_off", "canceled an absence", "user-check"
    ABSENCE_ENDED = "absence.ended", "ended an absence", "user-check"

    PERSON_LEFT = "person.left", "noted that somebody left", "user-off"
    PERSON_CAME_BACK = "person.came_back", "noted that somebody is back", "user-check"

    CALL_AGENDA_WRITTEN = "call.agenda_written", "wrote the agenda", "list-details"
    CALL_AGENDA_CHANGED = "call.agenda_changed", "changed the agenda", "list-details"
    CALL_HELD = "call.held", "recorded a conference call", "phone"
    CALL_MISSED = "call.missed", "recorded a missed conference call", "clock-x"
    CALL_MINUTES_PUBLISHED = "call.minutes_published", "published the minutes", "notes"
    CALL_MINUTES_MISSED = "call.minutes_missed", "recorded late minutes", "clock-x"
    CALL_ACTION_AGREED = "call.action_agreed", "noted an action", "checkbox"
    CALL_ACTION_DONE = "call.action_done", "finished an action", "check"

    PROFILE_WRITTEN = "profile.written", "changed the account profile", "clipboard-list"

    AGREEMENT_CASES_TRANSFERRED = (
        "agreement.cases_transferred",
        "transferred cases between pools",
        "arrows-exchange",
    )
    AGREEMENT_CASES_SHARE_USED = (
        "agreement.cases_share_used",
        "reported how many cases are used",
        "gauge",
    )
    AGREEMENT_CASES_SPENT = (
        "agreement.cases_spent",
        "recorded that all cases are spent",
        "circle-off",
    )
    AGREEMENT_CASES_THERE_AGAIN = (
        "agreement.cases_there_again",
        "recorded that cases are available again",
        "circle-check",
    )
    AGREEMENT_EXTENSION_ASKED = (
        "agreement.extension_asked",
        "asked for an extension",
        "calendar-time",
    )
    AGREEMENT_EXTENSION_ACCEPTED = "agreement.extension_accepted", "accepted the extension", "check"
    AGREEMENT_EXTENSION_DECLINED = "agreement.extension_declined", "declined the extension", "x"
    AGREEMENT_EXTENSION_WITHDRAWN = (
        "agreement.extension_withdrawn",
        "withdrew the extension",
        "arrow-back-up",
    )

    ROSTER_SUBMITTED = "roster.submitted", "put a contact on the roster", "user-plus"
    ROSTER_CHANGED = "roster.changed", "changed a contact", "pencil"
    ROSTER_SWAPPED = "roster.swapped", "swapped a contact", "replace"
    ROSTER_REMOVED = "roster.removed", "took a contact off the roster", "user-off"
    ROSTER_HANDED_OVER = "roster.handed_over", "handed the roster over", "heart-handshake"
    ROSTER_IMPORTED = "roster.imported", "uploaded a completed form", "upload"
    ROSTER_INVITED = "roster.invited", "sent a new invitation", "mail-forward"
    ROSTER_CODE_SET = "roster.code_set", "set a contact code", "id"
    ROSTER_TRAINING_REPORTED = "roster.training_reported", "reported training", "school"
    ROSTER_TRAINING_RECORDED = "roster.training_recorded", "recorded training", "certificate"
    ROSTER_TRAINING_DECLINED = "roster.training_declined", "did not confirm training", "circle-x"
    ROSTER_FORM_INCOMPLETE = (
        "roster.form_incomplete",
        "found the contact form incomplete",
        "circle-dashed",
    )
    ROSTER_FORM_REMINDED = "roster.form_reminded", "reminded of the contact form", "bell"
    ROSTER_FORM_MISSED = "roster.form_missed", "recorded the contact form as missed", "clock-x"
    ROSTER_FORM_COMPLETE = (
        "roster.form_complete",
        "recorded the contact form as complete",
        "clipboard-check",
    )
