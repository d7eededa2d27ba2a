"""The kinds of notices of the ground itself."""

from portal.notices import kinds
from portal.notices.kinds import NoticeKind


def register() -> None:
    """Make them known."""
    kinds.register(
        NoticeKind(
            "alarm",
            "Alarms",
            "The portal",
            ("alarm",),
            "Something that nobody else will notice: a step that finds nobody, mail that cannot be sent.",
            owed_to_provider="D-29",
            to_reseller=False,
        ),
        NoticeKind(
            "export",
            "Your exports",
            "The portal",
            ("export_ready",),
            "A file that you asked for is ready, and you have left its page.",
        ),
        NoticeKind(
            "account",
            "Your account",
            "The portal",
            ("password_reset", "roster_invitation"),
            "Invitations and new passwords, as you ask for them.",
            owed_to_provider="Signing in needs it",
            owed_to_reseller="Signing in needs it",
        ),
    )
