"""The install takes exactly the lock, whatever else the registry offers, with an old pip and with today's."""

import hashlib
import os
import re
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name

from devstack import bootstrap, paths

PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))? \\$", re.MULTILINE
)


def dependencies(name: str) -> str:
    """What the real package says it needs, as lines of a wheel's metadata."""
    try:
        real = metadata.metadata(name)
    except metadata.PackageNotFoundError:  # locked for another Python or machine
        return ""
    wanted = ("Requires-Dist", "Provides-Extra")
    return "".join(f"{key}: {value}\n" for key, value in real.items() if key in wanted)


def offer(index: Path, name: str, version: str) -> str:
    """Add a wheel of a package that holds nothing but its dependencies; return its hash."""
    stem = f"{name.replace('-', '_')}-{version}"
    folder = index / name
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{stem}-py3-none-any.whl"
    info = f"{stem}.dist-info"
    files = {
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{dependencies(name)}"
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    with (folder / "index.html").open("a") as page:
        page.write(f'<a href="{wheel.name}">{wheel.name}</a>\n')
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lock's packages as wheels of our own, a newer release beside each, and their lock."""
    folder = tmp_path_factory.mktemp("registry")
    (folder / "requirements").mkdir()
    lines = []
    for pin in PIN.finditer((paths.REQUIREMENTS / "dev.txt").read_text(encoding="utf-8")):
        name, version, marker = pin["name"], pin["version"], pin["marker"]
        digest = offer(folder / "index", name, version)
        offer(folder / "index", name, f"{version.partition('.post')[0]}.post99")
        condition = f" ; {marker}" if marker else ""
        lines.append(f"{name}=={version}{condition} --hash=sha256:{digest}\n")
    (folder / "requirements" / "dev.txt").write_text("".join(lines))
    return folder


def locked(name: str) -> dict[str, str]:
    """The versions that a requirement file holds for this Python and machine."""
    pins = PIN.finditer((paths.REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8"))
    return {
        canonicalize_name(pin["name"]): pin["version"]
        for pin in pins
        if not pin["marker"] or Marker(pin["marker"]).evaluate()
    }


@pytest.mark.process
@pytest.mark.parametrize("pip", ["old-pip", "new-pip"])
def test_exactly_the_lock_is_installed_though_every_package_has_a_newer_release(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pip: str
) -> None:
    pip_folder = paths.state_dir() / pip
    bootstrap.add(pip, target=pip_folder)
    environment = tmp_path / "venv"
    venv.create(environment, symlinks=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    packages = environment / "lib" / version / "site-packages"
    (packages / "pip.pth").write_text(f"{pip_folder}\n")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (registry / "index").as_uri())
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", registry / "requirements")
    monkeypatch.setattr(bootstrap, "VENV", environment)

    bootstrap.install(environment / "bin" / "python", "dev")

    installed = {
        canonicalize_name(found.metadata["Name"]): found.version
        for found in metadata.distributions(path=[str(packages)])
    }
    assert len(installed) > 80
    assert installed == locked("dev")
