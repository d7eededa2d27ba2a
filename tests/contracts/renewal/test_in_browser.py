"""The pages of renewal and end in a real browser: accessible in both themes, narrow and wide."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from contracts.ending.actions.reseller_agreements import record_reseller_agreement
from contracts.ending.actions.software_notices import give_software_notice
from contracts.programmes.actions import publish_programme
from contracts.renewal.actions.proposal import open_renewal, state_wishes
from portal.models import User
from tests.contracts import factories
from tests.contracts.renewal.test_actions import keeper
from tests.portal.browser import faults_of

pytestmark = pytest.mark.django_db(transaction=True)
AT = dt.datetime(2003, 6, 10, 17, 0, tzinfo=dt.UTC)


def test_the_pages_are_accessible_and_fit(
    live_server: Any,
    administrator: User,
    client: Client,
    settings: Any,
    set_clock: Any,
) -> None:
    settings.DEBUG = True
    set_clock(AT)
    client.force_login(administrator)
    mti = factories.load(factories.MTI_FILE)
    factories.load(factories.NORDLICHT_FILE)
    terms = factories.CONTRACTS / "programmes" / "atsp-2004.toml"
    publish_programme(terms.read_text(), name=terms.name, by=None, at=AT)
    proposal = open_renewal(mti, by=administrator, at=AT)
    state_wishes(proposal, "One PSAM is enough for us next year.", by=keeper(mti), at=AT)
    give_software_notice(
        mti,
        software="NetWorker for OS/2",
        ground="no_longer_supported",
        text="Support for this Software ends, as it is no longer generally provided.",
        given_on=dt.date(2003, 6, 10),
        ends_on=dt.date(2003, 9, 8),
        by=administrator,
        at=AT,
    )
    record_reseller_agreement(
        mti,
        standing="terminated",
        since=dt.date(2003, 6, 9),
        reason="Letter of 9 June 2003.",
        by=administrator,
        at=AT,
    )
    side = f"/agreements/{mti.reference}/renewal/"
    acts = ("edit", "sign", "decline", "software-notice", "terminate", "successor")
    pages = ["/renewals/", side, *(f"{side}{act}/" for act in acts)]
    assert faults_of(live_server.url, pages, session=str(client.session.session_key)) == []
