"""The commands of ``python -m portal.devstack``."""

import argparse
import sys

from portal.devstack import services
from portal.devstack.errors import StackError


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; what went wrong is said in one line."""
    parser = argparse.ArgumentParser(prog="python -m portal.devstack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("services", help="start a PostgreSQL and a Redis that stay up")
    commands.add_parser("stop", help="stop them")
    commands.add_parser("keep-services", help="(the process behind `services`)")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "services":
            print(f"PostgreSQL and Redis are up; in your shell: . {services.start()}")
        elif chosen.command == "stop":
            print("stopped" if services.stop() else "nothing was running")
        elif chosen.command == "keep-services":
            services.keep()
    except StackError as error:
        print(f"portal: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
