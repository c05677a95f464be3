"""Take in the picture of a deposit's slip."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused, InvalidField
from core.said import say
from data.session import Session
from geofence.attachments import files
from geofence.attachments.attachment import FileKind, clean
from geofence.attachments.scans.store import ask_scan
from geofence.attachments.slips import store
from geofence.attachments.slips.slip import Slip
from geofence.errors import TimeNotPlausible


@dataclass(frozen=True, slots=True)
class SlipReport:
    """What the phone sends: a picture of the slip of one of the agent's own deposits."""

    id: UUID
    deposit_id: UUID
    device_time: datetime
    content: bytes


async def keep_slip(
    session: Session,
    folder: Path,
    agent_id: UUID,
    report: SlipReport,
    now: datetime,
    *,
    to_scan: bool = False,
) -> Slip:
    """Keep it without what the camera wrote into it; `to_scan` as with attachments.

    The same report again gets the same answer. Raises `IdReused`, `InvalidField` for a deposit that
    is not the agent's, `TimeNotPlausible`, `FileNotUsable` or `FileNotKept`.
    """
    original_sha256 = hashlib.sha256(report.content).digest()
    known = await store.slip(session, report.id)
    if known:
        return _repeat(report, known, original_sha256)
    if not is_plausible(report.device_time, now):
        raise TimeNotPlausible("device_time", report.device_time, EXPECTED)
    branch_id = await store.deposit_branch(session, report.deposit_id)
    if branch_id is None:
        raise InvalidField("deposit_id", say("one of your deposits, sent before its slip"))
    cleaned = await asyncio.to_thread(clean, FileKind.PHOTO, report.content)
    # The file first: a row never speaks of one that is not there.
    stored = await files.keep(folder, cleaned.content)
    taken = Slip(
        report.id, report.deposit_id, cleaned.media_type, len(cleaned.content), original_sha256,
        stored, report.device_time, now,
    )  # fmt: skip
    if await store.add(session, branch_id, agent_id, taken):
        if to_scan:
            await ask_scan(session, report.id, branch_id, agent_id, now)
        return taken
    await files.discard(folder, stored)
    known = await store.slip(session, report.id)
    if known is None:
        raise IdReused("slip", str(report.id))
    return _repeat(report, known, original_sha256)


def _repeat(report: SlipReport, known: Slip, original_sha256: bytes) -> Slip:
    if (known.deposit_id, known.original_sha256) != (report.deposit_id, original_sha256):
        raise IdReused("slip", str(report.id))
    return known
