"""Remind administrators that the keys of programs end."""

from datetime import datetime

from data.alerts import clear_alert, raise_alert
from data.session import Session
from identity.api_keys import store
from identity.api_keys.reminder import DAYS, due_reminder

EXPIRING = "api_key_expiring"
"""The kind of the alert about a key that ends; its subject is the key."""


async def remind(session: Session, now: datetime) -> int:
    """Raise an alert about each key that ends in 14 days, and another one in 3; how many. Those of
    keys that have ended by now, or were replaced, are cleared."""
    for key_id, branch_id in await store.alerted_in_vain(session, EXPIRING, now):
        await clear_alert(session, branch_id, EXPIRING, key_id, now)
    reminded = 0
    for key in await store.lock_ending(session, now, within_days=max(DAYS)):
        days = due_reminder(key.issued_at, key.expires_at, key.reminded_days, now)
        if days is None:
            continue
        # Whoever has acknowledged the first one is told again.
        await clear_alert(session, key.branch_id, EXPIRING, key.id, now)
        await raise_alert(
            session, key.branch_id, EXPIRING, key.id,
            f"The key of {key.name} ends on {key.expires_at:%Y-%m-%d}",
            f"At {key.expires_at:%H:%M} UTC the program is shut out. Put a new key in its place"
            f" (POST /v1/api-keys/{key.id}/rotate), or end it.",
            now, facts={"days": days, "expires_at": key.expires_at.isoformat()},
        )  # fmt: skip
        await store.note_reminder(session, key.id, days)
        reminded += 1
    return reminded
