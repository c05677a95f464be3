"""What phones tell of themselves: noted as messages come, written down every few seconds."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from msgspec import Struct

from data.session import EVERYTHING, Database, DatabaseError
from tracking.clock_skew import Skew, merge, skew_of
from tracking.device import Device
from tracking.health import store
from tracking.message import Decoded, Signal
from tracking.ping import Item, Ping

log = structlog.get_logger()

WRITE_EVERY_S = 5.0
"""A phone's health may be known so much later: it is no fact that anybody was promised."""

MOST_AT_ONCE = 500

FRESH = timedelta(minutes=2)
"""A ping taken so shortly before it came proves that the phone is tracking now."""

EXACT_M = 50.0
"""Positions from cells and networks are hardly ever as good: such a one comes from satellites."""

NOTHING_TOLD = Signal()


class Note(Struct):
    """What is known of a phone since it was last written down; None where it said nothing."""

    device_id: UUID
    branch_id: UUID
    heard_at: datetime
    captured_at: datetime | None = None
    battery_pct: float | None = None
    is_charging: bool | None = None
    app: str | None = None
    app_version: str | None = None
    tracking: str | None = None
    gps: str | None = None
    permission: str | None = None
    battery_saver: bool | None = None
    mock_at: datetime | None = None
    skew_s: float | None = None
    skew_stated: bool | None = None
    skew_at: datetime | None = None


class HealthNotes:
    """A process's notes. It writes while there is something to write down."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._notes: dict[UUID, Note] = {}
        self._skews: dict[UUID, Skew] = {}
        self._writing: asyncio.Task[None] | None = None

    def take(self, device: Device, message: Decoded, now: datetime) -> None:
        """Note what a message tells of its phone. Returns at once."""
        note = self._notes.get(device.id)
        if note is None:
            note = self._notes[device.id] = Note(device.id, device.branch_id, now)
        note.heard_at = now
        newest = _newest(message.items)
        _update(note, message.signal or NOTHING_TOLD, newest, now)
        sent_at = message.signal.sent_at if message.signal else None
        skew = skew_of(sent_at, newest.captured_at if newest else None, now)
        if skew is not None:
            skew = merge(self._skews.get(device.id), skew, now)
            self._skews[device.id] = skew
            note.skew_s, note.skew_stated, note.skew_at = skew.seconds, skew.stated, skew.at
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    async def write(self) -> None:
        """Write down what was noted so far."""
        notes, self._notes = list(self._notes.values()), {}
        try:
            for begin in range(0, len(notes), MOST_AT_ONCE):
                async with self._database.transaction(EVERYTHING) as session:
                    await store.keep_notes(session, notes[begin : begin + MOST_AT_ONCE])
        except DatabaseError as error:
            log.warning("health.not_noted", phones=len(notes), error=str(error.orig))

    async def _write_all(self) -> None:
        try:
            while self._notes:
                await asyncio.sleep(WRITE_EVERY_S)
                await self.write()
        finally:
            self._writing = None


def _newest(items: Sequence[Item]) -> Ping | None:
    newest = None
    for item in items:
        if type(item) is Ping and (newest is None or item.captured_at > newest.captured_at):
            newest = item
    return newest


def _update(note: Note, told: Signal, newest: Ping | None, now: datetime) -> None:
    """What the phone says of itself counts; what it does not say, its newest ping may show."""
    if newest is not None:
        _show(note, newest, now)
    if told is NOTHING_TOLD:
        return
    for name in _TOLD:
        value = getattr(told, name)
        if value is not None:
            setattr(note, name, value)


_TOLD = (
    "battery_pct", "is_charging", "app", "app_version", "tracking", "gps", "permission",
    "battery_saver",
)  # fmt: skip


def _show(note: Note, newest: Ping, now: datetime) -> None:
    if note.captured_at is None or newest.captured_at > note.captured_at:
        note.captured_at = newest.captured_at
    if newest.battery_pct is not None:
        note.battery_pct = newest.battery_pct
    if newest.mock:
        note.mock_at = now
    if now - newest.captured_at < FRESH:
        note.tracking = "on"
        if newest.accuracy_m is not None and newest.accuracy_m <= EXACT_M:
            note.gps = "on"
