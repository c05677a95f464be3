"""The demonstration's city."""

import pytest

from core.settings import settings
from streets.graph import StreetGraph
from streets.network import DEMO, build


@pytest.fixture(scope="session")
def city() -> StreetGraph:
    """La Serena and Coquimbo, fetched once for this machine."""
    return build(DEMO, settings().state_dir / "streets")
