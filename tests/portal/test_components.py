"""The components: their words, their markup, and how they behave in a real browser."""

import datetime as dt
import re
import zoneinfo
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.template.defaultfilters import urlize
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.refusal import Refusal
from portal.templatetags.portal_pages import linked
from portal.ui import clauses, clock, verbs, words
from portal.ui.icons import ICONS
from portal.ui.markup import escaped
from portal.verbs import JournalVerb

LOS_ANGELES = zoneinfo.ZoneInfo("America/Los_Angeles")
TEMPLATES = Path(django_settings.BASE_DIR, "templates")
NOW = dt.datetime(2003, 3, 5, 22, 18, tzinfo=dt.UTC)  # 14:18 in Los Angeles
SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_the_present(set_clock: Any) -> None:
    set_clock(NOW, speed=1e-9)  # it stands still


def render(source: str, request: Any = None, **context: Any) -> str:
    """Render template source for a reader in Los Angeles."""
    with timezone.override(LOS_ANGELES):
        return engines["django"].from_string(source).render(context, request)


# --- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "under 1 min"),
        (59.9, "under 1 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3660, "1 h 01 min"),
        (86399, "23 h 59 min"),
        (86400, "1 d"),
        (90000, "1 d 1 h"),
        (14 * 86400 - 1, "13 d 23 h"),
        (14 * 86400, "14 days"),
        (-840, "14 min"),
    ],
)
def test_a_length_of_time_is_said_rounded_down(seconds: float, said: str) -> None:
    assert words.span(seconds) == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (MINUTE, "in 1 min"),
        (SECOND, "in under 1 min"),
        (0 * SECOND, "due now"),
        (-59 * SECOND, "due now"),
        (-60 * SECOND, "overdue by 1 min"),
    ],
)
def test_a_due_time_is_said_from_now(left: dt.timedelta, said: str) -> None:
    assert words.until(NOW + left, NOW) == said


@pytest.mark.parametrize(
    ("instant", "zone", "said"),
    [
        (NOW, "America/Los_Angeles", "14:18 PST"),
        (NOW, "Europe/Paris", "23:18 CET"),
        (NOW, "Asia/Kolkata", "03:48 IST"),
        (NOW, "America/Sao_Paulo", "19:18 UTC−03"),
        (NOW + 24 * HOUR, "America/Los_Angeles", "Thu 6 Mar 14:18 PST"),
        (NOW + 365 * 24 * HOUR, "America/Los_Angeles", "Thu 4 Mar 2004 14:18 PST"),
        (
            dt.datetime(2003, 4, 6, 9, 59, tzinfo=dt.UTC),
            "America/Los_Angeles",
            "Sun 6 Apr 01:59 PST",
        ),
        (
            dt.datetime(2003, 4, 6, 10, 0, tzinfo=dt.UTC),
            "America/Los_Angeles",
            "Sun 6 Apr 03:00 PDT",
        ),
    ],
)
def test_an_instant_is_said_in_the_readers_zone(instant: dt.datetime, zone: str, said: str) -> None:
    assert words.absolute(instant, zoneinfo.ZoneInfo(zone), NOW) == said


@pytest.mark.parametrize(
    ("amount", "currency", "whole", "said"),
    [
        (Decimal("22500"), "USD", False, "US$22,500.00"),
        (Decimal("22500"), "USD", True, "US$22,500"),
        (Decimal("22500.50"), "USD", True, "US$22,500.50"),
        (Decimal("-183.5"), "USD", False, "−US$183.50"),
        (Decimal("1200"), "EUR", False, "€1,200.00"),
        (Decimal("99"), "SEK", False, "SEK 99.00"),
    ],
)
def test_money_is_written_as_the_agreements_write_it(
    amount: Decimal, currency: str, whole: bool, said: str
) -> None:
    assert words.money(amount, currency, whole=whole) == said


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maria Delgado", "MD"),
        ("Tom", "T"),
        ("Ann van der Lee", "AL"),
        ("J. R. Fox", "JF"),
        ("", "?"),
    ],
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert words.initials(name) == letters


# --- clocks ----------------------------------------------------------------------------------------


def deadline(**fields: Any) -> dict[str, Any]:
    """A pending promise, due in 14 minutes, set an hour ago."""
    return {
        "due_at": NOW + 14 * MINUTE,
        "state": "pending",
        "set_at": NOW - HOUR,
        "label": "Engineer calls you back",
        "clause": "ATSP 4.6",
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "tone", "relative"),
    [
        ({}, "soon", "in 14 min"),
        ({"due_at": NOW + 2 * HOUR}, "calm", "in 2 h"),
        ({"due_at": NOW + 2 * HOUR - SECOND}, "soon", "in 1 h 59 min"),
        ({"due_at": NOW}, "soon", "due now"),
        ({"due_at": NOW - SECOND}, "overdue", "due now"),
        ({"due_at": NOW - HOUR}, "overdue", "overdue by 1 h"),
        ({"state": "met", "met_at": NOW + 11 * MINUTE}, "met", "met 3 min early"),
        ({"state": "met", "met_at": NOW + 14 * MINUTE}, "met", "met on time"),
        ({"state": "met"}, "met", "met"),
        ({"state": "missed", "met_at": NOW + 26 * MINUTE}, "missed", "missed by 12 min"),
        ({"due_at": NOW - HOUR, "state": "missed"}, "missed", "missed, 1 h late so far"),
        ({"state": "cancelled"}, "cancelled", "canceled"),
        ({"state": "superseded"}, "superseded", "superseded"),
        ({"state": "fired"}, "done", "done"),
        ({"state": "parked"}, "parked", "parked"),
    ],
)
def test_a_clock_shows_state_and_lateness(fields: dict[str, Any], tone: str, relative: str) -> None:
    face = clock.face(deadline(**fields), NOW, LOS_ANGELES)
    assert (face.tone, face.relative) == (tone, relative)
    assert face.icon in ICONS


@given(
    first=st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(days=9)),
    more=st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(days=9)),
    spans=st.tuples(*[st.timedeltas(min_value=HOUR, max_value=dt.timedelta(days=30))] * 2),
)
def test_of_two_clocks_the_nearer_is_never_calmer(
    first: dt.timedelta, more: dt.timedelta, spans: tuple[dt.timedelta, dt.timedelta]
) -> None:
    near, far = (
        clock.face(deadline(due_at=NOW + left, set_at=NOW + left - span), NOW, LOS_ANGELES)
        for left, span in zip((first, first + more), spans, strict=True)
    )
    assert (near.tone, far.tone) != ("calm", "soon")


@pytest.mark.trap(10)
@given(
    zone=st.sampled_from(sorted(zoneinfo.available_timezones())),
    left=st.timedeltas(min_value=dt.timedelta(days=-40), max_value=dt.timedelta(days=40)),
    state=st.sampled_from(["pending", "met", "missed"]),
)
def test_a_readers_zone_changes_the_wording_and_never_the_state(
    zone: str, left: dt.timedelta, state: str
) -> None:
    thing = deadline(due_at=NOW + left, state=state)
    here = clock.face(thing, NOW, dt.UTC)
    there = clock.face(thing, NOW, zoneinfo.ZoneInfo(zone))
    assert (there.tone, there.relative, there.state) == (here.tone, here.relative, here.state)
    assert (there.tone == "overdue") == (state == "pending" and left < dt.timedelta())


@pytest.mark.trap(10)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"])
def test_a_fresh_case_is_not_shown_as_breached_anywhere(zone: str) -> None:
    with timezone.override(zoneinfo.ZoneInfo(zone)):
        html = engines["django"].from_string("{% clock due %}").render({"due": deadline()})
    assert 'data-tone="soon"' in html
    assert "in 14 min" in html
    assert "overdue" not in html


def test_a_clock_tells_its_clause_both_times_and_why() -> None:
    html = render("{% clock due %}", due=deadline(words="Reported 14:02, plus 30 minutes."))
    for part in (
        "Engineer calls you back",
        "ATSP 4.6",
        "in 14 min",
        "14:32 PST",
        f'datetime="{(NOW + 14 * MINUTE).isoformat()}"',
        "Why this time?",
        "Reported 14:02, plus 30 minutes.",
    ):
        assert part in html


def test_only_a_running_clock_is_counted_on_by_the_page() -> None:
    assert "data-clock" in render("{% clock due %}", due=deadline())
    assert "data-clock" in render("{% clock due %}", due=deadline(state="missed"))
    for settled in ("met", "cancelled", "superseded", "fired"):
        assert "data-clock " not in render("{% clock due %}", due=deadline(state=settled))


def test_a_clock_in_a_table_is_one_line_without_disclosure() -> None:
    html = render("{% clock due compact=True %}", due=deadline(words="Because."))
    assert "<details" not in html
    assert "<div" not in html


# --- other tags ------------------------------------------------------------------------------------


def test_text_that_people_typed_is_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    html = render(
        "{% person who %}{% clause nasty %}{% pill nasty %}{% stat nasty nasty nasty %}{% empty nasty nasty %}"
        "{% timeline_event entry %}{% timeline_event entry kind='message' %}{% refusal refused %}"
        "{% clock due %}{% crumb nasty '/' %}{% tab nasty '/' %}{% filter_chip nasty '/' %}{% meter 1 2 nasty %}"
        "{% filter_search nasty nasty nasty %}{% filter_choice nasty nasty pairs nasty nasty %}",
        pairs=[(nasty, nasty)],
        nasty=nasty,
        who=SimpleNamespace(name=nasty, role_names=[nasty]),
        entry=SimpleNamespace(at=NOW, by_name=nasty, verb=nasty, text=nasty, clause=nasty),
        refused=Refusal(nasty, clause=nasty, way_out=nasty),
        due=deadline(label=nasty, words=nasty, clause=nasty, cause=nasty),
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 15


def test_a_rank_is_said_by_number_and_word() -> None:
    html = render("{% rank 2 'Serious' 'Severity' asked=1 %}")
    assert re.search(r"Severity</span>\s*2", html)
    assert "Serious" in html
    assert "1 asked" in html
    assert "asked" not in render("{% rank 2 'Serious' asked=2 %}")
    assert "&lt;b&gt;" in render("{% rank 2 word %}", word="<b>")


def test_an_absent_person_is_named_as_absent() -> None:
    assert "Unassigned" in render("{% person who absent='Unassigned' %}", who=None)


def test_a_clause_chip_opens_its_text_and_a_page_has_each_id_once() -> None:
    clauses.register({"TEST 1": "What clause one says."})
    request = RequestFactory().get("/")
    html = render("{% clause 'TEST 1, TEST 1.2, TEST 9' %}{% clause 'TEST 1' %}", request=request)
    targets = re.findall(r'popovertarget="([^"]+)"', html)
    assert (
        len(targets) == len(set(targets)) == 3
    )  # TEST 1, twice, and TEST 1.2 by the clause above it
    assert targets == re.findall(r' id="([^"]+)"', html)
    assert "TEST 9" in html


def test_a_part_that_refreshes_numbers_its_ids_apart_and_alike_each_time() -> None:
    clauses.register({"TEST 1": "What clause one says."})
    page = render("{% clause 'TEST 1' %}", request=RequestFactory().get("/"))
    parts = [
        render(
            "{% clause 'TEST 1' %}",
            request=RequestFactory().get("/", headers={"HX-Target": "rows"}),
        )
        for _ in range(2)
    ]
    assert parts[0] == parts[1] != page


def test_two_texts_for_one_clause_are_refused() -> None:
    clauses.register({"TEST 2": "One."})
    with pytest.raises(ValueError, match="TEST 2"):
        clauses.register({"TEST 2": "Another."})


def test_a_verb_that_nobody_registered_reads_as_its_own_words() -> None:
    assert verbs.look("case.severity_lowered").words == "severity lowered"


def test_a_verb_without_an_icon_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="no icon"):

        class _Wrong(JournalVerb):
            DID = "test.did", "did", "not-an-icon"


def test_a_refusal_shows_every_reason_with_clause_and_way_out() -> None:
    both = Refusal(
        "One.",
        clause="ATSP 5.2.2",
        way_out="Ask.",
        others=[Refusal("Two.", clause="D-9", way_out="Ring.")],
    )
    html = render("{% refusal refused kept='Kept.' %}", refused=both)
    for part in ("One.", "ATSP 5.2.2", "Ask.", "Two.", "D-9", "Ring.", "Kept.", 'role="alert"'):
        assert part in html
    assert render("{% refusal refused %}", refused=None).strip() == ""


def test_pages_of_a_list_keep_the_query() -> None:
    page = Paginator(range(100), 10).page(3)
    html = render(
        "{% pager page 'cases' %}", request=RequestFactory().get("/?mine=1&page=3"), page=page
    )
    assert "mine=1&amp;page=4" in html
    assert "21–30 of 100 cases" in html
    assert render("{% pager page %}", page=Paginator([1], 10).page(1)).strip() == ""


def test_a_filter_shows_what_is_chosen_by_the_words_of_the_address() -> None:
    source = '{% filter_choice "Level" "level" levels chosen "All levels" %}'
    levels = [(1, "Severity 1"), (2, "Severity 2")]
    assert '<option value="2" selected>Severity 2</option>' in render(
        source, levels=levels, chosen="2"
    )
    assert "selected" not in render(source, levels=levels, chosen="")
    assert "selected" not in render(source, levels=levels, chosen="9")


def test_a_card_puts_its_slots_in_their_places() -> None:
    html = render(
        "{% card text 'ledger' clause='ATSP 2.3' css='wide' body='stack' %}"
        "{% slot header %}<a href='/csv'>CSV</a>{% endslot %}<p>{{ text }}</p>"
        "{% slot footer %}Foot{% endslot %}{% endcard %}",
        text="<Ledger>",
    )
    assert '<section class="card wide" id="ledger" aria-labelledby="ledger-title">' in html
    assert '<h2 class="card-title" id="ledger-title">&lt;Ledger&gt;</h2>' in html
    assert html.index("ATSP 2.3") < html.index("<a href='/csv'>") < html.index("card-body stack")
    assert '<div class="card-body stack"><p>&lt;Ledger&gt;</p></div>' in html
    assert '<div class="card-footer">Foot</div>' in html


def test_a_bare_card_has_neither_padding_nor_a_name() -> None:
    html = render("{% card flush=True %}{% slot title %}<b>A</b>{% endslot %}B{% endcard %}")
    assert '<section class="card">' in html
    assert '<h2 class="card-title"><b>A</b></h2>' in html
    assert "card-body" not in html
    assert "card-footer" not in html


@pytest.mark.parametrize(("is_open", "state"), [(True, " open>"), (False, ">"), ("", ">")])
def test_a_card_that_folds_is_open_when_told_so(is_open: object, state: str) -> None:
    source = "{% card 'More' 'more' fold=True is_open=is_open %}B{% endcard %}"
    html = render(source, is_open=is_open)
    assert f'<details class="card card-fold" id="more"{state}' in html
    assert '<summary class="card-header"><h2' in html


def test_a_table_has_its_caption_heads_and_foot() -> None:
    html = render(
        "{% table 'Fees' 'What|#Fee|(Change)' css='fees' name='rows' keys=True live=address %}"
        "<tr></tr>{% slot foot %}<tr>Total</tr>{% endslot %}{% endtable %}",
        address="/?q=a&b",
    )
    assert '<caption class="visually-hidden">Fees</caption>' in html
    assert '<th scope="col">What</th><th scope="col" class="number">Fee</th>' in html
    assert '<th scope="col"><span class="visually-hidden">Change</span></th>' in html
    assert (
        '<tbody data-keys-list id="rows" data-live="/?q=a&amp;b" data-live-every="5">\n<tr></tr>'
        in html
    )
    assert "<tfoot><tr>Total</tr></tfoot>" in html


def test_a_table_without_rows_shows_what_is_said_in_its_place() -> None:
    source = (
        "{% table 'Fees' 'What' rows %}<tr></tr>{% slot empty %}None{% endslot %}{% endtable %}"
    )
    assert render(source, rows=[]) == "None"
    assert "None" not in render(source, rows=[1])


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("{% card 'A' colour='red' %}{% endcard %}", "colour"),
        ("{% card css='a' 'A' %}{% endcard %}", "follows a named argument"),
        ("{% card 'A' %}{% if 1 %}{% slot header %}{% endslot %}{% endif %}{% endcard %}", "slot"),
    ],
)
def test_a_component_that_is_used_wrongly_says_how(source: str, wrong: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=wrong):
        render(source)


def test_an_unknown_icon_is_an_error_while_developing_and_a_point_in_service(settings: Any) -> None:
    assert "#point" in render("{% icon 'not-an-icon' %}")
    settings.DEBUG = True
    with pytest.raises(ValueError, match="not-an-icon"):
        render("{% icon 'not-an-icon' %}")


# --- every template --------------------------------------------------------------------------------


def every_template() -> list[Path]:
    """All templates of pages; mail has no Content-Security-Policy."""
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if "emails" not in path.parts]


@pytest.mark.parametrize(
    "path", every_template(), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_a_template_asks_for_nothing_that_the_policy_refuses(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(
        r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style\b|hx-on|javascript:""", source
    )
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", source))


def test_every_icon_that_a_template_names_is_among_those_of_the_sprite() -> None:
    named = {
        name
        for path in every_template()
        for name in re.findall(
            r"""(?:{% icon |icon=)["']([a-z0-9-]+)["']""", path.read_text("utf-8")
        )
    }
    assert named
    assert named <= ICONS


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_the_pages_for_the_worst_case_need_no_database_and_no_request(name: str) -> None:
    html = engines["django"].get_template(name).render()
    assert "+1 650 555 0142" in html
    assert "ATSP 4.5" in html


def test_the_page_for_a_lost_database_repeats_no_post() -> None:
    away = engines["django"].get_template("503.html")
    assert "recover.js" in away.render()
    assert "recover.js" not in away.render({"posted": True})


_PIECES = ["\n", "\n\n", "see", "<b>", "(", ").", "&", "'", "12:40", "etc.", "nsr.res", "x@"]
_PIECES += ["a@legato.com", "legato.com", "legato.COM/a", "ftp.legato.example", "www.legato"]
_PIECES += ["WWW.legato", "http://", "https://[a", "HTTP://legato.example/a?b&c"]


@given(st.lists(st.sampled_from(_PIECES), max_size=8), st.sampled_from([" ", ""]))
def test_a_text_without_links_is_as_django_leaves_it(pieces: list[str], between: str) -> None:
    text = escaped(between.join(pieces))
    assert linked(text) == urlize(text)
