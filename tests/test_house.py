"""The house stays as it is drawn: directions between rooms, pure rules, modules of a size that one reads in one go."""

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("portal", "contracts", "cases", "escalation", "scorecard")
MOST_LINES = 450


def _modules() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def test_arrows_run_one_way_and_rules_are_pure(capsys: pytest.CaptureFixture[str]) -> None:
    code = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_no_module_has_grown_past_reading() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules()
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert not long, f"split by noun: {long}"


def test_only_edges_read_the_clock() -> None:
    edges = (
        "views",
        "views.py",
        "api",
        "commands",
        "templatetags",
        "tasks.py",
        "middleware.py",
        "context.py",
        "lookups.py",
        "panel.py",
        "panels.py",
    )
    inner = [
        path
        for path in _modules()
        if not any(edge in path.parts or path.name == edge for edge in edges)
        and path != ROOT / "contracts" / "frame.py"  # the frame of a view's page
        and path.name not in {"clock.py", "apps.py", "accounts.py"}
        and path.parent != ROOT / "portal" / "notices"  # delivery marks real sends; see its module
    ]
    readers = [str(path.relative_to(ROOT)) for path in inner if "clock.now()" in path.read_text()]
    assert not readers, f"pass the instant in instead: {readers}"


def test_people_are_looked_up_by_role_only_in_the_modules_that_separate_providers() -> None:
    """``contracts.parties.people`` tells providers apart, ``contracts.services.permissions`` colleagues."""
    asking = [
        str(path.relative_to(ROOT))
        for path in _modules()
        if "portal" not in path.relative_to(ROOT).parts[:1]
        and not str(path).endswith(("/people.py", "contracts/services/permissions.py"))
        and "with_role(" in path.read_text()
    ]
    assert not asking, f"ask contracts.parties.people.holders or Staff instead: {asking}"
