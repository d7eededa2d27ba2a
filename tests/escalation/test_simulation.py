"""Simulating an escalation: what would fire, and when, with nothing fired."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from escalation.models import Timeline
from portal.models import Deadline, Holiday, Notice
from tests.escalation.world import World


def told(*args: str) -> list[str]:
    out = StringIO()
    call_command("simulate_escalation", *args, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.clause("ATSP Ex.C", "D-14")
def test_the_worked_example_is_told_before_it_happens(world: World) -> None:
    lines = told("--at", "2004-03-05 14:10")

    assert lines[0] == "T is Fri 2004-03-05 14:10 PST."
    expected = [
        "T         Fri 03-05 14:10  notice   Hourly updates are committed",
        "T+30 min  Fri 03-05 14:40  duty     Make the initial response (cse; ATSP Ex.C)",
        "T+1 h     Fri 03-05 15:10  notice   Severity 1 for one hour (psam; ATSP Ex.C)",
        "T+12 h    Sat 03-06 02:10  HOTSHOT  Hotshot: severity 1 for twelve hours",
        "T+24 h    Sat 03-06 14:10  HOTSHOT  Hotshot: severity 1 for twenty-four hours",
        "T+6 h     Mon 03-08 08:00  duty     Inform the reseller's management",
    ]
    for line in expected:
        assert any(each.startswith(line) for each in lines), line
    assert len(lines) == 1 + 37 + 7
    assert not Timeline.objects.exists()
    assert not Deadline.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.clause("D-6", "D-14")
def test_the_agreements_own_zone_and_holidays_count(world: World) -> None:
    world.contact.site.zone = "America/New_York"
    world.contact.site.save()
    Holiday.objects.create(region="US", date="2004-03-08", name="Founders' Day")

    lines = told("--contract", "ATSP-MTI", "--at", "2004-03-05 14:10", "--why")

    assert lines[0] == "T is Fri 2004-03-05 14:10 EST."
    assert any(line.startswith("T+6 h     Tue 03-09 08:00  duty") for line in lines)
    assert any("Founders' Day" in line for line in lines)


MISTAKES = [
    (["--programme", "unheard-of"], "no programme unheard-of is published"),
    (["--contract", "X-1"], "no agreement has the contract number X-1"),
    (["--at", "yesterday"], "is no time"),
    (["--zone", "Mars/Olympus"], "Mars/Olympus"),
]


@pytest.mark.parametrize(("args", "words"), MISTAKES)
def test_a_mistake_is_told_in_a_line(world: World, args: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        told(*args)
