"""The ground's tables."""

from portal.models.attachment import SENT, Attachment, Checked
from portal.models.calendar import Holiday
from portal.models.deadline import Deadline, DeadlineState
from portal.models.draft import Draft
from portal.models.export import Export, ExportFormat, ExportState
from portal.models.heartbeat import Heartbeat
from portal.models.journal import JournalEntry
from portal.models.notice import Channel, Held, Notice, NoticeState
from portal.models.notice_settings import NoticeSettings
from portal.models.seal import JournalSeal
from portal.models.sent import SentForm
from portal.models.sign_in import SignIn, SignInKind
from portal.models.subject import SubjectKey, key_of
from portal.models.upload import Upload
from portal.models.user import User

__all__ = [
    "SENT",
    "Attachment",
    "Channel",
    "Checked",
    "Deadline",
    "DeadlineState",
    "Draft",
    "Export",
    "ExportFormat",
    "ExportState",
    "Heartbeat",
    "Held",
    "Holiday",
    "JournalEntry",
    "JournalSeal",
    "Notice",
    "NoticeSettings",
    "NoticeState",
    "SentForm",
    "SignIn",
    "SignInKind",
    "SubjectKey",
    "Upload",
    "User",
    "key_of",
]
