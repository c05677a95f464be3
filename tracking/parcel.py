"""What one message of one device comes to: pings to store, parts to keep aside, parts to drop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tracking.device import Carriage, Device
from tracking.ping import Item, Ping, Unusable
from tracking.plausible import oldest_kept, reason_against


class ItemAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one part of a message: `stored`, `quarantined` or `dropped`.

    For the sender all three mean that the part is dealt with and must not come again. `stored`
    does not tell a first ping from a repeated one.
    """

    status: str
    reason: str | None = None


STORED = ItemAnswer("stored")
DROPPED = ItemAnswer("dropped", "nobody was on duty with this device at that time")


@dataclass(frozen=True, slots=True)
class CarriedPings:
    """Pings with the agent who carried the device when they were taken."""

    carriage: Carriage
    pings: Sequence[Ping]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One device's message, sorted. `answers` has an entry for each part, in its order.

    `beats` are the times of the pings taken during the device's self-test, whoever carries it.
    """

    device: Device
    protocol: str
    received_at: datetime
    carried: tuple[CarriedPings, ...]
    unusable: tuple[Unusable, ...]
    answers: tuple[ItemAnswer, ...]
    beats: tuple[datetime, ...] = ()

    def __len__(self) -> int:
        """Rows that it makes in the database."""
        rows = len(self.unusable) + len(self.beats)
        for run in self.carried:
            rows += len(run.pings)
        return rows


def pack(device: Device, items: Sequence[Item], protocol: str, now: datetime) -> Parcel:
    """Sort a message's parts.

    A ping taken while nobody was on duty with the device is dropped: where a person is off duty is
    nobody's business, so it is not even kept aside.
    """
    beats = _beats(device, items) if device.self_test else ()
    carriage = _carriage_of_all(device, items, now)
    if carriage is not None:
        answers = (STORED,) * len(items)
        carried = (CarriedPings(carriage, items),)  # type: ignore[arg-type]
        return Parcel(device, protocol, now, carried, (), answers, beats)
    return _sorted_one_by_one(device, items, protocol, now, beats)


def _beats(device: Device, items: Sequence[Item]) -> tuple[datetime, ...]:
    test = device.self_test
    assert test is not None
    taken = (item.captured_at for item in items if isinstance(item, Ping))
    return tuple(at for at in taken if test.since <= at < test.until)


def _carriage_of_all(device: Device, items: Sequence[Item], now: datetime) -> Carriage | None:
    """The one carriage in which all parts were taken, each a ping that can be used: the usual
    message, which needs no look at each part. None when it is another."""
    first = last = None
    for item in items:
        if type(item) is Unusable:
            return None
        captured_at: datetime = item.captured_at  # type: ignore[union-attr]
        if first is None or last is None:
            first = last = captured_at
        elif captured_at > last:
            last = captured_at
        elif captured_at < first:
            first = captured_at
    if first is None or last is None:
        return None
    kept_from = oldest_kept(now, device.retention)
    if reason_against(first, now, kept_from) or reason_against(last, now, kept_from):
        return None
    carriage = device.carriage_at(first)
    return carriage if carriage is not None and carriage.covers(last) else None


def _sorted_one_by_one(
    device: Device,
    items: Sequence[Item],
    protocol: str,
    now: datetime,
    beats: tuple[datetime, ...],
) -> Parcel:
    kept_from = oldest_kept(now, device.retention)
    carried: dict[Carriage, list[Ping]] = {}
    unusable: list[Unusable] = []
    answers: list[ItemAnswer] = []
    for item in items:
        if isinstance(item, Unusable):
            rejected: Unusable = item
        elif reason := reason_against(item.captured_at, now, kept_from):
            rejected = Unusable(reason, msgspec.json.encode(item))
        elif carriage := device.carriage_at(item.captured_at):
            carried.setdefault(carriage, []).append(item)
            answers.append(STORED)
            continue
        else:
            answers.append(DROPPED)
            continue
        unusable.append(rejected)
        answers.append(ItemAnswer("quarantined", rejected.reason))
    runs = tuple(CarriedPings(carriage, pings) for carriage, pings in carried.items())
    return Parcel(device, protocol, now, runs, tuple(unusable), tuple(answers), beats)
