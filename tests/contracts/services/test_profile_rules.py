"""What changed between two revisions of a profile."""

import pytest

from contracts.services.rules.profile import Line, SectionChange, changes


@pytest.mark.clause("ATSP 14.1.1")
def test_changes_are_listed_line_by_line_in_the_order_of_the_sections() -> None:
    before = {"products": "NetWorker 6.1.2\nCelestra 1.0", "notes": "Call on Tuesdays"}
    after = {"products": "NetWorker 6.1.3\nCelestra 1.0", "topology": "Two sites", "notes": ""}
    assert changes(before, after) == [
        SectionChange(
            "Products and Releases",
            (Line("-", "NetWorker 6.1.2"), Line("+", "NetWorker 6.1.3"), Line("", "Celestra 1.0")),
        ),
        SectionChange("Topology", (Line("+", "Two sites"),)),
        SectionChange("Notes", (Line("-", "Call on Tuesdays"),)),
    ]


def test_the_same_text_is_no_change() -> None:
    assert changes({"notes": "As it was"}, {"notes": "As it was"}) == []
