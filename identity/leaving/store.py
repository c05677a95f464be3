"""SQL of accounts that end."""

from datetime import datetime
from uuid import UUID

from data.session import Session, run


async def end_account(session: Session, staff_id: UUID, now: datetime) -> None:
    """End a person's account: no sign-in, no work, and no key of a program that they were shown
    from now on. Whose programs go on has rotated those keys before."""
    await run(session, "UPDATE staff SET is_active = false WHERE id = :staff", staff=staff_id)
    await run(
        session,
        "UPDATE api_key SET ended_at = least(ended_at, :now) WHERE issued_by = :staff"
        " AND least(ended_at, expires_at) > :now",
        staff=staff_id,
        now=now,
    )
    await end_shifts(session, staff_id, now)


async def end_shifts(session: Session, staff_id: UUID, now: datetime) -> None:
    """Shifts to come are no more, and one that runs ends now."""
    await run(
        session, "DELETE FROM shift WHERE agent_id = :staff AND lower(during) >= :now",
        staff=staff_id, now=now,
    )  # fmt: skip
    await run(
        session,
        "UPDATE shift SET during = tstzrange(lower(during), :now)"
        " WHERE agent_id = :staff AND upper(during) > :now",
        staff=staff_id,
        now=now,
    )
