"""Who may open and do what: one row for each URL and method, one for each act on a case.

``tests/access`` holds the portal to it; a URL without a row here fails ``test_every_url_of_the_portal_has_its_row``.
`make docs` writes it as a page to .portal/docs/access.md, which git ignores.
"""

from tests.access.actors import Actor
from tests.access.agreement_rows import AGREEMENT_ROWS
from tests.access.rows import (
    ENGINEERS,
    INTAKE,
    ON_THE_ROSTER,
    PRESENT,
    SCORECARD_READERS,
    TECHNICAL,
    ActRow,
    Row,
    led_on,
    of_the_provider,
    only,
    row,
    sign_in,
)

WHILE_DEVELOPING = ("gallery",)
"""Pages that a running portal does not have: they are there only with DEBUG on."""

SENT_FROM_A_PAGE = (
    "read_all_notices",
    "read_notice",
    "mark_notices",
    "discard_draft",
    "case_act",
    "escalation_log",
    "escalation_waive",
    "publish_bulletin",
    "vote_enhancement",
    "dispose_enhancement",
    "link_enhancement",
    "end_absence",
    "call_act",
    "delete_draft",
    "decide_extension",
    "withdraw_extension",
    "transfer_cases",
    "roster_act",
    "roster_training",
    "issue_invoices",
    "charge_tax",
    "invoice_act",
    "dispute_invoice",
    "work_order_act",
)
"""Addresses of forms that stand on another page."""

_ROWS: tuple[Row, ...] = (
    # machines, sign-in
    sign_in("health_live"),
    sign_in("health_ready"),
    row(
        "metrics",
        strangers=403,
        reseller=403,
        provider=200,
        note="figures of the machinery; monitoring shows a token",
    ),
    sign_in("api_schema", strangers=403, note="what the API can do, no data"),
    sign_in("account_login", 302),
    sign_in("account_logout", strangers=302),
    sign_in("account_logout", 302, method="POST", strangers=302),
    sign_in("account_inactive"),
    sign_in("account_signup", 302, note="says that it is closed"),
    sign_in("account_reauthenticate", strangers=302),
    sign_in("account_change_password", strangers=302, note="one's own"),
    sign_in("account_change_password", 302, method="POST", strangers=302, note="one's own"),
    sign_in("account_set_password", 302, strangers=302, note="only while there is none"),
    sign_in("account_reset_password"),
    sign_in("account_reset_password_done"),
    sign_in("account_reset_password_from_key", about="reset key", note="a wrong key says so"),
    sign_in("account_reset_password_from_key_done"),
    sign_in("satisfaction_answer", 404, strangers=404, about="token", note="a wrong link says so"),
    sign_in("satisfaction_answer", 404, method="POST", strangers=404, about="token"),
    row(
        "satisfaction",
        reseller=200,
        provider=200,
        note="one's company's; engineers those of their cases, management all",
    ),
    sign_in("unsubscribe", 404, strangers=404, about="token", note="a wrong token says so"),
    sign_in("unsubscribe", 404, method="POST", strangers=404, about="token"),
    row(
        "attachment",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="attachment",
        foreign=404,
        note="files follow what they belong to",
    ),
    # everybody's own
    row(
        "sign_ins",
        reseller=200,
        provider=200,
        note="one's own; contract administrators also their people's and customers'",
    ),
    row("notice_settings", reseller=200, provider=200, note="one's own"),
    row(
        "notice_settings",
        "POST",
        strangers=302,
        reseller=200,
        provider=200,
        note="one's own; refused half filled in",
    ),
    row("home", reseller=302, provider=302, note="leads to one's own first page"),
    row("inbox", reseller=200, provider=200, note="one's own notices"),
    row(
        "lookup",
        reseller=200,
        provider=200,
        about="lookup",
        note="offers what one may choose: names that one sees anyway",
    ),
    row("read_all_notices", "POST", reseller=302, provider=302, note="one's own"),
    row("mark_notices", "POST", reseller=302, provider=302, note="one's own"),
    row(
        "read_notice",
        "POST",
        reseller=302,
        provider=302,
        about="notice",
        foreign=404,
        to_others=404,
        note="one's own",
    ),
    row("drafts", reseller=200, provider=200, note="one's own"),
    row(
        "drafts",
        "POST",
        strangers=302,
        reseller=200,
        provider=200,
        note="of any form; one's own",
    ),
    row(
        "drafts_done", "POST", strangers=302, reseller=200, provider=200, note="of one's own forms"
    ),
    row(
        "draft",
        reseller=200,
        provider=200,
        about="typed draft",
        foreign=404,
        to_others=404,
        note="one's own",
    ),
    row(
        "draft",
        "POST",
        strangers=302,
        reseller=302,
        provider=302,
        about="typed draft",
        foreign=404,
        to_others=404,
        note="one's own: discard it",
    ),
    row("contact_home", reseller=200, provider=302),
    # agreements
    row("own_agreement", reseller=200, provider=302),
    row("agreements", reseller=302, provider=200, note="a reseller's person is led to their own"),
    row(
        "agreement",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="agreement",
        foreign=404,
    ),
    *AGREEMENT_ROWS,
    row(
        "programme_version",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="programme",
        foreign=404,
        note="the terms that one's own agreement is signed under",
    ),
    # cases
    row("cases", reseller=200, provider=200, note="one's own company's"),
    row("case", reseller=only(PRESENT, 200, 404), provider=200, about="case", foreign=404),
    row(
        "case_act",
        "POST",
        reseller={**only(ON_THE_ROSTER, 302, 409), Actor.LEFT: 404},
        provider=only(ENGINEERS, 302, 409),
        about="act",
        foreign=404,
        note="here: propose a severity; every act below",
    ),
    row("open_case", reseller=only(ON_THE_ROSTER, 200, 403), provider=403),
    row(
        "open_case",
        "POST",
        reseller={**only(TECHNICAL, 302, 403), Actor.WAITING: 409},
        provider=403,
        note="who waits is told from when, and keeps what they typed",
    ),
    row("save_case_draft", "POST", reseller=204, provider=204, note="one's own"),
    row("discard_draft", "POST", reseller=302, provider=302, note="one's own"),
    row("matching_articles", "POST", reseller=200, provider=200, note="published ones"),
    row(
        "severity_preview",
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="case",
        foreign=404,
    ),
    row(
        "severity_brings",
        reseller=only(PRESENT, 200, 404),
        provider=404,
        note="provider's people ask for the contact who calls",
    ),
    of_the_provider("queue", provider=200),
    of_the_provider("telephone_report", provider=only(INTAKE, 200, 403)),
    of_the_provider("telephone_report", "POST", provider=only(INTAKE, 302, 403)),
    # the API
    row("api_case-list", strangers=403, reseller=200, provider=200, note="one's own company's"),
    row(
        "api_case-list",
        "POST",
        strangers=403,
        reseller=only(TECHNICAL, 201, 409),
        provider=409,
        note="opens a case",
    ),
    row(
        "api_case-detail",
        strangers=403,
        reseller=only(PRESENT, 200, 404),
        provider=200,
        about="case",
        foreign=404,
    ),
    # severity 1
    of_the_provider("escalations", provider=200),
    of_the_provider("escalation_wall", provider=200),
    of_the_provider("escalation", provider=200, about="severity-1 case"),
    of_the_provider(
        "escalation_log",
        "POST",
        provider=only((Actor.PSAM,), 302, 409),
        about="severity-1 case",
        note="here: the Director informed; each act is its bearer's (ATSP Ex.C)",
    ),
    of_the_provider(
        "escalation_waive",
        "POST",
        provider=only((Actor.PSAM,), 302, 409),
        about="step",
        note="here: a duty of the PSAM; each is its bearer's (D-14)",
    ),
    # scorecards
    of_the_provider("portfolio", provider=only(SCORECARD_READERS, 200, 403)),
    of_the_provider("scorecard", provider=only(SCORECARD_READERS, 200, 403), about="agreement"),
    of_the_provider("scorecard_cases", provider=only(SCORECARD_READERS, 200, 403), about="measure"),
)

ROWS = (
    *_ROWS,
    *(led_on(each) for each in _ROWS if each.method == "POST" and each.url in SENT_FROM_A_PAGE),
)

BOTH = (*ENGINEERS, *ON_THE_ROSTER)
REASON = {"reason": "It stops again."}
ACTS: tuple[ActRow, ...] = (
    ActRow("reply", "new", ENGINEERS, {"body": "We look into it."}),
    ActRow("call", "new", ENGINEERS, {"body": "They told us more.", "reached": "yes"}),
    ActRow("note", "new", INTAKE, {"body": "Guesswork."}, note="the reseller never sees it"),
    ActRow("add", "asked", ON_THE_ROSTER, {"body": "Here is the log."}),
    ActRow("ask", "new", ENGINEERS, {"missing": "the log"}),
    ActRow("accept", "asked", ENGINEERS),
    ActRow(
        "confirm-call",
        "new",
        INTAKE,
        {"caller": lambda world: world.people[Actor.ALTERNATE].contact.pk},
        note="whoever of the roster is on the telephone (ATSP 4.5, 5.2.2)",
    ),
    ActRow("refuse-caller", "new", INTAKE, {"caller": "Tom", "reason": "Not on the roster."}),
    ActRow("confirm-severity", "new", ENGINEERS),
    ActRow("propose", "new", BOTH, {"to": "3", **REASON}),
    ActRow("answer", "proposed by us", ON_THE_ROSTER, {"agree": "yes"}, also=ENGINEERS),
    ActRow("answer", "proposed by them", ENGINEERS, {"agree": "yes"}, also=ON_THE_ROSTER),
    ActRow("withdraw", "proposed by us", ENGINEERS, also=ON_THE_ROSTER),
    ActRow("withdraw", "proposed by them", ON_THE_ROSTER, also=ENGINEERS),
    ActRow("downgrade", "new", ENGINEERS, {"to": "3", "ground": "impact_lessened", **REASON}),
    ActRow("relief", "new", ENGINEERS, {"body": "Load the patch."}),
    ActRow("agree", "relieved", ON_THE_ROSTER),
    ActRow("fail", "relieved", BOTH, REASON),
    ActRow(
        "close",
        "new",
        ENGINEERS,
        {
            "reason": "other-vendor",
            "agreed_by": lambda world: world.people[Actor.ALTERNATE].contact.pk,
        },
        note="a contact of the roster agreed in the call (D-27, ATSP 5.2.2)",
    ),
    ActRow(
        "propose-closing", "new", ENGINEERS, {"reason": "other-vendor", "body": "It is theirs."}
    ),
    ActRow("answer-closing", "closing", ON_THE_ROSTER, {"agree": "yes"}),
    ActRow("withdraw-closing", "closing", ENGINEERS, REASON),
    ActRow(
        "duplicate",
        "new",
        ENGINEERS,
        {
            "original": lambda world: world.mti.cases["asked"].pk,
            "body": "Both stop in the same scan.",
        },
        note="against another case of the same reseller (D-27)",
    ),
    ActRow(
        "reopen",
        "closed",
        (*ENGINEERS, *TECHNICAL),
        REASON,
        kept_waiting=(Actor.WAITING,),
        note="it asks for assistance, so who waits is told from when (ATSP 5.2.1)",
    ),
    ActRow("determine", "new", ENGINEERS, {"determination": "known-defect"}),
    ActRow("article", "new", ENGINEERS, {"article": "KB-901"}),
    ActRow("replicated", "new", ENGINEERS),
    ActRow(
        "work",
        "new",
        (*ENGINEERS, *TECHNICAL, Actor.ADMINISTRATIVE),
        {"rate": "remote-replication", "problem": "The scan stops."},
        kept_waiting=(Actor.WAITING,),
        note="the Administrative Contact too (ATSP 16, 17, 18); who waits is told so (ATSP 5.2.1)",
    ),
    ActRow(
        "not-software",
        "new",
        ENGINEERS,
        {"grounds": "The drive reports errors."},
        note="the notice of ATSP 7.1",
    ),
    ActRow("take", "new", ENGINEERS),
    ActRow("assign", "new", INTAKE, {"to": Actor.CSE}),
    ActRow(
        "hand-over",
        "new",
        (*INTAKE, *ON_THE_ROSTER, Actor.ADMINISTRATIVE),
        {"to": lambda world: world.people[Actor.ALTERNATE].contact.pk},
        note="to another Technical Contact of the reseller (ATSP 5.2.2)",
    ),
    ActRow("sub-case", "new", ENGINEERS, {"team": "pse", "request": "Look at the trace."}),
    ActRow(
        "close-sub-case",
        "critical",
        ENGINEERS,
        {
            "sub_case": lambda world: world.mti.cases["critical"].sub_cases.get().pk,
            "outcome": "The lock is taken twice.",
        },
    ),
    ActRow("frequency", "new", ENGINEERS, {"every": "4 hours", "how": "In a call."}),
    ActRow("propose-frequency", "new", BOTH, {"amount": "4", "unit": "hour"}),
    ActRow("answer-frequency", "frequency", ON_THE_ROSTER, {"agree": "yes"}, also=ENGINEERS),
    ActRow("withdraw-frequency", "frequency", ENGINEERS, {}, also=ON_THE_ROSTER),
    ActRow(
        "correct",
        "new",
        BOTH,
        {
            "title": "Scan stops at once",
            "description": "It stops.",
            "product": lambda world: world.base.product.pk,
        },
    ),
    ActRow(
        "limitation",
        "limited",
        ENGINEERS,
        {"number": "0", "supported": "no", "reason": "It is modified."},
    ),
)


if __name__ == "__main__":
    from tests.access import rendering

    rendering.write()
