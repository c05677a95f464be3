"""The product for a file, and a branch for each of its tests."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.browser.cash_desk.desk import Desk, set_up
from tests.conftest import MONDAY_NINE
from tests.served import Served, serving, set_clock


@pytest.fixture(scope="module")
def served(database_url: str, redis_url: str) -> Iterator[Served]:
    set_clock(database_url, MONDAY_NINE)
    with serving(database_url, redis_url, worker=False) as served:
        yield served


@pytest.fixture
def desk(database_url: str, served: Served) -> Desk:
    """A branch of the test's own: which tests ran before it is nothing to its tills."""
    with ThreadPoolExecutor(1) as thread:
        token, colleague, agents = thread.submit(asyncio.run, set_up(database_url)).result()
    return Desk(served, token, colleague, agents)
