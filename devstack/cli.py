"""The commands of ``python -m devstack``, which the Makefile calls."""

import argparse
import subprocess
import sys

from devstack import install, paths, processes
from devstack.errors import StackError, in_words


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; report an error in one line."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    given = _parser().parse_args(arguments[:at])
    processes.end_by_exception()
    try:
        return _run(given, arguments, arguments[at + 1 :])
    except StackError as error:
        print(f"portal: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"portal: {in_words(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser(
        "demo", help="run the portal until Ctrl-C [-- COMMAND: until it ends]"
    )
    demo.add_argument("--speed", type=float, default=1.0, help="of domain time; 1 is real time")
    demo.add_argument("--fresh", action="store_true", help="forget data, mail and time first")
    test = commands.add_parser("test", help="run the tests [-- PYTEST ARGUMENTS]")
    test.add_argument("--fast", action="store_true", help="without the browser and the processes")
    test.add_argument("--no-skip", action="store_true", help="a skipped test is a failure")
    commands.add_parser("lock", help="resolve the dependencies [-- RESOLVER ARGUMENTS]")
    commands.add_parser("run", help="-- COMMAND: run it with throw-away servers")
    commands.add_parser("services", help="start a PostgreSQL and a Redis that stay up")
    commands.add_parser("stop", help="stop them, and a demo of this checkout")
    commands.add_parser("install", help="install what the tests and checks need into .venv")
    commands.add_parser("keep-services")  # the process behind `services`
    return parser


def _run(given: argparse.Namespace, arguments: list[str], rest: list[str]) -> int:
    """Enter the environment, then do it: modules that need packages are imported inside it."""
    if given.command == "stop":
        return _stop()
    install.enter("demo" if given.command == "demo" and not rest else "dev", arguments)
    from devstack import demo, servers, testing

    match given.command:
        case "demo":
            return demo.run(speed=given.speed, fresh=given.fresh, then=rest)
        case "test":
            return testing.run(rest, fast=given.fast, no_skip=given.no_skip)
        case "run":
            with servers.throwaway(durable=True) as env:
                return subprocess.run(rest, cwd=paths.ROOT, env=env, check=False).returncode
        case "lock":
            install.lock(rest)
        case "services":
            print(f"PostgreSQL and Redis are up; in your shell: . {servers.start_services()}")
        case "keep-services":
            servers.keep_services()
    return 0


def _stop() -> int:
    from devstack import demo, servers

    stopped = [servers.stop_services(), demo.stop_running()]
    print("stopped" if any(stopped) else "nothing was running")
    return 0
