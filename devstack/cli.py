"""The commands of ``python -m devstack``, which the Makefile calls."""

import argparse
import sys

from devstack import bootstrap
from devstack.errors import StackError, in_words


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; what went wrong is said in one line."""
    given = _parser().parse_args(_before_dashes(arguments))
    try:
        return _run(given, arguments)
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
    test.add_argument("--no-skip", action="store_true", help="a skipped test is a failure")
    commands.add_parser("check", help="lint, format, types, directions, migrations")
    commands.add_parser("lock", help="resolve the dependencies [-- RESOLVER ARGUMENTS]")
    commands.add_parser("run", help="-- COMMAND: run it with throw-away servers")
    commands.add_parser("services", help="start a PostgreSQL and a Redis that stay up")
    commands.add_parser("stop", help="stop them, and a demo of this checkout")
    install = commands.add_parser("install", help="install a requirement file into .venv")
    install.add_argument("name", choices=["base", "demo", "dev", "lock", "node"])
    commands.add_parser("keep-services")  # the process behind `services`
    return parser


def _before_dashes(arguments: list[str]) -> list[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _after_dashes(arguments: list[str]) -> list[str]:
    return arguments[arguments.index("--") + 1 :] if "--" in arguments else []


def _run(given: argparse.Namespace, arguments: list[str]) -> int:
    """Enter the environment, then do it: modules that need packages are imported inside it."""
    if given.command == "install":
        _install(given.name, arguments)
        return 0
    if given.command == "demo":
        then = tuple(_after_dashes(arguments))
        bootstrap.enter("dev" if then else "demo", arguments)
        _get_node()
        from devstack import demo

        return demo.run(demo.Demo(speed=given.speed, fresh=given.fresh, then=then))
    if given.command == "stop":
        return _stop()
    bootstrap.enter("dev", arguments)
    from devstack import check, lock, services, testing

    if given.command == "test":
        _get_node()
        return testing.run_tests(_after_dashes(arguments), no_skip=given.no_skip)
    if given.command == "run":
        return testing.run_command(_after_dashes(arguments))
    if given.command == "check":
        return check.run()
    if given.command == "lock":
        lock.run(_after_dashes(arguments))
    elif given.command == "services":
        print(f"PostgreSQL and Redis are up; in your shell: . {services.start()}")
    elif given.command == "keep-services":
        services.keep()
    return 0


def _install(name: str, arguments: list[str]) -> None:
    if name in ("base", "demo", "dev"):
        bootstrap.enter(name, arguments)
    else:
        bootstrap.enter("dev", arguments)
        bootstrap.add(name)


def _stop() -> int:
    from devstack import demo, services

    stopped = [services.stop(), demo.stop_running()]
    print("stopped" if any(stopped) else "nothing was running")
    return 0


def _get_node() -> None:
    """Install Node for the front-end build where the machine has none."""
    from devstack import frontend

    if frontend.node_is_missing():
        print("Installing Node.js …", flush=True)
        bootstrap.add("node")
