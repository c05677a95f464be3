"""Pings as columns: one array for each column, ready for a set-based insert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from uuid import UUID

import msgspec
import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from tracking.parcel import CarriedPings

MEASURES = ("accuracy_m", "speed_mps", "heading_deg", "altitude_m", "battery_pct")


_EPOCH = date(1970, 1, 1)
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """Pings of one agent from one device, and when they came in."""

    device_id: UUID
    received_at: datetime
    carried: CarriedPings


@dataclass(frozen=True, slots=True)
class PingColumns:
    """Parallel arrays. Ids are 16 bytes each; times are microseconds since 1970; in `measures`
    (5 × n, the rows of `MEASURES`) not-a-number stands for NULL; `attributes` are JSON or None;
    `agent_rank` numbers the agents in the order of their ids."""

    device_id: NDArray[np.void]
    agent_id: NDArray[np.void]
    agent_rank: NDArray[np.int64]
    branch_id: NDArray[np.void]
    captured_us: NDArray[np.int64]
    received_us: NDArray[np.int64]
    place: NDArray[np.float64]
    measures: NDArray[np.float64]
    mock: NDArray[np.bool_]
    attributes: Sequence[bytes | None]

    def __len__(self) -> int:
        return len(self.captured_us)

    def days(self) -> list[date]:
        """The UTC days on which these pings were taken, each once."""
        return [
            _EPOCH + timedelta(days=day) for day in np.unique(self.captured_us // _DAY_US).tolist()
        ]

    def at(self, rows: NDArray[np.intp]) -> "PingColumns":
        """Only these rows, in this order."""
        attributes: Sequence[bytes | None] = (None,) * len(rows)
        if any(self.attributes):
            attributes = [self.attributes[row] for row in rows.tolist()]
        return PingColumns(
            self.device_id[rows], self.agent_id[rows], self.agent_rank[rows],
            self.branch_id[rows], self.captured_us[rows], self.received_us[rows],
            self.place[:, rows], self.measures[:, rows], self.mock[rows], attributes,
        )  # fmt: skip


def columns(deliveries: Sequence[Delivery]) -> PingColumns:
    """The columns of these deliveries, by device, time and place: every writer's rows are in the
    same order, so that two who meet wait for each other and never in a circle.

    There must be at least one ping.
    """
    counts = [len(each.carried.pings) for each in deliveries]
    pings = chain.from_iterable(each.carried.pings for each in deliveries)
    taken, lat, lon, *measures, mock, told = zip(*map(astuple, pings), strict=True)
    devices = [each.device_id for each in deliveries]
    agents = [each.carried.carriage.agent_id for each in deliveries]
    branches = [each.carried.carriage.branch_id for each in deliveries]
    unsorted = PingColumns(
        np.repeat(_ids(devices), counts),
        np.repeat(_ids(agents), counts),
        np.repeat(_ranks(agents), counts),
        np.repeat(_ids(branches), counts),
        _microseconds(taken),
        np.repeat(_microseconds([each.received_at for each in deliveries]), counts),
        np.array((lat, lon), np.float64),
        np.array(measures, np.float64),
        np.array(mock, np.bool_),
        [msgspec.json.encode(each) if each else None for each in told] if any(told) else told,
    )
    device_rank = np.repeat(_ranks(devices), counts)
    return unsorted.at(np.lexsort((*unsorted.place, unsorted.captured_us, device_rank)))


def one_by_one(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The same pings, each in a delivery of its own."""
    return [
        Delivery(each.device_id, each.received_at, CarriedPings(each.carried.carriage, (ping,)))
        for each in deliveries
        for ping in each.carried.pings
    ]


def newest_of_each_agent(pings: PingColumns) -> PingColumns:
    """One row per agent, the latest by device time, ordered by agent."""
    order = np.lexsort((pings.captured_us, pings.agent_rank))
    agents = pings.agent_rank[order]
    last = np.append(agents[1:] != agents[:-1], True)
    return pings.at(order[last])


def _ranks(ids: list[UUID]) -> NDArray[np.int64]:
    """Each id's place in their order: numbers, which sort quicker than ids."""
    numbers = [each.int for each in ids]
    rank = {number: place for place, number in enumerate(sorted(set(numbers)))}
    return np.array([rank[number] for number in numbers], np.int64)


def _ids(ids: list[UUID]) -> NDArray[np.void]:
    return np.frombuffer(b"".join(each.bytes for each in ids), "V16")


def _microseconds(instants: Sequence[datetime]) -> NDArray[np.int64]:
    # A float holds microseconds exactly until the year 2255.
    seconds = np.array([instant.timestamp() for instant in instants], np.float64)
    return np.rint(seconds * 1e6).astype(np.int64)
