"""SQL of one-time codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from data.session import Session, rows, run
from data.tables.messages import OneTimeCode


async def lock_case(session: Session, case_id: UUID) -> None:
    """One code at a time for a case."""
    await run(session, "SELECT FROM case_file WHERE id = :case FOR NO KEY UPDATE", case=case_id)


async def last_made_at(session: Session, case_id: UUID) -> datetime | None:
    """When the newest code of a case was made."""
    found = await rows(
        session, "SELECT max(made_at) AS at FROM one_time_code WHERE case_id = :case", case=case_id
    )
    at: datetime | None = found[0].at
    return at


async def asks_code(session: Session, case_id: UUID) -> bool:
    """Whether the branch of a case asks for codes."""
    found = await rows(
        session,
        "SELECT coalesce((branch_policy(branch_id, 'cash_code'))::boolean, false) AS asks"
        " FROM case_file WHERE id = :case",
        case=case_id,
    )
    return bool(found and found[0].asks)


async def add(
    session: Session,
    code_id: UUID,
    branch_id: UUID,
    case_id: UUID,
    code_hash: bytes,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep a code's hash."""
    await session.execute(
        insert(OneTimeCode).values(
            id=code_id, branch_id=branch_id, case_id=case_id, code_hash=code_hash, made_at=now,
            expires_at=expires_at,
        )
    )  # fmt: skip


async def use(
    session: Session, case_id: UUID, code_hash: bytes, receipt_id: UUID, taken_at: datetime
) -> str:
    """Try a code for a receipt, as whoever: the flag that says what came of it."""
    found = await rows(
        session,
        "SELECT use_one_time_code(:case, :hash, :receipt, :at) AS flag",
        case=case_id,
        hash=code_hash,
        receipt=receipt_id,
        at=taken_at,
    )
    flag: str = found[0].flag
    return flag


async def cases_without_code(session: Session, now: datetime, from_hour: int) -> Sequence[UUID]:
    """Cases on a round of today that have no code for today, in branches that ask for codes and
    whose clock shows `from_hour` or later."""
    found = await rows(
        session,
        """
        SELECT DISTINCT s.case_id FROM branch b JOIN round r ON r.branch_id = b.id
        JOIN stop s ON s.round_id = r.id JOIN case_file c ON c.id = s.case_id
        CROSS JOIN LATERAL (SELECT CAST(:now AS timestamptz) AT TIME ZONE b.zone AS at) here
        WHERE coalesce((branch_policy(b.id, 'cash_code'))::boolean, false)
          AND r.replaced_at IS NULL AND r.day = here.at::date
          AND extract(hour FROM here.at) >= :hour
          AND NOT EXISTS (SELECT FROM one_time_code o WHERE o.case_id = s.case_id
                          AND (o.made_at AT TIME ZONE b.zone)::date = here.at::date)
        ORDER BY s.case_id LIMIT 500
        """,
        now=now,
        hour=from_hour,
    )
    return [r.case_id for r in found]
