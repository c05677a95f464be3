"""A simulated agent holds a center's meeting."""

from datetime import datetime
from typing import Any

import httpx
import numpy as np
import pytest

from core.clock import Clock
from data.session import Database
from demo.centers import Meeting
from demo.wire import Tally, Wire
from tests.api.center_field import a_center_field
from tests.factories import PASSWORD


class StandingPhone:
    """A phone at one place."""

    def fix(self, now: datetime) -> dict[str, Any]:
        return {"lat": -29.9, "lon": -71.25, "accuracy_m": 8, "captured_at": now.isoformat()}


@pytest.mark.parametrize("limit_minor", [500_000, 100_000])
async def test_the_sheet_of_a_meeting_is_submitted_once_within_the_limit(
    database: Database, client: httpx.AsyncClient, clock: Clock, limit_minor: int
) -> None:
    field = await a_center_field(database, client)
    await field.do(
        "UPDATE till SET limit_minor = :limit WHERE agent_id = :a",
        limit=limit_minor,
        a=field.agent,
    )
    [person] = await field.ask("SELECT username FROM staff WHERE id = :a", a=field.agent)
    wire = Wire(client, Tally(), person.username, PASSWORD)
    await wire.sign_in()
    meeting = Meeting(wire, StandingPhone(), clock, np.random.default_rng(1))  # type: ignore[arg-type]
    [center] = await meeting.waiting()
    await meeting.submit(center["center_id"])
    assert await meeting.waiting() == []
    assert wire.tally.errors == 0
    sheet = await field.sheet()
    assert sheet["amounts"]["collected"]["amount_minor"] > 0
    assert await field.in_hand() <= limit_minor
