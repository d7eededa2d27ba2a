"""The subject lock."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError

from portal import locks
from portal.models import SubjectKey
from tests.portal.engine import subject

pytestmark = pytest.mark.django_db(transaction=True)


def held_by_us() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_it_is_held_to_the_end_of_the_transaction() -> None:
    with transaction.atomic():
        locks.lock(subject(1))
        assert held_by_us() == 1
    assert held_by_us() == 0


def test_outside_a_transaction_it_would_hold_nothing_and_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        locks.lock(subject(1))


def test_it_may_be_taken_again_by_its_holder() -> None:
    with transaction.atomic():
        locks.lock(subject(1))
        locks.lock(subject(1))
        assert held_by_us() == 1


def test_several_are_taken_in_one_statement(django_assert_num_queries) -> None:
    with transaction.atomic():
        with django_assert_num_queries(1):
            locks.lock_all([subject(1), subject(2), SubjectKey("tests.other", 1), subject(1)])
        assert held_by_us() == 3
        locks.lock_all([])


def test_acts_that_lock_the_same_subjects_in_opposite_order_do_not_deadlock() -> None:
    gate = threading.Barrier(2, timeout=20)
    done: list[int] = []
    failures: list[BaseException] = []

    def act(*numbers: int) -> None:
        try:
            gate.wait()
            for _ in range(50):
                with transaction.atomic():
                    locks.lock_all([subject(number) for number in numbers])
                done.append(1)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    acts = [threading.Thread(target=act, args=order) for order in ([1, 2, 3], [3, 2, 1])]
    for thread in acts:
        thread.start()
    for thread in acts:
        thread.join(60)
    assert failures == []
    assert len(done) == 100
