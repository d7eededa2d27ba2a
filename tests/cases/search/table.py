"""A hundred queries and what they must find: the query, who asks, and the cases by their letters."""

from typing import Any

from cases.case.models import Case
from cases.conversation.actions import note
from cases.products.models import Product, ProductQuestion
from cases.search.learning import learn_words
from portal.models import SENT, Attachment, Checked
from tests.cases.world import DAY, HOUR, NOW, World

_PLAIN: dict[str, Any] = {
    "business_impact": "Work waits.",
    "level_1_work": "Gathered what was asked.",
    "level_2_work": "Tried again.",
    "replication_steps": "Wait.",
}


def make_cases(world: World) -> dict[str, Case]:
    """Five cases, by letter: c is the foreign reseller's; d is closed to nobody but has a note, as c has."""
    alphastor = Product.objects.create(name="AlphaStor")
    asked = [
        ProductQuestion.objects.create(product=world.product, position=place, words=words)
        for place, words in enumerate(("the bootstrap report", "the walrus output"))
    ]
    made = {
        "a": world.open(
            NOW - 2 * HOUR,
            **_PLAIN,
            title="nsrd stops: “index is empty” after the upgrade",
            description="The daemon's log ends after the check, with NSR_TIMEOUT on cedar-web01.",
            end_user="Harbour Freight Lines",
            product_answers={asked[0].pk: "ibex-17: bootstraps were skipped"},
        ),
        "b": world.open(
            NOW - 3 * HOUR,
            **_PLAIN,
            contact=world.london,
            severity=3,
            release="6.0.2",
            platform="HP ProLiant DL580",
            operating_system="Windows 2000 SP3",
            title="Savegroup hangs on one client",
            description="Error 0x80070005 in /nsr/res/nsrladb while José restores the read-only share.",
            end_user="Müller & Söhne GmbH",
        ),
        "c": world.open(
            NOW - 4 * HOUR,
            **_PLAIN,
            contact=world.foreign,
            release="6.1.0",
            platform="IBM pSeries",
            operating_system="AIX 5.1",
            title="Jukebox inventory takes hours",
            description="With more than 1,200 slots each is read twice.",
            end_user="Klinik am Wald",
        ),
        "d": world.open(
            NOW - 20 * DAY,
            **_PLAIN,
            contact=world.alternate,
            release="6.1.0",
            platform="Dell PowerEdge",
            operating_system="Linux 2.4",
            title="Clone of a spanned save set stops at the second volume",
            description="Cloning ends without a word; libraries were renamed on backup.meridian.example.",
            end_user="Østfold Energi",
        ),
        "e": world.open(
            NOW - 5 * HOUR,
            **_PLAIN,
            severity=4,
            product=alphastor,
            release="2.1.0",
            platform="HP ProLiant ML370",
            operating_system="Windows NT",
            title="AlphaStor console loses its session",
            description="After ten minutes it asks for the password again.",
            end_user="Harbor Bank",
        ),
    }
    world.reply(
        made["b"], NOW - 2 * HOUR, body="Please run nsrck -L6 and send daemon.raw of anvil."
    )
    world.reply(made["c"], NOW - 2 * HOUR, body="Relabel the cartridge zebra-42, then restart.")
    note(
        made["c"],
        by=world.engineer,
        at=NOW - HOUR,
        body="The customer's firmware is beyond belief.",
    )
    note(
        made["d"], by=world.engineer, at=NOW - HOUR, body="Known as LGTpa42, see the quokka thread."
    )
    with_file(made["b"], "daemon.raw", "messages_2003-03-04.log.gz")
    with_file(made["d"], "quokka thread", "trace_of_wombat.txt")
    Case.objects.filter(pk=made["a"].pk).update(owner=world.engineer, next_due_at=NOW - HOUR)
    Case.objects.filter(pk=made["d"].pk).update(
        state="closed", closed_at=NOW - 10 * DAY, closure_reason="resolved"
    )
    learn_words()
    return made


def with_file(case: Case, said: str, name: str) -> Attachment:
    """A file sent with the message that says so."""
    message = case.messages.get(body__contains=said)
    case.messages.filter(pk=message.pk).update(file_count=1)
    return Attachment.objects.create(
        subject_type="cases.message",
        subject_id=message.pk,
        purpose=SENT,
        checked=Checked.UNCHECKED,
        name=name,
        content_type="text/plain",
        size=1,
        sha256="0" * 64,
        file=f"attachments/{message.pk}",
        added_at=NOW - HOUR,
    )


ENGINEER, CONTACT, FOREIGN = "engineer", "technical", "foreign"

QUERIES: tuple[tuple[str, str, str], ...] = (
    # what sticks to words
    ("index", ENGINEER, "a"),
    ("empty", ENGINEER, "a"),
    ("“index", ENGINEER, "a"),
    ('"index is empty"', ENGINEER, "a"),
    ("“index is empty”", CONTACT, "a"),
    ('"empty is index"', ENGINEER, ""),
    ("nsrd:", ENGINEER, "a"),
    ("hours.", ENGINEER, "c"),
    ("(session)", ENGINEER, "e"),
    # products, releases, platforms
    ("networker", ENGINEER, "abcd"),
    ("NetWorker", CONTACT, "abd"),
    ("netw", ENGINEER, "abcd"),
    ("alpha", ENGINEER, "e"),
    ("alphastor", CONTACT, "e"),
    ("6.1.3", ENGINEER, "a"),
    ("6.0.2", CONTACT, "b"),
    ("proliant", ENGINEER, "be"),
    ("sun enterprise", ENGINEER, "a"),
    ("aix", ENGINEER, "c"),
    ("windows", CONTACT, "be"),
    ("solaris 8", ENGINEER, "a"),
    # people and companies
    ("tess", ENGINEER, "ae"),
    ("tess ward", ENGINEER, "ae"),
    ("lionel", CONTACT, "b"),
    ("kolb", ENGINEER, "c"),
    ("kolb", CONTACT, ""),
    ("meridian", ENGINEER, "abde"),
    ("nordwind", ENGINEER, "c"),
    ("nordwind", CONTACT, ""),
    ("harbour", ENGINEER, "a"),
    ("harbor", ENGINEER, "e"),
    ("klinik", FOREIGN, "c"),
    ("klinik", CONTACT, ""),
    # accents
    ("jose", ENGINEER, "b"),
    ("José", ENGINEER, "b"),
    ("muller", ENGINEER, "b"),
    ("MÜLLER söhne", ENGINEER, "b"),
    ("ostfold", ENGINEER, "d"),
    # codes, paths, hosts, addresses
    ("0x80070005", ENGINEER, "b"),
    ("80070005", ENGINEER, ""),
    ("/nsr/res", ENGINEER, "b"),
    ("nsr/res", ENGINEER, "b"),
    ("/nsr/res/nsrladb", CONTACT, "b"),
    ("nsrck", ENGINEER, "b"),
    ("nsrck -L6", ENGINEER, ""),
    ('"nsrck -L6"', ENGINEER, "b"),
    ("NSR_TIMEOUT", ENGINEER, "a"),
    ("nsr_timeout", CONTACT, "a"),
    ("cedar-web01", ENGINEER, "a"),
    ("cedar", ENGINEER, "a"),
    ("meridian.example", ENGINEER, "abde"),
    ("backup.meridian.example", CONTACT, "d"),
    ("read-only share", ENGINEER, "b"),
    ("read only shares", ENGINEER, "b"),
    ("1,200", ENGINEER, "c"),
    ("1,200 slots", FOREIGN, "c"),
    # stems and beginnings
    ("restoring", ENGINEER, "b"),
    ("library", ENGINEER, "d"),
    ("cloning", ENGINEER, "d"),
    ("hang", ENGINEER, "b"),
    ("savegr", CONTACT, "b"),
    ("jukeb", ENGINEER, "c"),
    ("stops", ENGINEER, "ad"),
    # replies, notes, files
    ("zebra", ENGINEER, "c"),
    ("zebra-42", FOREIGN, "c"),
    ("zebra", CONTACT, ""),
    ("anvil", CONTACT, "b"),
    ("daemon.raw", CONTACT, "b"),
    ("firmware", ENGINEER, "c"),
    ("firmware", FOREIGN, ""),
    ("quokka", ENGINEER, "d"),
    ("quokka", CONTACT, ""),
    ("quokka clone", ENGINEER, "d"),
    ("lgtpa42", CONTACT, ""),
    ("messages_2003-03-04.log.gz", ENGINEER, "b"),
    ("log.gz", CONTACT, "b"),
    # what the product asks, where it is answered
    ("ibex-17", ENGINEER, "a"),
    ("ibex", CONTACT, "a"),
    ("ibex", FOREIGN, ""),
    ("skipping bootstrap", CONTACT, "a"),
    ('"bootstrap report"', ENGINEER, "a"),
    ("walrus", ENGINEER, ""),
    # and, or, not
    ("hangs client", ENGINEER, "b"),
    ("hangs jukebox", ENGINEER, ""),
    ("hangs OR jukebox", ENGINEER, "bc"),
    ("stops -clone", ENGINEER, "a"),
    ('networker -"save set" -jukebox', ENGINEER, "ab"),
    # operators
    ("owner:me", ENGINEER, "abc"),
    ("owner:nobody", ENGINEER, "de"),
    ("is:mine index", ENGINEER, "a"),
    ("-owner:me", CONTACT, "abde"),
    ("severity:3", ENGINEER, "b"),
    ("severity:2,4", CONTACT, "ade"),
    ("product:networker", CONTACT, "abd"),
    ("state:closed", ENGINEER, "d"),
    ("state:open", CONTACT, "abe"),
    ("reseller:nordwind", ENGINEER, "c"),
    ("reseller:nordwind", CONTACT, ""),
    ('contact:"tess ward"', ENGINEER, "ae"),
    ("enduser:harbour", ENGINEER, "a"),
    ("release:6.1", ENGINEER, "acd"),
    ("platform:proliant", CONTACT, "be"),
    ("before:2003-03-01", ENGINEER, "d"),
    ("after:2003-03-01 networker", ENGINEER, "abc"),
    ("opened:2003-02", CONTACT, "d"),
    ("closed:2003-02", ENGINEER, "d"),
    ("breached:yes", ENGINEER, "a"),
    ("breached:no", CONTACT, "bde"),
    ("has:file", ENGINEER, "bd"),
    ("has:file", CONTACT, "b"),
    ("wombat", ENGINEER, "d"),
    ("trace_of_wombat.txt", CONTACT, ""),
    ("-has:file", FOREIGN, "c"),
    ("severity:2 -product:alphastor stops", CONTACT, "ad"),
)
"""Each is the query, who asks, and the letters of the cases that must be found: no more and no fewer."""

MISTYPED = (
    ("netwroker", ENGINEER, "networker", "abcd"),
    ("jukebx", ENGINEER, "jukebox", "c"),
    ("savegruop", CONTACT, "savegroup", "b"),
    ("firmwere", ENGINEER, "firmware", "c"),
    ("firmwere", FOREIGN, "", ""),
    ("bootstrpa", CONTACT, "bootstrap", "a"),
    ("bootstrpa", FOREIGN, "", ""),
    ("quoka", CONTACT, "", ""),
    ("jukebx", CONTACT, "", ""),
)
"""Typing errors: the query, who asks, what it is corrected to ("" for nothing), and what that finds."""
