"""The kinds of notices of agreements, their money, their rosters and the people who serve them."""

from portal.notices import kinds
from portal.notices.kinds import NoticeKind

AGREEMENT = "Agreement and money"
PEOPLE = "People and roster"


def register() -> None:
    """Make them known."""
    kinds.register(
        NoticeKind(
            "agreement-notice",
            "Notices under the agreement",
            AGREEMENT,
            (
                "breach_notice",
                "agreement_ended",
                "software_notice",
                "renewal_opened",
                "renewal_declined",
                "renewal_wished",
            ),
            "Renewal, breach, the end, a Software that is not supported any more.",
            owed_to_provider="ATSP 9.2, 9.3, 9.4",
            owed_to_reseller="ATSP 9.2, 9.3, 9.4",
        ),
        NoticeKind(
            "agreement-news",
            "Options and beginnings",
            AGREEMENT,
            ("agreement_in_force", "option_taken"),
            "An agreement is in force, an option was taken.",
        ),
        NoticeKind(
            "cases-used",
            "Prepaid cases",
            AGREEMENT,
            ("cases_used", "cases_transferred", "extension_asked", "extension_decided"),
            "Marks of what is used, transfers and extensions.",
        ),
        NoticeKind(
            "invoice-due",
            "Invoices and what is overdue",
            AGREEMENT,
            ("invoice_issued", "invoice_reminder", "invoice_overdue"),
            "What is to be paid, and by when.",
            owed_to_provider="ATSP 3.2",
            owed_to_reseller="ATSP 3.2",
        ),
        NoticeKind(
            "invoice-news",
            "Payments and disputes",
            AGREEMENT,
            ("invoice_paid", "invoice_dispute"),
            "An invoice was paid, or is disputed.",
        ),
        NoticeKind(
            "work-order",
            "Work orders",
            AGREEMENT,
            ("work_order",),
            "Work that needs to be authorized, stopped or paid.",
            owed_to_provider="ATSP 7.1, 7.2, 7.3.3",
            owed_to_reseller="ATSP 7.1, 7.2, 7.3.3",
        ),
        NoticeKind(
            "roster-form",
            "Exhibit A needs something",
            PEOPLE,
            ("roster_form",),
            "The form is due, short of people, or a training runs out.",
            owed_to_provider="ATSP 2.1",
            owed_to_reseller="ATSP 2.1",
        ),
        NoticeKind(
            "roster-changed",
            "Exhibit A changed",
            PEOPLE,
            ("roster_changed",),
            "Somebody joined, left or was replaced.",
        ),
        NoticeKind(
            "service-duty",
            "Duties of who serves an agreement",
            PEOPLE,
            ("service_near", "service_late", "service_gap", "takes_over"),
            "Calls and reviews that are due, gaps, and who stands in for whom.",
            owed_to_provider="ATSP 14.1, 14.2, 15.1",
            owed_to_reseller="ATSP 14.2",
        ),
        NoticeKind(
            "service-news",
            "Who serves you, and minutes",
            PEOPLE,
            ("service_assigned", "call_minutes"),
            "Assignments, and the minutes of conference calls.",
        ),
    )
