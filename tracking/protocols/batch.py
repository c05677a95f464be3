"""Our own protocol: ``{"pings": [{"captured_at": …, "lat": …, "lon": …, …}, …]}`` as JSON."""

from collections.abc import Sequence

import msgspec

from tracking.errors import Undecodable
from tracking.ping import Item, Ping, Unusable


class _Body(msgspec.Struct):
    pings: list[Ping]


class _RawBody(msgspec.Struct):
    pings: list[msgspec.Raw]


_BODY = msgspec.json.Decoder(_Body)
_RAW_BODY = msgspec.json.Decoder(_RawBody)
_PING = msgspec.json.Decoder(Ping)


def decode(body: bytes) -> Sequence[Item]:
    """The pings of a body, in its order; one that cannot be used does not spoil its neighbours.

    Members that are not known are left alone, so that a newer phone can talk to an older server.
    Raises `Undecodable` when the body as a whole is not of this shape.
    """
    try:
        return _BODY.decode(body).pings
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        pass
    try:
        parts = _RAW_BODY.decode(body).pings
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Undecodable(f'Send one JSON object {{"pings": […]}}: {error}') from None
    return [_item(bytes(part)) for part in parts]


def _item(part: bytes) -> Item:
    try:
        return _PING.decode(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        return Unusable(str(error), part)
