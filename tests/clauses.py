"""Find which code cites each clause of the agreements, and which tests hold it.

``tests/clauses.toml`` lists every clause, with the reason where no test holds it: there is nothing to do for software,
or it is not built. `make docs` writes the table to .portal/docs/clauses.md, which git ignores: it is made, never
written. ``tests/test_clauses.py`` fails when a clause of the papers has neither a test nor a reason.
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "clauses.toml"
TABLE = ROOT / ".portal" / "docs" / "clauses.md"
ROOMS = ("portal", "contracts", "cases", "escalation", "scorecard")
PROGRAMMES = ROOT / "contracts" / "programmes"

_ONE = r"(?:page 1(?:, 2\.[ab])?|Ex\.[A-D](?: \d+(?:\.\d+)*)?|Appendix \d+|\d+(?:\.\d+)*)"
_CITED = re.compile(rf"\b(ATSP|SCL|BL) ({_ONE}(?:, {_ONE})*)|\b(REN)\b|\b(D-\d+)\b")


@dataclass(slots=True)
class Row:
    """One clause: its heading, the files that cite it, the tests that hold it, or why none does."""

    clause: str
    heading: str = ""
    code: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)
    reason: str = ""


def cited(text: str) -> Iterator[str]:
    """The clause ids that a text cites; "ATSP 4.6, 4.7" cites two."""
    for found in _CITED.finditer(text):
        prefix, several, renewal, decision = found.groups()
        if prefix:
            yield from (f"{prefix} {one}" for one in re.findall(_ONE, several))
        else:
            yield renewal or decision


def rows() -> list[Row]:
    """All clauses of the papers, and all else that code cites or a test holds, in the order of the paper."""
    table: dict[str, Row] = defaultdict(lambda: Row(""))
    for clause in listed():
        table[clause].reason = ""
    for clause, reason in no_software().items():
        table[clause].reason = f"no software: {reason}"
    for clause, reason in not_built().items():
        table[clause].reason = f"**not built**: {reason}"
    for path in _python(*ROOMS):
        for clause in cited(path.read_text()):
            table[clause].code.add(_name(path))
    for clause, test in held():
        table[clause].tests.add(test)
    headings = _headings()
    for clause, row in table.items():
        row.clause = clause
        row.heading = headings.get(clause, "")
    return sorted(table.values(), key=_order)


def listed() -> list[str]:
    """The ids of every clause of the agreements, as their papers number them."""
    ids = tomllib.loads(LIST.read_text())["ids"]
    return [
        prefix if one == prefix else f"{prefix} {one}"
        for prefix, ones in ids.items()
        for one in ones
    ]


def no_software() -> dict[str, str]:
    """The clauses for which the portal has nothing to do, each with the reason."""
    return dict(tomllib.loads(LIST.read_text())["no_software"])


def not_built() -> dict[str, str]:
    """The clauses that demand something which the portal does not do yet, each with what is missing."""
    return dict(tomllib.loads(LIST.read_text())["not_built"])


def written() -> set[str]:
    """The ids of the clauses whose texts the packaged programmes have, without the decisions."""
    return {clause for clause in _headings() if not clause.startswith("D-")}


def held() -> Iterator[tuple[str, str]]:
    """Each clause named by a `clause` marker, with the test file that carries it."""
    for path in _python("tests"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "clause"
                and ast.unparse(node.func).endswith("mark.clause")
            ):
                for argument in node.args:
                    if isinstance(argument, ast.Constant):
                        for clause in cited(str(argument.value)):
                            yield clause, _name(path)


def render() -> str:
    """The table as Markdown."""
    lines = [
        "# Clauses",
        "",
        "Where each clause of the agreements lives, and which tests hold it. `make docs` writes this page from the",
        "code and the tests' `clause` markers. Ids: `ATSP` the agreement of 2002, `REN` the renewal of 2004, `SCL`",
        "the source code license, `BL` the back-line agreement, `D-n` a decision where the paper is open. A clause",
        "that no test holds says why: nothing to do for software, or not built (`tests/clauses.toml`).",
        "",
        "| clause | what | lives in | held by |",
        "|---|---|---|---|",
    ]
    for row in rows():
        code = "<br>".join(f"`{name}`" for name in sorted(row.code)) or (
            "data" if row.tests else ""
        )
        tests = "<br>".join(f"`{name}`" for name in sorted(row.tests)) or row.reason
        lines.append(f"| {row.clause} | {row.heading} | {code} | {tests} |")
    return "\n".join(lines) + "\n"


def _headings() -> dict[str, str]:
    found: dict[str, str] = {}
    for programme in sorted(PROGRAMMES.glob("*.toml")):
        terms = tomllib.loads(programme.read_text())
        for section, key, heading in (("clause", "id", "heading"), ("glossary", "clause", "term")):
            for entry in terms.get(section, []):
                found.setdefault(entry[key], entry[heading])
    return found


def _python(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and path != Path(__file__):
                yield path


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _order(row: Row) -> tuple[object, ...]:
    kind, _, rest = row.clause.partition(" ")
    ranks = {"ATSP": 0, "REN": 1, "SCL": 2, "BL": 3}
    if kind.startswith("D-"):
        return (9, int(kind[2:]), ())
    if rest.startswith("page 1"):
        return (ranks[kind], 0, (rest,))
    if rest.startswith(("Ex.", "Appendix")):
        return (ranks[kind], 1000, (rest,))
    return (ranks[kind], 1, tuple(int(part) for part in rest.split(".") if part))


if __name__ == "__main__":
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(render())
