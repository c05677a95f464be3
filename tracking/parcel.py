"""What one message of one device comes to: pings to store, parts to keep aside, parts to drop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tracking.device import Carriage, Device
from tracking.ping import Item, Ping, Unusable
from tracking.plausible import reason_against


class ItemAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one part of a message: `stored`, `quarantined` or `dropped`.

    For the sender all three mean that the part is dealt with and must not come again. `stored`
    does not tell a first ping from a repeated one.
    """

    status: str
    reason: str | None = None


STORED = ItemAnswer("stored")
DROPPED = ItemAnswer("dropped", "nobody was signed on to this device at that time")


@dataclass(frozen=True, slots=True)
class CarriedPing:
    """A ping with the agent who carried the device when it was taken."""

    carriage: Carriage
    ping: Ping


@dataclass(frozen=True, slots=True)
class Parcel:
    """One device's message, sorted. `answers` has an entry for each part, in its order."""

    device: Device
    protocol: str
    received_at: datetime
    pings: tuple[CarriedPing, ...]
    unusable: tuple[Unusable, ...]
    answers: tuple[ItemAnswer, ...]

    def __len__(self) -> int:
        """Rows that it makes in the database."""
        return len(self.pings) + len(self.unusable)


def pack(device: Device, items: Sequence[Item], protocol: str, now: datetime) -> Parcel:
    """Sort a message's parts.

    A ping taken while nobody carried the device is dropped: where a person is off duty is
    nobody's business, so it is not even kept aside.
    """
    pings: list[CarriedPing] = []
    unusable: list[Unusable] = []
    answers: list[ItemAnswer] = []
    carriage: Carriage | None = None
    for item in items:
        if isinstance(item, Unusable):
            rejected: Unusable = item
        elif reason := reason_against(item.captured_at, now):
            rejected = Unusable(reason, msgspec.json.encode(item))
        else:
            if carriage is None or not carriage.covers(item.captured_at):
                carriage = device.carriage_at(item.captured_at)
            if carriage is None:
                answers.append(DROPPED)
            else:
                pings.append(CarriedPing(carriage, item))
                answers.append(STORED)
            continue
        unusable.append(rejected)
        answers.append(ItemAnswer("quarantined", rejected.reason))
    return Parcel(device, protocol, now, tuple(pings), tuple(unusable), tuple(answers))
