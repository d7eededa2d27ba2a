"""Workers are killed while they read: nothing is lost, nothing is there twice, and their helper ends with them."""

from pathlib import Path

import pytest
from django.db import transaction

from cases.meaning.models import CaseMeaning, Compared, MeaningTurn
from tests.cases.meaning.test_learning import DRIVE, SAME
from tests.cases.world import World
from tests.processes import wait_until
from tests.workers import machinery

CASES = 40


def is_held() -> bool:
    """Whether a worker is at it."""
    with transaction.atomic():
        return not MeaningTurn.objects.select_for_update(skip_locked=True).filter(pk=1).exists()


def helpers(broker: str) -> list[str]:
    """The processes that hold the model, or are about to, of the workers on a broker."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes()
                if b"cases.meaning.calculator" in words:
                    found += [folder.name] * (broker.encode() in (folder / "environ").read_bytes())
            except OSError:  # it has ended
                continue
    return found


@pytest.mark.kill
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_reads_leaves_all_to_the_next(
    world: World, tmp_path: Path, at_now: None
) -> None:
    cases = [world.open(**(DRIVE, SAME)[number % 2]) for number in range(CASES)]
    MeaningTurn.objects.create(pk=1)
    with machinery(tmp_path) as machines:
        machines.start_worker(processes=2)
        machines.start_beat()
        for _ in range(3):
            wait_until(
                lambda: bool(helpers(machines.broker.url)), what="a worker at it", every=0.01
            )
            machines.replace_worker(0, processes=2)
            wait_until(lambda: not is_held(), what="its lock let go")
        wait_until(
            lambda: CaseMeaning.objects.filter(compared=Compared.DONE).count() == CASES,
            what="all compared",
            seconds=90,
        )
        wait_until(lambda: not helpers(machines.broker.url), what="no process that holds the model")
    assert set(CaseMeaning.objects.values_list("pk", flat=True)) == {case.pk for case in cases}
    for row in CaseMeaning.objects.all():
        assert len(row.cases) == len(set(row.cases)) == 30
        assert row.pk not in row.cases
