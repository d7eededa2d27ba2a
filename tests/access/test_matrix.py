"""The matrix is complete: it has a row for every URL, method, act and role, and its page shows them all."""

from portal.roles import Role
from tests.access import matrix, rendering
from tests.access.actors import Actor
from tests.access.resolver import patterns, urls


def test_every_url_of_the_portal_has_its_row() -> None:
    rows = {each.url for each in matrix.ROWS}
    without = set(urls()) - rows - set(matrix.WHILE_DEVELOPING)
    assert not without, f"add rows to tests/access/matrix.py for {', '.join(sorted(without))}"
    assert not rows - set(urls()), "rows of pages that are no more"


def test_every_action_of_the_api_has_its_row() -> None:
    actions = {
        (name, method.upper())
        for name, _, view in patterns()
        for method in getattr(view, "actions", None) or {}
        if method != "head"
    }
    assert len(actions) >= 3
    assert actions <= {(each.url, each.method) for each in matrix.ROWS}


def test_no_row_is_repeated() -> None:
    names = [each.name for each in matrix.ROWS]
    assert len(names) == len(set(names))


def test_every_role_is_an_actor() -> None:
    assert set(Role.values) == {actor.value for actor in Actor if actor.is_provider}


def test_the_page_of_the_matrix_has_a_line_for_every_row() -> None:
    addresses = urls()
    page = rendering.render(addresses)
    missing = [
        each.name
        for each in matrix.ROWS
        if f"| `{addresses[each.url]}` | {each.method} |" not in page
    ]
    assert not missing
    assert not [
        each.code for each in matrix.ACTS if f"| `{each.code}` | {each.situation} |" not in page
    ]
