"""What tests of evidence begin with."""

import pytest

from data.session import Database
from tests.geofence.evidence.scenes import prepare


@pytest.fixture
async def prepared(database: Database) -> None:
    """Nobody waits, and there is a place for the pings of Monday."""
    await prepare(database)
