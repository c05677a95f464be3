"""What real apps send, decoded."""

import pytest

from identity.errors import UnknownDevice
from tests.tracking.protocol_vectors import NOW, VECTORS, Vector
from tracking.errors import NoDeviceId
from tracking.ping import Ping, Unusable
from tracking.protocols import gps


def assert_same(found: Ping, expected: Ping) -> None:
    for name in Ping.__struct_fields__:
        wanted = getattr(expected, name)
        if isinstance(wanted, float):
            wanted = pytest.approx(wanted, abs=1e-6)
        assert getattr(found, name) == wanted, name


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_what_a_real_app_sends_means_what_it_means_to_traccar(vector: Vector) -> None:
    if vector.status == 400 and not vector.key:
        with pytest.raises(NoDeviceId):
            gps.read(vector.request)
        return
    message = gps.read(vector.request)
    assert message.keys[:1] == ((vector.key,) if vector.key else ())
    decoded = message.decode(NOW)
    if vector.unusable:
        assert [type(item) for item in decoded.items] == [Unusable]
        return
    if vector.status == 200:
        pings = [item for item in decoded.items if isinstance(item, Ping)]
        assert len(decoded.items) == len(pings) == (vector.ping is not None)
        if vector.ping:
            assert_same(pings[0], vector.ping)
        assert vector.says(decoded.signal)


@pytest.mark.parametrize("vector", [v for v in VECTORS if v.ping], ids=lambda vector: vector.id)
def test_out_of_quarantine_the_same_message_means_the_same(vector: Vector) -> None:
    message = gps.read(vector.request)
    first = gps.again(message.protocol.name, message.body, NOW)
    assert first.items == message.decode(NOW).items


@pytest.mark.parametrize("wrong", ["Basic !", "Basic " + "x" * 7, "Digest abc"])
def test_credentials_that_name_nobody_are_no_reason_to_believe_the_body(wrong: str) -> None:
    (vector,) = (v for v in VECTORS if v.id == "O01")
    request = vector.request
    asked = type(request)(
        **{f: getattr(request, f) for f in request.__struct_fields__} | {"authorization": wrong}
    )
    with pytest.raises(UnknownDevice):
        gps.read(asked)
