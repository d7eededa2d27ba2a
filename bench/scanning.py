"""The virus check against a real clamd: ``python -m bench.scanning``; it says so where the machine has none.

The scanner runs with a signature of our own for the EICAR test string, so that nothing is fetched. Told are what it
says of a clean and of an infected file, of one above its limit, and how fast it takes a stream.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

EICAR_SIGNATURE = "Eicar-Test:0:*:4549434152{-2}5354414e44415244{-2}414e54495649525553\n"
"""EICAR, STANDARD and ANTIVIRUS with a hyphen between them, in hexadecimal."""
CONFIG = """\
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/signatures
PidFile {folder}/clamd.pid
LogFile {folder}/clamd.log
StreamMaxLength 64M
MaxScanSize 64M
MaxFileSize 64M
Foreground yes
User root
"""
MEGABYTES = 60


def told(*pieces: bytes) -> str:
    """What the portal makes of the scanner's answer to a stream."""
    from portal.files import clamd

    with clamd.scan() as scan:
        for piece in pieces:
            scan.feed(piece)
        found = scan.found()
    return "too large" if found is None else found or "clean"


def main() -> None:
    """Start the scanner, ask it, and print what it said."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        print("there is no clamd on this machine (Debian: clamav-daemon)")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "own.ndb").write_text(EICAR_SIGNATURE)
        config = folder / "clamd.conf"
        config.write_text(CONFIG.format(folder=folder))
        os.environ["CLAMD"] = f"unix:{folder}/clamd.ctl"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
        django.setup()
        scanner = subprocess.Popen([program, "-c", config], stdout=subprocess.DEVNULL)
        try:
            for _ in range(100):
                if (folder / "clamd.ctl").exists():
                    break
                time.sleep(0.1)
            wrong = not _asked()
        finally:
            scanner.terminate()
            scanner.wait()
    sys.exit(1 if wrong else 0)


def _asked() -> bool:
    infected = b"log " + b"-".join([b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST"])
    answers = {
        "a clean file": (told(b"line one\n" * 1000), "clean"),
        "one with the test string": (told(infected), "Eicar-Test.UNOFFICIAL"),
        "one above its limit": (told(*[bytes(2**20)] * 80), "too large"),
    }
    for what, (said, expected) in answers.items():
        print(f"{what}: {said}{'' if said == expected else f', and not {expected}'}")
    piece, begun = os.urandom(2**20), time.perf_counter()
    told(*[piece] * MEGABYTES)
    print(f"{MEGABYTES} MB of noise: {MEGABYTES / (time.perf_counter() - begun):.0f} MB/s")
    return all(said == expected for said, expected in answers.values())


if __name__ == "__main__":
    main()
