"""Whatever an app sends to ``/gps``: which protocol it is, and which device it is from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, field, structs

from identity.errors import UnknownDevice
from tracking.errors import NoDeviceId, Undecodable
from tracking.message import Decoded, Signal
from tracking.ping import Item, Unusable
from tracking.protocols import batch, gpx, owntracks, traccar_form, traccar_json
from tracking.protocols.protocol import Protocol
from tracking.protocols.request import Request, app_of, credentials, fields, keys
from tracking.protocols.scalars import lenient_json

PROTOCOLS: Mapping[str, Protocol] = {
    protocol.name: protocol
    for protocol in (owntracks.PROTOCOL, batch.PROTOCOL, gpx.PROTOCOL, traccar_form.PROTOCOL)
}
"""By the name that quarantine keeps. Traccar's two forms share one: the body tells them apart."""

KEY_PREFIX = b"rd_"
HIDDEN = b"(device key)"
"""What quarantine shows instead of a device's key, which is a secret."""

_NAMED = re.compile(rb'"(?:device_id|tid)"\s*:\s*"([^"\\]{1,200})"')
"""A device's name in JSON that cannot be read as such."""


class _Top(Struct):
    """What tells JSON messages apart, and whose they are."""

    kind: Any = field(default=None, name="_type")
    device_id: Any = None
    id: Any = None
    pings: msgspec.Raw = msgspec.Raw()
    topic: Any = None
    tid: Any = None


_TOP = msgspec.json.Decoder(_Top | list[_Top])


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose protocol is known, not decoded yet.

    `keys` are what may be its device's key, the likeliest first. There are none when nobody is
    named in something that is to be acknowledged all the same.
    """

    protocol: Protocol
    keys: tuple[str, ...]
    body: bytes
    user_agent: str = ""

    def decode(self, now: datetime) -> Decoded:
        """What the message holds; `now` stamps a ping that tells no time. Raises nothing."""
        try:
            decoded = self.protocol.decode(self.body, now)
        except Undecodable as error:
            decoded = Decoded((Unusable(error.expected, self.body),))
        if any(isinstance(item, Unusable) for item in decoded.items):
            decoded = Decoded([self._without_key(item) for item in decoded.items], decoded.signal)
        app = app_of(self.user_agent)
        if app:
            named = structs.replace(decoded.signal or Signal(), app=app[0], app_version=app[1])
            decoded = Decoded(decoded.items, named)
        return decoded

    def _without_key(self, item: Item) -> Item:
        if isinstance(item, Unusable):
            for key in map(str.encode, self.keys):
                if key.startswith(KEY_PREFIX):
                    item = Unusable(item.reason, item.body.replace(key, HIDDEN))
        return item


def read(request: Request) -> Message:
    """Find out which protocol a request speaks, and which device it names.

    Raises `NoDeviceId` (Traccar's forms) or `UnknownDevice` (where an app has credentials) when it
    names none, and `Undecodable` when the query is no query.
    """
    query = fields(request.query) if request.query else {}
    named = traccar_form.device_keys(query)
    body = request.body
    if named and not traccar_form.PLACE.isdisjoint(query):
        return _message(request, traccar_form.PROTOCOL, named, request.query)
    if not body.strip():
        return _read_empty(request, query, named)
    if gpx.is_xml(body):
        return _of_credentials(request, gpx.PROTOCOL, named)
    if _is_json(request):
        return _read_json(request, query, named)
    form = fields(body)
    found = traccar_form.device_keys(form) or named or credentials(request.authorization)
    whole = body + b"&" + request.query if request.query else body
    return _message(request, traccar_form.PROTOCOL, found, whole)


def again(protocol: str, body: bytes, received_at: datetime) -> Decoded:
    """What today's decoders make of a body that was quarantined. Raises nothing."""
    try:
        # A ping that could be read, but not be used, is kept as our own.
        return Decoded((batch.ping(body),))
    except ValueError:
        decoder = PROTOCOLS.get(protocol, batch.PROTOCOL)
    if decoder is traccar_form.PROTOCOL and _starts_as_json(body):
        decoder = traccar_json.PROTOCOL
    return Message(decoder, (), body).decode(received_at)


def _message(request: Request, protocol: Protocol, found: tuple[str, ...], body: bytes) -> Message:
    if not found:
        raise NoDeviceId
    return Message(protocol, found, body, request.user_agent)


def _of_credentials(request: Request, protocol: Protocol, named: tuple[str, ...]) -> Message:
    """A message of an app that has credentials; a device named in the query will do as well."""
    found = credentials(request.authorization) or named
    if not found:
        raise UnknownDevice
    return Message(protocol, found, request.body, request.user_agent)


def _read_empty(request: Request, query: Mapping[str, Any], named: tuple[str, ...]) -> Message:
    """Everything in the query; or what OwnTracks sends when its user removes a friend."""
    tells = not traccar_form.SIGNS_OF_LIFE.isdisjoint(query)
    if not tells and (_may_be_owntracks(request, query) or _says_json(request)):
        found = credentials(request.authorization)
        if request.authorization and not found:
            raise UnknownDevice
        return Message(owntracks.PROTOCOL, found, b"", request.user_agent)
    found = named or credentials(request.authorization)
    return _message(request, traccar_form.PROTOCOL, found, request.query)


def _may_be_owntracks(request: Request, query: Mapping[str, Any]) -> bool:
    return bool(request.authorization or request.limit_device or query.keys() & {"u", "d"})


def _says_json(request: Request) -> bool:
    return "json" in request.content_type.lower()


def _starts_as_json(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _is_json(request: Request) -> bool:
    return _starts_as_json(request.body) or (_says_json(request) and b"=" not in request.body)


def _read_json(request: Request, query: Mapping[str, Any], named: tuple[str, ...]) -> Message:
    top = _top(request.body)
    if top is None:
        return _unreadable(request, query, named)
    if top.kind is not None:
        return _of_owntracks(request, query, top, named)
    if top.pings:
        return _of_credentials(request, batch.PROTOCOL, named)
    found = keys(top.device_id, top.id) or named or credentials(request.authorization)
    return _message(request, traccar_json.PROTOCOL, found, request.body)


def _top(body: bytes) -> _Top | None:
    """The members that matter here, of the first of several; None when this is not JSON."""
    try:
        top = _TOP.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _top_with_care(body)
    return top if isinstance(top, _Top) else top[0] if top else _Top()


def _top_with_care(body: bytes) -> _Top | None:
    try:
        content = lenient_json(body)
    except ValueError:
        return None
    first = content[0] if isinstance(content, list) and content else content
    if not isinstance(first, dict):
        return _Top()
    has_pings = msgspec.Raw(b"[]") if "pings" in first else msgspec.Raw()
    names = ("_type", "device_id", "id")
    kind, device_id, id_ = (first.get(name) for name in names)
    return _Top(kind, device_id, id_, has_pings, first.get("topic"), first.get("tid"))


def _of_owntracks(
    request: Request, query: Mapping[str, Any], top: _Top, named: tuple[str, ...]
) -> Message:
    if request.authorization:
        found = credentials(request.authorization)
    else:
        levels = top.topic.split("/")[:-5:-1] if isinstance(top.topic, str) else []
        found = keys(request.limit_device, query.get("d"), *named, top.topic, *levels, top.tid)
    if not found and (request.authorization or top.kind != "encrypted"):
        raise UnknownDevice
    return Message(owntracks.PROTOCOL, found, request.body, request.user_agent)


def _unreadable(request: Request, query: Mapping[str, Any], named: tuple[str, ...]) -> Message:
    """Broken JSON. If it tells whose it is, it can at least be kept aside for a person."""
    named_inside = _NAMED.search(request.body)
    inside = keys(named_inside[1].decode("utf-8", "replace")) if named_inside else ()
    if b'"_type"' in request.body or _may_be_owntracks(request, query):
        found = credentials(request.authorization) or keys(request.limit_device, query.get("d"))
        protocol = owntracks.PROTOCOL
    else:
        found, protocol = (), traccar_json.PROTOCOL
    return Message(protocol, found or named or inside, request.body, request.user_agent)
