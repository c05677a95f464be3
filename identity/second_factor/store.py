"""SQL of second factors. Only a transaction that sees everything sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, update

from data.sealed import opened
from data.session import Session, rows
from data.tables.identity import RecoveryCode, SecondFactor


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's authenticator app: its secret, whether it counts, the last step it was used at."""

    secret: str
    is_on: bool
    last_step: int


async def factor(session: Session, staff_id: UUID) -> Factor | None:
    """A person's second factor, locked so that a code serves once."""
    found = await rows(
        session,
        "SELECT secret, confirmed_at IS NOT NULL AS is_on, last_step FROM second_factor"
        " WHERE staff_id = :staff FOR UPDATE",
        staff=staff_id,
    )
    return Factor(opened(found[0].secret), *found[0][1:]) if found else None


async def is_on(session: Session, staff_id: UUID) -> bool:
    """Whether a person must show a code."""
    found = await rows(
        session,
        "SELECT 1 FROM second_factor WHERE staff_id = :staff AND confirmed_at IS NOT NULL",
        staff=staff_id,
    )
    return bool(found)


async def set_secret(session: Session, staff_id: UUID, branch_id: UUID, secret: str) -> None:
    """Keep a secret that is not on yet, in place of an earlier one."""
    await session.execute(delete(SecondFactor).where(SecondFactor.staff_id == staff_id))
    await session.execute(
        insert(SecondFactor).values(
            staff_id=staff_id, branch_id=branch_id, secret=secret, last_step=0
        )
    )


async def turn_on(session: Session, staff_id: UUID, step: int, now: datetime) -> None:
    """Have codes asked for from now on; that of `step` is used up."""
    await session.execute(
        update(SecondFactor)
        .where(SecondFactor.staff_id == staff_id)
        .values(confirmed_at=now, last_step=step)
    )


async def use_step(session: Session, staff_id: UUID, step: int) -> None:
    """Use up a code, and those before it."""
    await session.execute(
        update(SecondFactor).where(SecondFactor.staff_id == staff_id).values(last_step=step)
    )


async def set_recovery_codes(session: Session, staff_id: UUID, hashes: Sequence[bytes]) -> None:
    """Keep these recovery codes and no others."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    await session.execute(
        insert(RecoveryCode), [{"staff_id": staff_id, "code_hash": each} for each in hashes]
    )


async def use_recovery_code(
    session: Session, staff_id: UUID, code_hash: bytes, now: datetime
) -> bool:
    """Use a recovery code up; False when there is none such, or it was used before."""
    found = await rows(
        session,
        "UPDATE recovery_code SET used_at = :now WHERE staff_id = :staff AND code_hash = :code"
        " AND used_at IS NULL RETURNING 1",
        staff=staff_id,
        code=code_hash,
        now=now,
    )
    return bool(found)


async def remove(session: Session, staff_id: UUID) -> None:
    """Forget a person's second factor; their recovery codes go with it."""
    await session.execute(delete(SecondFactor).where(SecondFactor.staff_id == staff_id))


async def username(session: Session, staff_id: UUID) -> str:
    """What a member of staff signs in as."""
    (found,) = await rows(session, "SELECT username FROM staff WHERE id = :id", id=staff_id)
    name: str = found.username
    return name
