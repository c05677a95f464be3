"""Which part of a message is stored, kept aside or dropped."""

from datetime import datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from tests.conftest import MONDAY_NINE
from tracking.device import Carriage, Device
from tracking.parcel import pack
from tracking.ping import Ping, Unusable

HOUR = timedelta(hours=1)
MORNING, EVENING = uuid4(), uuid4()
BRANCH = uuid4()
DEVICE = Device(
    uuid4(),
    BRANCH,
    MONDAY_NINE - 60 * 24 * HOUR,
    (
        Carriage(MORNING, BRANCH, MONDAY_NINE - 40 * 24 * HOUR, MONDAY_NINE - HOUR),
        Carriage(EVENING, BRANCH, MONDAY_NINE, None),
    ),
)


def a_ping(captured_at: datetime = MONDAY_NINE) -> Ping:
    return Ping(captured_at, -29.9, -71.25)


@pytest.mark.parametrize(
    ("captured_at", "status"),
    [
        (MONDAY_NINE, "stored"),
        (MONDAY_NINE + timedelta(minutes=5), "stored"),
        (MONDAY_NINE + timedelta(minutes=5, seconds=1), "quarantined"),
        (MONDAY_NINE - timedelta(days=30), "stored"),
        (MONDAY_NINE - timedelta(days=30, seconds=1), "quarantined"),
        (MONDAY_NINE - HOUR, "dropped"),
        (MONDAY_NINE - HOUR / 2, "dropped"),
    ],
)
def test_the_time_of_a_ping_decides(captured_at: datetime, status: str) -> None:
    parcel = pack(DEVICE, [a_ping(captured_at)], "batch", MONDAY_NINE)
    assert [answer.status for answer in parcel.answers] == [status]
    assert len(parcel) == (status != "dropped")


def test_a_ping_belongs_to_whoever_carried_the_device_when_it_was_taken() -> None:
    late, fresh = a_ping(MONDAY_NINE - 2 * HOUR), a_ping()
    parcel = pack(DEVICE, [late, fresh, late], "batch", MONDAY_NINE)
    assert [(run.carriage.agent_id, len(run.pings)) for run in parcel.carried] == [
        (MORNING, 2), (EVENING, 1),
    ]  # fmt: skip


def test_what_is_kept_aside_holds_what_was_sent_and_why() -> None:
    broken = Unusable("lat: a number", b"lat=x")
    ahead = a_ping(MONDAY_NINE + HOUR)
    parcel = pack(DEVICE, [broken, a_ping(), ahead], "batch", MONDAY_NINE)
    assert parcel.unusable[0] == broken
    assert msgspec.json.decode(parcel.unusable[1].body, type=Ping) == ahead
    assert parcel.unusable[1].reason == "captured_at: more than 5 minutes ahead of the server"
    assert [a.status for a in parcel.answers] == ["quarantined", "stored", "quarantined"]
