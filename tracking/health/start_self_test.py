"""A phone's self-test: started from its set-up page, judged by what arrives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.session import Session
from tracking.health.errors import NoSelfTest
from tracking.health.self_test import DURATION, SelfTest, Verdict, judge
from tracking.health.self_tests import store

DEFAULT_INTERVAL_S = 30


@dataclass(frozen=True, slots=True)
class SelfTestLook:
    """A self-test and what its beats say at a moment."""

    id: UUID
    test: SelfTest
    verdict: Verdict


async def start_self_test(
    session: Session, branch_id: UUID, device_id: UUID, interval_s: int | None, now: datetime
) -> SelfTestLook:
    """Begin a test of the device, or find the one that runs: there is one at a time.

    `interval_s` is how often the phone takes its position; None is what its branch has decided.
    """
    await store.lock_device(session, device_id)
    running = await store.latest(session, device_id)
    if running is None or running.test.ends_at <= now:
        every_s = interval_s or await store.ping_interval_s(session, branch_id)
        every = timedelta(seconds=every_s or DEFAULT_INTERVAL_S)
        running = await store.add(
            session, branch_id, device_id, SelfTest(now, now + DURATION, every)
        )
    return await _look(session, running, now)


async def latest_self_test(session: Session, device_id: UUID, now: datetime) -> SelfTestLook:
    """The device's newest test with its verdict. Raises `NoSelfTest`."""
    newest = await store.latest(session, device_id)
    if newest is None:
        raise NoSelfTest
    return await _look(session, newest, now)


async def _look(session: Session, stored: store.StoredSelfTest, now: datetime) -> SelfTestLook:
    beats = await store.beats(session, stored.id)
    return SelfTestLook(stored.id, stored.test, judge(stored.test, beats, now))
