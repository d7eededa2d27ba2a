"""Issued papers: kept byte for byte when they are issued, so that a later download gives the same ones."""

import datetime as dt

from django.db import models, transaction

from contracts.agreements.document.page_1 import page_1
from contracts.agreements.models.agreements import Agreement, AgreementState
from portal import attachments, locks
from portal.models import Attachment, User

ISSUED_PAGE_1 = "issued_page_1"


def keep(
    subject: models.Model,
    purpose: str,
    *,
    name: str,
    content: bytes,
    by: User | None,
    at: dt.datetime,
) -> Attachment:
    """Keep the bytes of a paper that is issued, in the caller's transaction."""
    return attachments.attach(subject, purpose, name=name, content=content, by=by, at=at)


def kept(subject: models.Model, purpose: str) -> bytes | None:
    """The bytes of the paper issued last; None while none is kept."""
    paper = Attachment.objects.about(subject).filter(purpose=purpose).last()
    return bytes_of(paper) if paper is not None else None


def bytes_of(paper: Attachment) -> bytes:
    """What a kept paper is."""
    with paper.file.open("rb") as file:
        content: bytes = file.read()
    return content


def issue_page_1(agreement: Agreement, *, by: User | None, at: dt.datetime) -> bytes:
    """Issue page 1 as the agreement stands: at its signature, and when an option is taken later (page 1, 2.b)."""
    content = page_1(agreement, at)
    name = f"{agreement.reference} page 1, {agreement.date_at(at).isoformat()}.pdf"
    keep(agreement, ISSUED_PAGE_1, name=name, content=content, by=by, at=at)
    return content


@transaction.atomic
def page_1_of(agreement: Agreement, *, at: dt.datetime) -> bytes:
    """Page 1: a draft's as it stands; a signed agreement's as it was issued last.

    One that was signed before papers were kept, or loaded, is issued when it is first asked for.
    """
    if agreement.state == AgreementState.DRAFT:
        return page_1(agreement, at)
    content = kept(agreement, ISSUED_PAGE_1)
    if content is None:
        locks.lock(agreement)
        content = kept(agreement, ISSUED_PAGE_1) or issue_page_1(agreement, by=None, at=at)
    return content


def issued_pages_1(agreement: Agreement) -> models.QuerySet[Attachment]:
    """The issues of page 1, the latest last."""
    return Attachment.objects.about(agreement).filter(purpose=ISSUED_PAGE_1)
