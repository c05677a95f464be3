"""What an agent is doing: one line each, situation then status."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import MONDAY_NINE
from tracking.agent_status import agent_status

MINUTES_10 = MONDAY_NINE - timedelta(minutes=10)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("situation", "status"),
    [
        ({"speed_mps": 0.8}, "moving"),
        ({"speed_mps": 0.7}, "standing"),
        ({"speed_mps": None}, "standing"),
        ({"speed_mps": 9.0, "at_customer": True}, "at_customer"),
        ({"captured_at": MINUTES_10}, "standing"),
        ({"captured_at": MINUTES_10 - SECOND}, "stale"),
        ({"captured_at": MINUTES_10 - SECOND, "at_customer": True}, "stale"),
        ({"captured_at": None}, "no_position"),
        ({"on_duty": False}, "off_shift"),
        ({"on_duty": False, "captured_at": None}, "off_shift"),
    ],
)
def test_the_situation_gives_the_status(situation: dict[str, Any], status: str) -> None:
    usual: dict[str, Any] = {
        "on_duty": True, "at_customer": False, "captured_at": MONDAY_NINE, "speed_mps": 0.0,
        "now": MONDAY_NINE,
    }  # fmt: skip
    assert agent_status(**usual | situation) == status
