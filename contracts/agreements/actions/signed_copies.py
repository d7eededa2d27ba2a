"""Attaching signed copies of an agreement's papers: who put which paper in, and when."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from contracts.agreements.models.agreements import Agreement
from contracts.agreements.permissions import require_administrator
from contracts.verbs import Verb
from portal import attachments, journal
from portal.models import Attachment, User

SIGNED_COPY = "signed_copy"


@transaction.atomic
def attach_signed_copy(
    agreement: Agreement, *, name: str, content: bytes, by: User, at: dt.datetime
) -> Attachment:
    """Keep a signed copy with the agreement; both sides read it. The same file is kept once.

    Raises Refusal for anybody but a contract administrator, and for a file that is no paper (``attachments.attach``).
    """
    require_administrator(by, agreement, "attach a signed copy")
    present = set(copies_of(agreement).values_list("pk", flat=True))
    copy = attachments.attach(agreement, SIGNED_COPY, name=name, content=content, by=by, at=at)
    if copy.pk not in present:
        tier = agreement.tier_terms
        term = agreement.programme.term
        journal.record(
            agreement,
            Verb.AGREEMENT_SIGNED_COPY_ATTACHED,
            by=by,
            at=at,
            text=copy.name,
            clause=tier.clause if tier else (term.clause if term else ""),
            public=True,
            attachment=copy.pk,
            sha256=copy.sha256,
        )
    return copy


def copies_of(agreement: Agreement) -> QuerySet[Attachment]:
    """The signed copies of an agreement, with who put them in."""
    return (
        Attachment.objects.about(agreement).filter(purpose=SIGNED_COPY).select_related("added_by")
    )
