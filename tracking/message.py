"""A message of a device, decoded: what it reports of places, and what it tells of the phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from tracking.ping import Item


class Signal(Struct, frozen=True, gc=False):
    """What a message tells of its phone beside positions; None where it says nothing.

    `sent_at` is the phone's own clock at sending, which measures its skew. `tracking` is ``on`` or
    ``off_by_user``, `gps` ``on`` or ``off``, `permission` ``always``, ``while_in_use`` or
    ``denied``. `panic` is a call for help.
    """

    sent_at: datetime | None = None
    battery_pct: float | None = None
    is_charging: bool | None = None
    app: str | None = None
    app_version: str | None = None
    tracking: str | None = None
    gps: str | None = None
    permission: str | None = None
    battery_saver: bool | None = None
    panic: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """The parts of a message in its order, and its signal if it has one.

    A heartbeat has no parts: it only tells that the phone is alive.
    """

    items: Sequence[Item]
    signal: Signal | None = None
