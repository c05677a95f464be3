"""SQL of the pictures of deposits' slips."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from data.sealed import opened
from data.session import Session, rows
from data.tables.cash_field import DepositSlip
from geofence.attachments.slips.slip import Slip
from geofence.attachments.stored import Stored


def _slip(r: Any) -> Slip:
    return Slip(
        r.id, r.deposit_id, r.media_type, r.size_bytes, bytes(r.original_sha256),
        Stored.of(r.stored_sha256, opened(r.file_key)), r.device_time, r.server_time,
    )  # fmt: skip


async def slip(session: Session, slip_id: UUID) -> Slip | None:
    """A picture in scope by its id."""
    found = await rows(session, "SELECT * FROM deposit_slip WHERE id = :id", id=slip_id)
    return _slip(found[0]) if found else None


async def slip_of(session: Session, deposit_id: UUID) -> Slip | None:
    """The newest picture of a deposit's slip in scope."""
    found = await rows(
        session,
        "SELECT * FROM deposit_slip WHERE deposit_id = :deposit"
        " ORDER BY server_time DESC, id DESC LIMIT 1",
        deposit=deposit_id,
    )
    return _slip(found[0]) if found else None


async def deposit_branch(session: Session, deposit_id: UUID) -> UUID | None:
    """The branch of a deposit in scope."""
    found = await rows(session, "SELECT branch_id FROM deposit WHERE id = :id", id=deposit_id)
    return found[0].branch_id if found else None


async def add(session: Session, branch_id: UUID, agent_id: UUID, taken: Slip) -> bool:
    """Store a picture. False when its id is taken, by whomever."""
    added = await session.execute(
        insert(DepositSlip)
        .values(
            id=taken.id,
            branch_id=branch_id,
            agent_id=agent_id,
            deposit_id=taken.deposit_id,
            media_type=taken.media_type,
            size_bytes=taken.size_bytes,
            original_sha256=taken.original_sha256,
            stored_sha256=taken.stored.sha256,
            file_key=taken.stored.key.text if taken.stored.key else None,
            device_time=taken.device_time,
            server_time=taken.server_time,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(DepositSlip.id)
    )
    return added.scalar_one_or_none() is not None
