"""The install takes exactly the lock, on a stock Python, and says in one line what went wrong."""

import errno
import hashlib
import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.utils import canonicalize_name

from devstack import install, paths
from devstack.errors import StackError, cause, in_words

pytestmark = pytest.mark.process

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
    for file in install.LAYERS:
        lines = []
        for pin in PIN.finditer((paths.REQUIREMENTS / f"{file}.txt").read_text(encoding="utf-8")):
            name, version, marker = pin["name"], pin["version"], pin["marker"]
            digest = offer(folder / "index", name, version)
            offer(folder / "index", name, f"{version.partition('.post')[0]}.post99")
            condition = f" ; {marker}" if marker else ""
            lines.append(f"{name}=={version}{condition} --hash=sha256:{digest}\n")
        (folder / "requirements" / f"{file}.txt").write_text("".join(lines))
    return folder


def locked() -> dict[str, str]:
    """The versions that the lock holds for this Python and machine."""
    text = "".join((paths.REQUIREMENTS / f"{name}.txt").read_text() for name in install.LAYERS)
    return {
        canonicalize_name(pin["name"]): pin["version"]
        for pin in PIN.finditer(text)
        if not pin["marker"] or Marker(pin["marker"]).evaluate()
    }


@pytest.mark.parametrize("pip", ["old-pip", "new-pip"])
def test_exactly_the_lock_is_installed_though_every_package_has_a_newer_release(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pip: str
) -> None:
    pip_folder = paths.state_dir() / pip
    install.install(pip, target=pip_folder)
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
    monkeypatch.setattr(install, "REQUIREMENTS", registry / "requirements")
    monkeypatch.setattr(install, "VENV", environment)

    install.install(*install.LAYERS)

    installed = {
        canonicalize_name(found.metadata["Name"]): found.version
        for found in metadata.distributions(path=[str(packages)])
    }
    assert len(installed) > 80
    assert installed == locked()


def test_no_package_is_in_two_files_of_the_lock() -> None:
    names = [  # a file may hold a package twice: another version for another Python
        name
        for file in install.LAYERS
        for name in {
            pin["name"] for pin in PIN.finditer((paths.REQUIREMENTS / f"{file}.txt").read_text())
        }
    ]
    assert len(names) > 80
    assert len(set(names)) == len(names)


def stock_python(code: str) -> subprocess.CompletedProcess[str]:
    """Run code on a Python that sees no installed package."""
    return subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=paths.ROOT,
    )


def test_the_commands_load_on_a_stock_python() -> None:
    done = stock_python(
        "import sys, devstack.cli, devstack.frontend\n"
        "assert not any('site-packages' in str(m.__dict__.get('__file__')) "
        "for m in list(sys.modules.values()))"
    )
    assert done.returncode == 0, done.stderr


def test_an_older_python_is_refused_in_words() -> None:
    done = stock_python(
        "import sys, runpy; sys.version_info = (3, 10, 2, 'final', 0)\n"
        "runpy.run_module('devstack', run_name='__main__')"
    )
    assert done.returncode == 1
    assert done.stderr == "The portal needs Python 3.11 or newer; this is 3.10.\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ERROR: [Errno 28] No space left on device: '/x'", "the disk is full"),
        ("OSError: Disk quota exceeded", "the disk quota is used up"),
        (
            "Temporary failure in name resolution",
            "the package registry cannot be reached: no network",
        ),
        (
            "THESE PACKAGES DO NOT MATCH THE HASHES",
            "a package differs from the one that was locked",
        ),
        ("one\nERROR: the last line\n\n", "ERROR: the last line"),
        ("", "it said nothing"),
    ],
)
def test_an_installers_words_become_a_cause(said: str, expected: str) -> None:
    assert cause(said) == expected


def test_a_full_disk_is_said_in_one_line() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/srv/portal/.portal/demo.lock")
    assert in_words(full) == "the disk is full: /srv/portal/.portal/demo.lock"
    assert in_words(PermissionError(errno.EACCES, "Permission denied", "/x")) == (
        "Permission denied: /x"
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Requirement files that hold nothing, and an environment with this one's pip and no stamp."""
    (tmp_path / "requirements").mkdir()
    for name in install.LAYERS:
        (tmp_path / "requirements" / f"{name}.txt").write_text("")
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(install, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(install, "VENV", tmp_path / "venv")
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    return tmp_path


def installs(project: Path, *names: str) -> bool:
    """Install, and tell whether the installer ran."""
    log = project / "state" / "log" / "install.log"
    log.unlink(missing_ok=True)
    install.install(*names)
    return log.exists()


def test_the_lock_is_installed_once_and_what_another_one_left_is_seen(project: Path) -> None:
    assert installs(project, "base", "demo", "dev")
    assert not installs(project, "base", "demo")
    assert not install.outdated("dev")
    (project / "requirements" / "dev.txt").write_text("# changed\n")
    assert install.outdated("dev")
    assert not installs(project, "base", "demo")
    assert installs(project, "base", "demo", "dev")


def test_a_failed_install_is_said_and_tried_again(project: Path) -> None:
    (project / "requirements" / "demo.txt").write_text("a line that is no requirement\n")
    for _ in range(2):
        with pytest.raises(
            StackError, match=r"requirements/demo\.txt could not be installed: "
        ) as caught:
            install.install("demo")
        assert "\n" not in str(caught.value)


def test_a_python_without_its_venv_module_is_told_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crippled = project / "python"
    crippled.write_text("#!/bin/sh\necho 'No module named venv' >&2\nexit 1\n")
    crippled.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(crippled))
    with pytest.raises(StackError, match=r"apt-get install python3\.\d+-venv"):
        install.make()


def test_a_missing_requirement_file_is_named(project: Path) -> None:
    (project / "requirements" / "dev.txt").unlink()
    with pytest.raises(StackError, match=r"dev\.txt cannot be read: No such file"):
        install.install("dev")


def test_no_requirement_file_names_a_registry() -> None:
    files = sorted(paths.REQUIREMENTS.glob("*.txt"))
    assert {file.stem for file in files} == {*install.LAYERS, *install.ALONE}
    for file in files:
        assert "://" not in file.read_text(), file.name
        assert "index-url" not in file.read_text(), file.name
