"""Tell the map where agents are: after the commit, and never in a sender's way."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from data.live import Change, LiveBus
from tracking.store import MovedAgent

PAUSE_S = 0.05
"""Half of what the map waits between two batches: what comes in between is told together, and is
still there in time for the next one."""


class LivePositions:
    """A process's moves on their way to the bus; of an agent's moves in one pause, the last."""

    def __init__(self, live: LiveBus) -> None:
        self._live = live
        self._moved: dict[UUID, MovedAgent] = {}
        self._telling: asyncio.Task[None] | None = None

    def tell(self, moved: Sequence[MovedAgent]) -> None:
        """Have these moves published soon. Returns at once."""
        self._moved.update((move.agent_id, move) for move in moved)
        if self._moved and self._telling is None:
            self._telling = asyncio.create_task(self._tell_all())

    async def _tell_all(self) -> None:
        try:
            while self._moved:
                moved, self._moved = self._moved, {}
                await self._live.publish(changes_of(moved.values()))
                await asyncio.sleep(PAUSE_S)
        finally:
            self._telling = None


def changes_of(moved: "Sequence[MovedAgent] | Any") -> list[Change]:
    """One change of kind ``position`` per branch; its body is the list of positions."""
    by_branch: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for move in moved:
        by_branch[move.branch_id].append(
            {
                "agent_id": str(move.agent_id),
                "lat": move.lat,
                "lon": move.lon,
                "accuracy_m": move.accuracy_m,
                "heading_deg": move.heading_deg,
                "speed_mps": move.speed_mps,
                "battery_pct": move.battery_pct,
                "captured_at": move.captured_at.isoformat(),
            }
        )
    return [Change(branch_id, "position", body) for branch_id, body in by_branch.items()]
