"""Rows of the access matrix about an agreement's life: drawing up, signing, ending, documents."""

from typing import Any

from tests.access.actors import Actor
from tests.access.rows import PRESENT, Row, of_the_provider, only, row

_ADMINISTRATOR = (Actor.CONTRACT_ADMINISTRATOR,)


def _draft(world: Any, side: Any) -> dict[str, Any]:
    return {
        "version": side.agreement.programme_version_id,
        "tier": "level-1",
        "contract_number": "X-77",
        "effective_on": "2008-01-01",
        "new_name": "Aurora Storage",
        "site-0-name": "Denver",
        "site-0-region": "US",
        "site-0-zone": "America/Denver",
    }


def _changed(world: Any, side: Any) -> dict[str, Any]:
    told = {**_draft(world, side), "contract_number": "X-78", "effective_on": "2009-01-01"}
    return told | _seen(side)


def _seen(side: Any) -> dict[str, str]:
    """What the draft's forms send back of what was there."""
    from contracts.agreements.forms.drawing_up import DrawingUpForm
    from contracts.agreements.models.agreements import Agreement

    draft = Agreement.objects.get(reference=side.things["draft"][0])
    return {"seen": DrawingUpForm(programme=draft.programme, agreement=draft).seen}


def _signed(world: Any, side: Any) -> dict[str, Any]:
    return {
        f"{party}_{name}": value
        for party in ("provider", "reseller")
        for name, value in (("signatory", "Ann Lee"), ("signed_on", "2002-01-01"))
    } | _seen(side)


def _ended(world: Any, side: Any) -> dict[str, Any]:
    from tests.access.world import NOW

    on = side.agreement.date_at(NOW).isoformat()
    return {"on": on}


def _site(world: Any, side: Any) -> dict[str, Any]:
    return {"what": "new", "new-name": "Denver", "new-region": "US", "new-zone": "America/Denver"}


def _copy(world: Any, side: Any) -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return {"file": SimpleUploadedFile("page 1.txt", b"signed by both")}


def _administrators(url: str, method: str = "GET", **more: Any) -> Row:
    status = 200 if method == "GET" else 302
    return of_the_provider(url, method, provider=only(_ADMINISTRATOR, status, 403), **more)


def _readers(url: str) -> Row:
    return row(
        url,
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
        note="their own agreement's",
    )


LIFE_ROWS: tuple[Row, ...] = (
    _administrators("draw_up_agreement"),
    _administrators("draw_up_agreement", "POST", sends=_draft),
    _administrators("change_draft", about="draft", note="a draft is the provider's own"),
    _administrators("change_draft", "POST", about="draft", sends=_changed),
    _administrators("delete_draft", "POST", about="draft"),
    _administrators("sign_agreement", about="draft"),
    _administrators("sign_agreement", "POST", about="draft", sends=_signed),
    _administrators("end_agreement", about="agreement"),
    of_the_provider(  # cases are left: what an administrator may do, and only they, is refused
        "end_agreement",
        "POST",
        provider=only(_ADMINISTRATOR, 409, 403),
        about="agreement",
        sends=_ended,
    ),
    _administrators("agreement_parties", about="agreement"),
    _administrators("agreement_parties", "POST", about="agreement", sends=_site),
    _readers("agreement_documents"),
    row(
        "agreement_documents",
        "POST",
        reseller=only(PRESENT, 403, 404),
        provider=only(_ADMINISTRATOR, 302, 403),
        about="agreement",
        foreign=404,
        sends=_copy,
        note="a contract administrator puts signed copies in",
    ),
    _readers("agreement_page_1"),
    _readers("agreement_exhibit_a"),
)
