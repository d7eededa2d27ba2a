"""Load the real agreements, a second reseller, and the demonstration's history. A second run changes nothing."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from demo.accounts import PASSWORD
from demo.back_line import build_back_line
from demo.build import build
from portal import clock

DATA = Path(settings.BASE_DIR) / "contracts" / "data"
PROGRAMMES = Path(settings.BASE_DIR) / "contracts" / "programmes"
PROGRAMME = PROGRAMMES / "atsp-2002.toml"
BACK_LINE = PROGRAMMES / "back-line-2002.toml"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish, load, build."""
        if not clock.is_set():
            raise CommandError(
                "The demonstration's present is a day of March 2003: set PORTAL_CLOCK, as `make demo` does."
            )
        started = time.monotonic()
        quiet = {"stdout": self.stdout, "stderr": self.stderr}
        call_command("load_holidays", str(DATA / "holidays.toml"), **quiet)
        call_command("publish_programme", str(PROGRAMME), **quiet)
        for name in ("mti-2002.toml", "mti-demo-emea.toml", "second-reseller.toml"):
            if (DATA / name).is_file():
                call_command("load_agreement", str(DATA / name), **quiet)
        said = build(clock.now())
        # the other agreement comes last: what is built above is the history of the ATSP agreements alone
        call_command("publish_programme", str(BACK_LINE), **quiet)
        call_command(
            "load_agreement", str(DATA / "back-line-2002.toml"), password=PASSWORD, **quiet
        )
        said = f"{said} {build_back_line(clock.now())}"
        self.stdout.write(f"{said} ({time.monotonic() - started:.0f} s)")
