"""What a worker's process does when it starts."""

import gc

from celery.signals import worker_process_init

from portal.celery import app


def test_a_worker_leaves_loaded_code_out_of_the_search_for_garbage() -> None:
    app.finalize()
    try:
        worker_process_init.send(sender=None)
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
