"""An agent calls for help: taken down at once, and told to everybody who can help."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from core.errors import IdReused
from core.fix import Fix
from core.said import say, say_all, say_many
from data.alerts import clear_alert, raise_alert
from data.session import Session
from tracking.health.panics import store
from tracking.health.panics.store import Caller, StoredPanic

PANIC = "panic"
"""The kind of these alerts; their subject is the panic."""

FRESH = timedelta(minutes=2)
"""Words say how old something is from here on."""


@dataclass(frozen=True, slots=True)
class PanicReport:
    """A call for help. `source` is who pressed: the agent in our app, or the phone's tracker."""

    id: UUID
    device_time: datetime
    fix: Fix | None
    note: str | None
    body_hash: bytes
    source: str = "agent"


@dataclass(frozen=True, slots=True)
class Panic:
    """A call for help as taken down."""

    id: UUID
    device_time: datetime
    server_time: datetime


async def call_for_help(
    session: Session, agent_id: UUID, report: PanicReport, now: datetime
) -> Panic:
    """Take down a call for help and alert the supervisors, on duty or off.

    A phone's wrong clock is no reason to refuse one. The same report again gets the same answer.
    Raises `IdReused` for the same id with another body.
    """
    # 1. A repeat is answered from what was stored.
    known = await store.panic(session, report.id)
    if known:
        return _repeat(known, agent_id, report)
    # 2. Keep it. Of two equal reports at once, the database lets one in.
    caller = await store.caller(session, agent_id)
    former = await store.open_panics(session, agent_id)
    stored = StoredPanic(
        report.id, caller.branch_id, agent_id, report.device_time, now, report.body_hash
    )
    if not await store.add_panic(session, stored, report.source, report.fix, report.note):
        known = await store.panic(session, report.id)
        if known is None:
            raise IdReused("panic", str(report.id))
        return _repeat(known, agent_id, report)
    # 3. Ring. A tracker repeats its alarm with each message; a person who presses again means it.
    if former and report.source == "device":
        return Panic(report.id, report.device_time, now)
    for panic_id in former:
        await clear_alert(session, caller.branch_id, PANIC, panic_id, now)
    await raise_alert(
        session,
        caller.branch_id,
        PANIC,
        report.id,
        say("{name} calls for help", name=caller.name),
        _detail(caller, report, now),
        now,
        agent_id=agent_id,
        facts=_facts(caller, report),
    )
    return Panic(report.id, report.device_time, now)


async def call_from_device(
    session: Session,
    device_id: UUID,
    agent_id: UUID,
    called_at: datetime,
    fix: Fix | None,
    now: datetime,
) -> Panic:
    """Take down a call for help that came inside a message of the phone's tracker.

    The phone and the time it states are its identity: a message that is sent again is one call.
    """
    panic_id = uuid5(device_id, f"panic {called_at.timestamp()!r}")
    digest = hashlib.sha256(panic_id.bytes).digest()
    report = PanicReport(panic_id, called_at, fix, None, digest, source="device")
    return await call_for_help(session, agent_id, report, now)


def _repeat(known: StoredPanic, agent_id: UUID, report: PanicReport) -> Panic:
    if (known.body_hash, known.agent_id) != (report.body_hash, agent_id):
        raise IdReused("panic", str(report.id))
    return Panic(known.id, known.device_time, known.server_time)


def _detail(caller: Caller, report: PanicReport, now: datetime) -> str:
    name = caller.name
    parts = []
    if now - report.device_time > FRESH:
        parts.append(
            say("Pressed {now} ago, and arrived only now.", now=_age(now - report.device_time))
        )
    if report.note:
        parts.append(say("{name} writes: “{note}”.", name=name, note=report.note))
    fix = report.fix or caller.fix
    if fix is None:
        parts.append(say("No position is known."))
    elif now - fix.captured_at > FRESH:
        parts.append(say("The last position is {now} old.", now=_age(now - fix.captured_at)))
    call = (
        say("Call {name} at {phone} now.", name=name, phone=caller.phone)
        if caller.phone
        else say("Call {name} now.", name=name)
    )
    parts += [call, say("If nobody answers, send the nearest colleague or the police.")]
    return say_all(parts, " ")


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return say_many("{count} minute", "{count} minutes", minutes)
    return say_many("{count} hour", "{count} hours", minutes // 60)


def _facts(caller: Caller, report: PanicReport) -> dict[str, Any]:
    fix = report.fix or caller.fix
    return {
        "panic_id": str(report.id),
        "source": report.source,
        "device_time": report.device_time.isoformat(),
        "note": report.note,
        "phone": caller.phone,
        "position": fix and fix.as_json(),
    }
