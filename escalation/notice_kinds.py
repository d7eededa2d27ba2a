"""The kinds of notices of a severity 1."""

from portal.notices import kinds
from portal.notices.kinds import ESCALATION, NoticeKind


def register() -> None:
    """Make them known."""
    kinds.register(
        NoticeKind(
            "escalation",
            "Severity 1: notices, duties and commitments",
            "Severity 1",
            (
                "escalation_notice",
                "escalation_hotshot",
                "escalation_near",
                "escalation_missed",
                "escalation_word",
                "escalation_commitment",
            ),
            "What Exhibit C has told to whom, at its marks.",
            owed_to_provider="ATSP Ex.C",
            owed_to_reseller="ATSP Ex.C",
            tags=frozenset({ESCALATION}),
        ),
        NoticeKind(
            "severity-1",
            "A severity 1 needs somebody",
            "Severity 1",
            ("severity_1",),
            "A severity 1 that no timeline watches over.",
            owed_to_provider="ATSP 4.5",
            to_reseller=False,
            tags=frozenset({ESCALATION}),
        ),
    )
