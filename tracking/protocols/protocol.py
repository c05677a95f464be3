"""A protocol: how it decodes a body, and how its app wants to be answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking.message import Decoded
from tracking.parcel import ItemAnswer


def empty(_: Sequence[ItemAnswer]) -> bytes:
    """No body."""
    return b""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way in which devices talk.

    `decode` makes of a body whatever can be made of it, also long after it came, out of
    quarantine; the time stamps a ping that tells none. It raises nothing but `Undecodable`.
    `unknown_device` is the HTTP status for a device that is not enrolled: 401 where the app asks
    its user for credentials then. `answer` is the body of the 200, JSON where it is not empty.
    """

    name: str
    decode: Callable[[bytes, datetime], Decoded]
    unknown_device: int = 401
    answer: Callable[[Sequence[ItemAnswer]], bytes] = empty
