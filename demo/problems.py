"""The Problems that the demonstration's cases report, and the knowledge base that answers some of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One Problem as a reseller's engineer describes it. `article` is the number of the article that answers it."""

    title: str
    product: str
    release: str
    platform: str
    operating_system: str
    description: str
    impact: str
    steps: str
    answer: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """An article, and on which day its Fix was published."""

    number: str
    product: str
    title: str
    symptom: str
    cause: str
    fix: str
    fix_published_on: str


PRODUCTS = {
    "NetWorker": {"6.0.2": "2001-08-01", "6.1.2": "2002-04-15", "6.1.3": "2002-11-20"},
    "AlphaStor": {"2.0.1": "2002-02-10", "2.1.0": "2002-10-01"},
    "RepliStor": {"4.4.2": "2002-01-20", "5.0.1": "2002-09-15"},
    "EmailXtender": {"4.2.0": "2002-05-01", "4.3.1": "2003-01-20"},
    "Co-StandbyServer": {"5.0.2": "2001-11-05", "5.1.0": "2002-08-12"},
}

KNOWLEDGE = (
    Knowledge(
        "KB-20417",
        "NetWorker",
        "nsrd exits when a media database check meets an empty volume record",
        "nsrd stops within a minute of start; daemon.log ends after “media db is checking”.",
        "A volume record without a barcode, left by an interrupted relabel.",
        "Remove the record with nsrmm -d while nsrd is stopped, then install the patch level named here.",
        "2002-10-14",
    ),
    Knowledge(
        "KB-20533",
        "NetWorker",
        "Savegroups hang on one client after the client's address changed",
        "A savegroup stays at 99 % with one client waiting for a job.",
        "The server caches the client's old address until nsrexecd is restarted.",
        "Restart nsrexecd on the client, or apply the Fix that honours the new address.",
        "2002-12-03",
    ),
    Knowledge(
        "KB-20611",
        "RepliStor",
        "Replication stops after the journal drive fills",
        "The mirror reports “queue full” and does not resume when space is freed.",
        "The service keeps the full mark in memory.",
        "Fix 4: the service looks at the free space again every ten seconds.",
        "2003-01-22",
    ),
    Knowledge(
        "KB-20644",
        "AlphaStor",
        "Library inventory takes hours with more than 200 slots",
        "An inventory reads each slot twice.",
        "The element status of some libraries is read without its barcode page.",
        "Fix 2: reads the barcode page first.",
        "2003-02-11",
    ),
    Knowledge(
        "KB-20702",
        "EmailXtender",
        "Messages with long subjects are archived twice",
        "The same message is found twice by a search.",
        "The fold in a long subject changes the message's digest.",
        "",
        "",
    ),
)

PROBLEMS = (
    Problem(
        "nsrd stops a minute after start, no backup can run",
        "NetWorker",
        "6.1.2",
        "Sun Enterprise 4500",
        "Solaris 8, 108528-16",
        "Since the power cut of last night nsrd stops about a minute after each start. daemon.log ends after "
        "the media database check. No savegroup runs, no recovery is possible.",
        "All backups of the data center stand still; the month's close is due tonight.",
        "Start nsrd on our lab server with a copy of the media database: it stops at the same place.",
        "The media database holds a volume record without a barcode. Stop nsrd, delete the record as in the article, "
        "start again; the patch makes the check pass over such records.",
        "KB-20417",
    ),
    Problem(
        "Savegroup “Nightly” waits for one client for ever",
        "NetWorker",
        "6.1.3",
        "HP ProLiant DL580",
        "Windows 2000 SP3",
        "One client of forty stays in the state “waiting”. The group never ends, so the bootstrap is not written.",
        "The night's backups of the other clients are complete, but there is no bootstrap and no report.",
        "Change the client's address in DNS while a group runs; the next group waits for it.",
        "nsrexecd on the client kept the server's view of its old address. Restarting it ends the wait; the Fix keeps it from "
        "happening again.",
        "KB-20533",
    ),
    Problem(
        "RepliStor mirror does not resume after the journal drive was full",
        "RepliStor",
        "5.0.1",
        "Dell PowerEdge 6450",
        "Windows 2000 SP3",
        "The journal drive filled during a copy. Space was freed an hour ago, the mirror still says “queue full”.",
        "The second site falls behind by the minute.",
        "Fill the journal drive, free it again: the mirror does not resume until the service is restarted.",
        "The service remembers the full mark. Restart it once; Fix 4 removes the cause.",
        "KB-20611",
    ),
    Problem(
        "Inventory of a 300-slot library takes four hours",
        "AlphaStor",
        "2.1.0",
        "Sun Fire 280R",
        "Solaris 8, 108528-15",
        "Each inventory reads every slot twice and takes four hours instead of two.",
        "The library cannot be used during that time; clones are put off.",
        "Start an inventory with tracing on: two element status requests a slot.",
        "The library sends its barcode page only when asked first. Fix 2 asks first.",
        "KB-20644",
    ),
    Problem(
        "Recovery of a large directory ends with “index is empty”",
        "NetWorker",
        "6.1.2",
        "IBM RS/6000 H80",
        "AIX 4.3.3 ML10",
        "Recovering /data/projects, some 900,000 files, ends with “index is empty for this time”, though browse shows them.",
        "The customer waits for the restored project data; older copies exist.",
        "Recover the same directory in our lab from a copied index: the same end at about 700,000 files.",
        "The recover browser runs past its table. Recovering by save set with the times listed below restores all; a Fix for the "
        "browser is under way.",
    ),
    Problem(
        "Tape drive is marked busy after a client reboots",
        "NetWorker",
        "6.0.2",
        "Compaq AlphaServer ES40",
        "Tru64 5.1A",
        "When a storage node reboots during a save its drive stays busy, and must be freed by hand.",
        "One drive of four is lost until an operator frees it.",
        "Reboot the storage node during a save.",
        "Free the drive with nsrmm; the release you run is older than the two supported ones, so please plan the update.",
    ),
    Problem(
        "EmailXtender archives some messages twice",
        "EmailXtender",
        "4.2.0",
        "HP ProLiant DL380",
        "Windows 2000 SP2",
        "Messages with subjects over 78 characters appear twice in searches since the last update.",
        "The archive grows faster than planned; auditors see doubles.",
        "Send a message with a long subject: two entries.",
        "We can reproduce it. Until the Fix, switch off subject folding on the gateway as described.",
        "KB-20702",
    ),
    Problem(
        "How are directives applied when two of them match?",
        "NetWorker",
        "6.1.3",
        "Sun Fire V880",
        "Solaris 9",
        "Two directives match the same path, one skips and one compresses. Which one wins is not clear from the manual.",
        "None at present; we write the customer's backup rules.",
        "Two directives on /export/home as in the attached listing.",
        "The first directive that matches wins, from the most specific path up. The manual will say so in its next edition.",
    ),
    Problem(
        "Co-StandbyServer switches over without cause every Sunday",
        "Co-StandbyServer",
        "5.1.0",
        "Dell PowerEdge 2550",
        "Windows 2000 SP3",
        "At 03:10 each Sunday the standby takes over, though the primary is up. The event log shows a lost heartbeat of 9 seconds.",
        "Sessions are dropped once a week; users must sign in again.",
        "Run the weekly defragmentation on the primary: heartbeats are late.",
        "Raise the heartbeat tolerance to 15 seconds during maintenance, as shown.",
    ),
    Problem(
        "Wish: mail the savegroup report to more than one address",
        "NetWorker",
        "6.1.3",
        "Sun Enterprise 450",
        "Solaris 8, 108528-18",
        "The notification takes one address only. We would like a list.",
        "Operators forward the mails by hand.",
        "Enter two addresses: the second is ignored.",
        "Filed as a request for enhancement; a mail alias does it today.",
    ),
    Problem(
        "Clone of a spanned save set stops at the second volume",
        "NetWorker",
        "6.1.2",
        "HP 9000 L2000",
        "HP-UX 11.00",
        "A clone of a save set that spans three volumes stops when the second is asked for, though it is in the library.",
        "Off-site copies are not complete for three days.",
        "Clone ssid 4128776 in our lab with the same library type.",
        "The volume's location was stale. Run the inventory of that slot range first; we filed the defect.",
    ),
    Problem(
        "AlphaStor console loses its session after thirty minutes",
        "AlphaStor",
        "2.0.1",
        "Sun Blade 1000",
        "Solaris 8, 108528-14",
        "The console must be opened again every half hour.",
        "A nuisance for operators.",
        "Leave the console idle for thirty minutes.",
        "The time is a setting; the documentation did not name it and has been corrected.",
    ),
)

RUNNING = Problem(
    "Both NetWorker servers down after failover, trading floor without backup",
    "NetWorker",
    "6.1.3",
    "Sun Fire 4800, two nodes",
    "Solaris 8, 108528-18",
    "After this morning's failover nsrd starts on neither node. The peer's resource database is reported as locked. The "
    "trading floor's logs cannot be saved, and they fill the disks by noon.",
    "Trading stops when the log disks are full, at about 12:00 Pacific. Forty brokers, one End-User, no way around it.",
    "Failed over again in our lab cluster with copies of both resource databases: the lock stays, as on site.",
    "The lock is left by the first node's nsrd. The attached script releases it on both nodes; start nsrd on the second node first.",
)

AWAITING_CALL = Problem(
    "RepliStor target unreachable since the firewall change, data not protected",
    "RepliStor",
    "5.0.1",
    "Dell PowerEdge 6450, two sites",
    "Windows 2000 SP3",
    "Since the firewall was replaced an hour ago the target site does not answer on the replication port, though telnet to the "
    "port works.",
    "The hospital's patient records are at one site only.",
    "With the firewall's inspection on, our lab shows the same.",
    "",
)
