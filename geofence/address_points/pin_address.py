"""Pin an address at a first visit: landmarks and postal codes that no geocoder knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.device_time import EXPECTED, is_plausible
from core.errors import IdReused
from core.fix import Fix
from core.geometry import distance_m
from data.session import Session
from geofence.address_points import store
from geofence.address_points.errors import AddressNotFound
from geofence.address_points.move_point import move_point
from geofence.address_points.point import (
    PINNED,
    PointVersion,
    is_usable,
    pin_sigma_m,
    radius_of,
)
from geofence.errors import CaseNotFound, TimeNotPlausible
from geofence.verdict import Reason, doubts_about
from tracking.store import mark_dirty


@dataclass(frozen=True, slots=True)
class PinReport:
    """What the phone sends: its own id for the fact, whose address, and where it stands."""

    id: UUID
    case_id: UUID
    device_time: datetime
    fix: Fix
    note: str | None
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin as taken down. `is_placed`: the address had no point and this is it now.

    `distance_m` is from the point that was believed, None where there was none; `reasons` are
    doubts about the fix.
    """

    id: UUID
    case_id: UUID
    address_id: UUID
    device_time: datetime
    server_time: datetime
    is_placed: bool
    distance_m: float | None
    reasons: tuple[dict[str, Any], ...]


async def pin_address(session: Session, agent_id: UUID, report: PinReport, now: datetime) -> Pin:
    """Take down a pin. It becomes the point of an address that has none, and is kept for a person
    to look at where there is one or the fix is worth nothing; it is never refused for that.

    Until a second agent's visit agrees, it proves nothing for the agent who made it. The same
    report again gets the same answer. Raises `IdReused`, `CaseNotFound` or `TimeNotPlausible`.
    """
    # 1. A repeat is answered from what was stored.
    known = await store.pin(session, report.id)
    if known:
        return _repeat(known, agent_id, report)
    # 2. Refuse what cannot be true.
    if not is_plausible(report.device_time, now):
        raise TimeNotPlausible("device_time", report.device_time, EXPECTED)
    case = await store.case_to_pin(session, report.case_id)
    if case is None:
        raise CaseNotFound(str(report.case_id))
    # 3. Place the address, unless it has a point already. Of two who pin at once one does.
    doubts = doubts_about(report.fix, report.device_time)
    is_placed = case.believed is None and not case.lent and is_usable(doubts)
    if is_placed:
        is_placed = await _place(session, agent_id, case, report, now)
    away_m = distance_m(case.believed, report.fix.position) if case.believed else None
    taken = Pin(
        report.id, report.case_id, case.address_id, report.device_time, now, is_placed, away_m,
        tuple(_as_json(doubt) for doubt in doubts),
    )  # fmt: skip
    # 4. Keep it. Of two equal reports at once, the database lets one in.
    if not await store.add_pin(session, case.branch_id, agent_id, report, taken):
        known = await store.pin(session, report.id)
        if known is None:
            raise IdReused("address pin", str(report.id))
        return _repeat(known, agent_id, report)
    if is_placed:
        await mark_dirty(session, case.branch_id, agent_id, report.device_time, now)
    return taken


async def _place(
    session: Session, agent_id: UUID, case: store.CaseToPin, report: PinReport, now: datetime
) -> bool:
    sigma_m = pin_sigma_m(report.fix)
    at = report.fix.position
    if not await store.add_fence(session, case.branch_id, case.address_id, at, radius_of(sigma_m)):
        return False
    known = await store.known_address(session, case.address_id)
    if known is None:
        raise AddressNotFound(str(case.address_id))
    point = PointVersion(1, PINNED, at, sigma_m, (agent_id,), now, None, None, report.note)
    await move_point(session, known, point, now)
    return True


def _repeat(known: store.StoredPin, agent_id: UUID, report: PinReport) -> Pin:
    if known.body_hash != report.body_hash or known.agent_id != agent_id:
        raise IdReused("address pin", str(report.id))
    return known.pin


def _as_json(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "text": reason.text, "facts": dict(reason.facts)}
