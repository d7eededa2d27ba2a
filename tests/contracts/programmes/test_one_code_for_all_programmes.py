"""The same code serves every programme: nothing in the source asks which one it is."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("portal", "contracts", "cases", "escalation", "scorecard")
IDENTITY = {"code", "prefix", "programme_code", "part_of", "amended_by", "based_on", "title"}


def names_of_programmes() -> set[str]:
    """The codes of the packaged programmes and the prefixes of their clauses."""
    found: set[str] = set()
    for path in (ROOT / "contracts" / "programmes").glob("*.toml"):
        heading = tomllib.loads(path.read_text(encoding="utf-8"))["programme"]
        found |= {
            heading[key] for key in ("code", "prefix", "part_of", "amended_by") if key in heading
        }
    return found


def questions(source: str, names: set[str]) -> Iterator[str]:
    """Find where a source asks for a programme by name: a comparison, a match, a prefix, or a table of codes."""
    for node in ast.walk(ast.parse(source)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
            if any(_is_identity(each) for each in asked):
                yield f"{node.lineno}: {ast.unparse(node)}"
                continue
        elif isinstance(node, ast.MatchValue):
            asked = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = list(node.args) if node.func.attr in ("startswith", "endswith") else []
        elif isinstance(node, ast.Dict):
            asked = [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Subscript):
            asked = [node.slice]
        if any(text.strip() in names for each in asked for text in _texts(each)):
            yield f"{node.lineno}: {ast.unparse(node)[:80]}"


def _is_identity(node: ast.expr) -> bool:
    """Whether an operand is what a programme is known by: `programme.code`, `agreement.programme_code`."""
    if not isinstance(node, ast.Attribute) or node.attr not in IDENTITY:
        return False
    owner = ast.unparse(node.value)
    return node.attr == "programme_code" or owner.split(".")[-1] in (
        "programme",
        "version",
    )


def _texts(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def test_no_source_asks_which_programme_it_is() -> None:
    names = names_of_programmes()
    assert {"atsp-2002", "back-line-2002", "ATSP", "BL", "SCL"} <= names
    found = [
        f"{path.relative_to(ROOT)}:{question}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts
        for question in questions(path.read_text(encoding="utf-8"), names)
    ]
    assert not found, "say it in the programme's file instead: " + "; ".join(found)


def test_no_template_asks_either() -> None:
    names = names_of_programmes()
    asking = ("programme.code ==", "programme.prefix ==", "programme_code ==")
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for text in [path.read_text(encoding="utf-8")]
        if any(words in text for words in (*asking, *(f'== "{name}"' for name in names)))
    ]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        'if programme.code == "other": pass',
        "if agreement.programme.prefix != other: pass",
        'if code in ("atsp-2002", "x"): pass',
        'if clause.startswith("BL "): pass',
        'match code:\n    case "back-line-2002":\n        pass',
        'TABLE = {"back-line-2002": 1}',
        "if agreement.programme_code == renewed: pass",
        'number = table["SCL"]',
    ],
)
def test_each_way_of_asking_is_found(source: str) -> None:
    assert list(questions(source, names_of_programmes()))


@pytest.mark.parametrize(
    "source",
    [
        "if tier.code == code: pass",
        'clause = "ATSP 4.6"',
        "if programme.scorecard is None: pass",
        "versions.filter(code=programme.code)",
    ],
)
def test_what_asks_nothing_is_let_be(source: str) -> None:
    assert not list(questions(source, names_of_programmes()))
