"""SQL of accounts that end."""

from datetime import datetime
from uuid import UUID

from data.session import Session, run


async def end_account(session: Session, staff_id: UUID, now: datetime) -> None:
    """End a person's account: no sign-in, no key of a program of theirs, no work from now on."""
    await run(session, "UPDATE staff SET is_active = false WHERE id = :staff", staff=staff_id)
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
