"""Texts of a support desk for backup and storage software, made up from a vocabulary in which a few words are common
and many are rare, as in real texts (Zipf): a search has something to find at either end.
"""

import itertools
from collections.abc import Sequence
from random import Random

_COMPONENTS = (
    "savegroup index server client drive jukebox volume catalog scheduler agent console mirror cluster library robot "
    "tape label pool retention clone stage journal daemon service registry share mailbox archive database tablespace "
    "controlfile snapshot filesystem partition mount gateway switch fabric firmware driver adapter controller loader "
    "barcode slot mailslot picker cartridge bootstrap resource notification device directive policy license portmapper "
    "resolver nameserver firewall replication kernel quorum heartbeat failover witness arbiter lun zone multipath "
    "initiator target enclosure spindle stripe parity checksum digest manifest queue spool token lease semaphore "
    "handle descriptor inode extent bitmap superblock transaction redo undo checkpoint rollback savepoint"
).split()
_VERBS = (
    "fails hangs stops aborts restarts disconnects stalls loops crashes exits waits retries expires rejects skips "
    "ignores truncates duplicates overwrites misplaces leaks blocks serializes deadlocks times-out mounts ejects "
    "relabels recycles prunes compacts throttles saturates flaps resets"
).split()
_ADJECTIVES = (
    "remote local nightly weekly full incremental partial empty stale corrupt slow busy second new old large small "
    "shared clustered virtual encrypted compressed offline orphaned foreign duplicate read-only writable suspect "
    "recyclable appendable expired unlabeled misfiled dormant quiescent intermittent spurious transient"
).split()
_PLACES = (
    "on the storage node|after the upgrade|since the weekend|during the night|when two groups overlap|behind the firewall|"
    "on the second site|after a failover|with more than ninety clients|while a clone runs|after a reboot|under load|"
    "with the new firmware|after the address changed|on volumes above two terabytes|when the pool is full|"
    "only from the console|as an ordinary user|over the slow link|with long path names|at the end of the month|"
    "after daylight saving time began|when the tape is write protected|after the license was renewed"
).split("|")
_SENTENCES = (
    "The {adj} {noun} {verb} {place}.",
    "We see that the {noun} of the {noun2} {verb} {place}.",
    "Nothing in the log but “{noun} {noun2}: {code}” {place}.",
    "A restart of the {noun} helps for {count} hours, then the {adj} {noun2} {verb} again.",
    "On host {host} the {noun} {verb}; on {host2} with the same {noun2} it does not.",
    "Tried with a {adj} {noun}: the same, with error {number}.",
    "The {noun} was moved from {host} to {host2} {place}.",
    "Please send the output of the {noun} check and the {noun2} log of {host}.",
    "The trace shows {count} retries of the {adj} {noun} before it {verb}.",
    "We have loaded your {noun} log in the lab and see {code} as well.",
    "Our customer cannot restore the {adj} {noun} {place}, and the {noun2} is due on Friday.",
    "With the patch for the {noun} the {noun2} {verb} no more.",
    "Remove the {adj} {noun}, then let the {noun2} build its {noun3} anew.",
    "The {noun} reports {count} GB, but the {noun2} holds {count2} GB.",
    "Could you lower the parallelism of the {noun} to {small} and run the {adj} group once more?",
    "Product group found that the {noun} takes a lock that the {noun2} holds {place}.",
    "No change since yesterday; the test with the {adj} {noun} goes on {place}.",
    "{code} comes from the {noun}: the {noun2} answers later than the {noun3} waits.",
)
_TITLES = (
    "{Noun} {verb} {place}",
    "{Adj} {noun} {verb} with error {number}",
    "{Code} from the {noun} {place}",
    "Cannot restore a {adj} {noun} {place}",
    "{Noun} of the {noun2} {verb} {place}",
    "How is the {adj} {noun} set up with a {noun2}?",
    "{Noun} on {host} {verb} {place}",
    "Wish: let the {noun} show the {adj} {noun2}",
)
_HOST_HEADS = (
    "anvil basalt cedar delta ember falcon granite harbor indigo juniper kestrel lagoon maple nimbus onyx pepper quartz "
    "raven saffron timber umber violet willow xenon yarrow zephyr alder birch cobalt dune"
).split()
_HOST_TAILS = "bck db mail web app file core edge vault node san nas tape media dev stage east west hq lab".split()
_CODE_HEADS = (
    "NSR RPC MMD IDX VOL DRV LIC NET SCH AGT MIR CLU LIB POL DEV EXC ORA SQL NDM ADV".split()
)
_CODE_TAILS = (
    "TIMEOUT BUSY DENIED LOST FULL STALE MISMATCH RESET NOSPACE BADTAPE NOROUTE ABORT".split()
)
_FIRST = (
    "Ada Ben Carla Dario Elena Felix Greta Hugo Ines Jonas Karin Leo Maria Nils Olga Pablo Quinn Rosa Stefan Tara Umberto "
    "Vera Walter Xenia Yusuf Zora Amir Bianca Cyril Dora Emil Fatima Georg Hanna Ivan Julia Kofi Lena Marek Nora Oscar "
    "Petra Rafael Sofia Tomas Ulla Viktor Wanda Yara Zeno Anders Beatrix Carlos Denise Erik Fiona Gustav Helga Igor Jana"
).split()
_LAST = (
    "Abbott Becker Castillo Dahl Eriksen Fischer Garcia Hansen Ibarra Jansen Keller Larsen Moreau Novak Olsen Perez Quist "
    "Rossi Schmidt Torres Ueda Vargas Weber Xavier Young Zimmer Aoki Brandt Costa Duval Engel Ferrari Gruber Holm Ito "
    "Jensen Kovacs Lind Meyer Nilsson Ortega Poulsen Richter Silva Tanaka Urban Vogel Wagner Yilmaz Ziegler Archer Bishop "
    "Carver Dawson Ellis Foster Grant Harper Irving Jordan Knight Lawson Mercer Norton Osborne Porter Reeves Sawyer Turner"
).split()
_FIRM_HEADS = (
    "Northgate Meridian Blue-Ridge Harbor Summit Cascade Redwood Pinnacle Lakeside Granite Sterling Beacon Atlas Orion "
    "Polaris Vector Keystone Liberty Pacific Atlantic Alpine Baltic Nordic Iberia Rhein Danube Celtic Anglia Hansa Adria "
    "Crescent Evergreen Fairview Glenwood Highland Ironwood Juniper Kingston Larkspur Maple-Leaf Newport Oakmont Prairie "
    "Quarry Riverside Sequoia Tideway Union Valley Westwood"
).split()
_FIRM_MIDDLES = (
    "Data|Storage|Systems|Networks|Computing|Backup|Archive|Solutions|Integration|Software|Technologies|Infrastructure|"
    "Continuity|Recovery|Information"
).split("|")
_FIRM_ENDS = "Inc.|GmbH|Ltd|AS|S.A.|BV|LLC|Group|Partners|AB|Oy|Srl|Corp.|& Co.|KG|plc".split("|")


def firms(seed: int) -> list[str]:
    """Twelve thousand names of companies, all different, in an order of the seed."""
    names = [
        " ".join(parts).replace("-", " ")
        for parts in itertools.product(_FIRM_HEADS, _FIRM_MIDDLES, _FIRM_ENDS)
    ]
    Random(seed).shuffle(names)
    return names


def first_names() -> list[str]:
    """Given names, all different."""
    return list(_FIRST)


def last_names() -> list[str]:
    """Family names, all different."""
    return list(_LAST)


class Writer:
    """Writes titles, sentences and paragraphs; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        hosts = [f"{a}-{b}{n:02d}" for n in range(1, 9) for a in _HOST_HEADS for b in _HOST_TAILS]
        codes = [f"{a}_{b}" for b in _CODE_TAILS for a in _CODE_HEADS]
        self._kinds = {
            name: (words, _zipf(len(words)))
            for name, words in {
                "noun": _COMPONENTS,
                "adj": _ADJECTIVES,
                "verb": [verb.replace("-", " ") for verb in _VERBS],
                "place": _PLACES,
                "host": hosts,
                "code": codes,
            }.items()
        }

    def title(self) -> str:
        """A title, at most 160 characters."""
        return self._fill(self._random.choice(_TITLES))[:160]

    def paragraph(self) -> str:
        """Two to five sentences."""
        chosen = self._random.choices(_SENTENCES, k=self._random.randint(2, 5))
        return " ".join(self._fill(sentence) for sentence in chosen)

    def _fill(self, template: str) -> str:
        random, pick = self._random, self._pick
        noun, adjective, code = pick("noun"), pick("adj"), pick("code")
        return template.format(
            noun=noun,
            Noun=noun.capitalize(),
            noun2=pick("noun"),
            noun3=pick("noun"),
            adj=adjective,
            Adj=adjective.capitalize(),
            verb=pick("verb"),
            place=pick("place"),
            host=pick("host"),
            host2=pick("host"),
            code=code,
            Code=code,
            number=random.randrange(30_000, 42_000),
            count=random.randrange(2, 400),
            count2=random.randrange(2, 400),
            small=random.randrange(1, 9),
        )

    def _pick(self, kind: str) -> str:
        words, weights = self._kinds[kind]
        return self._random.choices(words, cum_weights=weights)[0]


def _zipf(count: int) -> Sequence[float]:
    return list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))
