"""Tries that close an account: for a minute, and for longer and longer."""

from datetime import datetime

from data.session import Session
from identity.bearers import store
from identity.bearers.store import SignInRecord
from identity.errors import AccountLocked
from identity.throttle.back_off import closed_until


async def count_try(session: Session, record: SignInRecord, now: datetime) -> None:
    """Count a try at an account, whose row is locked, before it is known to be right: many at once
    get no more tries than few. Raises `AccountLocked`."""
    if record.locked_until and record.locked_until > now:
        left = record.locked_until - now
        raise AccountLocked(record.locked_until, int(left.total_seconds()) + 1)
    failed = record.failed_sign_ins + 1
    await store.note_sign_in(session, record.staff_id, failed, closed_until(failed, now))


async def take_back_try(session: Session, record: SignInRecord, now: datetime) -> None:
    """Count it no longer: it was no guess. What was tried meanwhile stays counted."""
    counted = closed_until(record.failed_sign_ins + 1, now)
    await store.take_back_try(session, record, counted)
