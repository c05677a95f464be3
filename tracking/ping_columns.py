"""Pings as columns: one array for each column, ready for a set-based insert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tracking.parcel import CarriedPing

MEASURES = ("accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery_pct")


@dataclass(frozen=True, slots=True)
class PingRow:
    """A ping to be stored, with whose it is."""

    device_id: UUID
    received_at: datetime
    carried: CarriedPing


@dataclass(frozen=True, slots=True)
class PingColumns:
    """Parallel arrays. Ids are 16 bytes each; times are microseconds since 1970; in `measures`
    (n × 5, the columns of `MEASURES`) not-a-number stands for NULL."""

    device_id: NDArray[np.void]
    agent_id: NDArray[np.void]
    branch_id: NDArray[np.void]
    captured_us: NDArray[np.int64]
    received_us: NDArray[np.int64]
    place: NDArray[np.float64]
    measures: NDArray[np.float64]
    mock: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.captured_us)

    def at(self, rows: NDArray[np.intp]) -> "PingColumns":
        """Only these rows, in this order."""
        return PingColumns(
            self.device_id[rows], self.agent_id[rows], self.branch_id[rows],
            self.captured_us[rows], self.received_us[rows], self.place[rows],
            self.measures[rows], self.mock[rows],
        )  # fmt: skip


def columns(rows: Sequence[PingRow]) -> PingColumns:
    """The columns of these rows, in their order. There must be at least one."""
    pings = [row.carried.ping for row in rows]
    carriages = [row.carried.carriage for row in rows]
    return PingColumns(
        _ids([row.device_id for row in rows]),
        _ids([carriage.agent_id for carriage in carriages]),
        _ids([carriage.branch_id for carriage in carriages]),
        _microseconds([ping.captured_at for ping in pings]),
        _microseconds([row.received_at for row in rows]),
        np.array([(ping.lat, ping.lon) for ping in pings], np.float64),
        np.array(
            [
                (p.accuracy_m, p.speed_mps, p.heading_deg, p.altitude_m, p.battery_pct)
                for p in pings
            ],
            np.float64,
        ),
        np.array([ping.mock for ping in pings], np.bool_),
    )


def newest_of_each_agent(pings: PingColumns) -> PingColumns:
    """One row per agent, the latest by device time, ordered by agent."""
    agents = np.ascontiguousarray(pings.agent_id).view("S16").ravel()
    order = np.lexsort((pings.captured_us, agents))
    agents = agents[order]
    last = np.append(agents[1:] != agents[:-1], True)
    return pings.at(order[last])


def _ids(ids: list[UUID]) -> NDArray[np.void]:
    return np.frombuffer(b"".join(each.bytes for each in ids), "V16")


def _microseconds(instants: list[datetime]) -> NDArray[np.int64]:
    # A float holds microseconds exactly until the year 2255.
    seconds = np.array([instant.timestamp() for instant in instants], np.float64)
    return np.rint(seconds * 1e6).astype(np.int64)
