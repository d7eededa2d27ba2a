"""A calculator in the process of the tests: the model is loaded once for all of them."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from cases.meaning.calculator import Calculator
from cases.meaning.learning import learn_meaning


@pytest.fixture(scope="session")
def calculator() -> Calculator:
    return Calculator()


@pytest.fixture
def learn(calculator: Calculator) -> Callable[[], int]:
    """Learn all there is, as the worker does; tells how many rows were written."""

    @contextlib.contextmanager
    def here() -> Iterator[Calculator]:
        yield calculator
        calculator.let_go()

    return lambda: learn_meaning(None, here)
