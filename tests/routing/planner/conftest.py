"""The search, ready to run."""

from importlib import import_module

import pytest


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Of the processes that test it one compiles, and the others load what it has compiled."""
    import_module("routing.planner.warm")
