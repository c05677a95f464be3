"""What a phone's own set-up page asks, with the key of the device instead of a person's token."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.deps import DeviceTx, Now, TheDevice
from api.reader import Told
from api.routing import Router
from api.schemas import Answer, Body, Instant
from tracking.health.self_test import State
from tracking.health.self_tests.store import look_of
from tracking.health.start_self_test import SelfTestLook, latest_self_test, start_self_test

router = Router(prefix="/v1/device", tags=["devices: set-up"])


class DeviceAnswer(Answer):
    """The phone as we know it. `carried_by` is who is signed on to it, `zone` its branch's."""

    label: str
    now: Instant
    heard_at: Instant | None
    carried_by: str | None
    zone: str


class FindingAnswer(Answer):
    """Something that the beats show."""

    code: str
    text: Told


class SelfTestAnswer(Answer):
    """A self-test with its verdict so far; a beat is a position that the phone took."""

    id: UUID
    now: Instant
    started_at: Instant
    ends_at: Instant
    interval_s: float
    state: State
    expected: int
    taken: int
    late: int
    longest_silence_s: float
    last_beat_at: Instant | None
    findings: list[FindingAnswer]


class SelfTestBody(Body):
    """How often the phone is set to take its position; missing, what its branch has decided."""

    interval_s: Annotated[int, Field(ge=1, le=300)] | None = None


@router.get("")
async def get_device(device: TheDevice, session: DeviceTx, now: Now) -> DeviceAnswer:
    """What the phone is called, when it was last heard, and who carries it."""
    look = await look_of(session, device.id, now)
    return DeviceAnswer(
        label=device.label,
        now=now,
        heard_at=look.heard_at,
        carried_by=look.carried_by,
        zone=look.zone,
    )


@router.post("/self-tests")
async def post_self_test(
    device: TheDevice, session: DeviceTx, now: Now, body: SelfTestBody | None = None
) -> SelfTestAnswer:
    """Begin a test with the screen off, for 15 minutes; while one runs, that is the answer.

    It needs nobody signed on, and keeps times only, no positions.
    """
    interval_s = body.interval_s if body else None
    look = await start_self_test(session, device.branch_id, device.id, interval_s, now)
    return _answer(look, now)


@router.get("/self-tests/latest")
async def get_latest_self_test(device: TheDevice, session: DeviceTx, now: Now) -> SelfTestAnswer:
    """The phone's newest test with its verdict, which late positions may still mend."""
    return _answer(await latest_self_test(session, device.id, now), now)


def _answer(look: SelfTestLook, now: datetime) -> SelfTestAnswer:
    verdict = look.verdict
    return SelfTestAnswer(
        id=look.id,
        now=now,
        started_at=look.test.started_at,
        ends_at=look.test.ends_at,
        interval_s=look.test.interval / timedelta(seconds=1),
        state=verdict.state,
        expected=verdict.expected,
        taken=verdict.taken,
        late=verdict.late,
        longest_silence_s=verdict.longest_silence / timedelta(seconds=1),
        last_beat_at=verdict.last_beat_at,
        findings=[FindingAnswer.model_validate(finding) for finding in verdict.findings],
    )
